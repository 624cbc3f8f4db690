// Teams as a board: every team lays a card face down; revealed, the year plays quarter by quarter with the cards on the line.
"use strict";

const GAME = DATA.game, BOARD_LINES = ["attitude.SRB.TUR", "attitude.XKX.TUR", "attitude.SRB.XKX", "tension.SRB.XKX", "hazard.SRB.XKX", "threat.SRB", "threat.XKX", "spending.SRB", "spending.XKX"];
const PATRON_TEAMS = GAME.teams.filter(team => team.role === "patron").map(team => team.code);
const teamsOf = patron => GAME.teams.filter(team => team.role === "state" || team.code === patron);
const teamName = team => tell(`team.${team.code}`, team.name);
const policyName = (team, policy) => tell(`policy.${team.code}.${policy.id}`, policy.title);

/** The game so far, as the address holds it: turns of TEAM:policy. */
function turnsOf(state, teams) {
  return (state.turns || "").split(";").filter(Boolean).slice(0, GAME.spans.length).map(turn => Object.fromEntries(turn.split(",").map(part => part.split(":"))))
    .filter(turn => teams.every(team => team.policies.some(policy => policy.id === turn[team.code])));
}

const isMet = (policy, turn) => !policy.needs || turn[policy.needs.split(".")[0]] === policy.needs.split(".")[1];

/** Events of what was chosen, but for one team's card of one turn. */
function cardsPlayed(turns, teams, except = null) {
  return turns.flatMap((turn, n) => teams.flatMap(team => {
    if (except && except.turn === n && except.code === team.code) return [];
    const policy = team.policies.find(one => one.id === turn[team.code]);
    return policy.turns[n][isMet(policy, turn) ? "events" : "alone"];
  }));
}

const spent = (team, turns) => turns.reduce((sum, turn) => sum + team.policies.find(policy => policy.id === turn[team.code]).points, 0);

function TeamsMode({ state, kicker, steps, forth, ask }) {
  const patron = PATRON_TEAMS.includes(state.patron) ? state.patron : PATRON_TEAMS[0], teams = teamsOf(patron), turns = turnsOf(state, teams), turn = turns.length;
  const [cards, setCards] = useState({}), [lines, setLines] = useState([0, 3]), [panel, setPanel] = useState(""), [due, setDue] = useState(0), clock = useClock();
  const over = turn === GAME.spans.length, span = GAME.spans[Math.min(turn, GAME.spans.length - 1)], last = turn ? GAME.spans[turn - 1][1] : GAME.spans[0][0] - 1;
  const shown = lines.map(place => BOARD_LINES[place]), choice = { scenario: GAME.scenario, events: cardsPlayed(turns, teams) }, wait = { scenario: GAME.scenario };
  const before = turn ? { scenario: GAME.scenario, events: cardsPlayed(turns.slice(0, -1), teams) } : wait;
  const { results, of, isFresh } = useWorlds([[choice, BOARD_LINES], [wait, BOARD_LINES]]);
  const panels = of.length ? shown.map(series => panelOf(series, results[0], turn ? results[1] : null)) : [];
  const reveal = () => {
    const chosen = teams.map(team => `${team.code}:${cards[team.code]}`).join(",");
    go({ patron, turns: [...turns.map(one => teams.map(team => `${team.code}:${one[team.code]}`).join(",")), chosen].join(";") });
    setCards({});
    setDue(turn + 1);
  };
  useEffect(() => { if (due === turn && turn && isFresh) { setDue(0); clock.play(GAME.spans[turn - 1][0] - 1, last); } }, [due, turn, isFresh]);  // the address changes a moment later
  const isFull = teams.every(team => cards[team.code]);
  useKeys({ PageDown: () => isFull && !over ? reveal() : forth && forth(), Escape: () => { if (!turn && !Object.keys(cards).length || confirm(say("teams.leave"))) open_({}); } });
  const pins = turns.flatMap((one, n) => n < turn - 1 ? [{ at: GAME.spans[n][0], words: number(n + 1, 0) }] :
    teams.filter(team => one[team.code] !== "wait").map(team => ({ at: GAME.spans[n][0], words: teamName(team), own: true })));
  const save = () => {
    const rows = cardsPlayed(turns, teams).map(event => event.file);
    saveText("game.yaml", scenarioFile(say("teams.file"), turns.map((one, n) => `${n + 1}: ${teams.map(team => `${team.code} ${one[team.code]}`).join(", ")}`).join("; "), { scenario: GAME.scenario, rows }), "text/yaml");
  };
  const title = over ? say("teams.over") : turn === 0 && !isFull ? say("teams.begin") : isFull ? say("teams.ready") : say("teams.turn", { number: turn + 1, count: GAME.spans.length, year: Math.floor(yearOf(span[0])) });
  return html`<${Screen} small kicker=${kicker || say("teams")} steps=${steps} title=${title}
    picture=${html`<div class="board"><div class="figure"><div class="pick">${[0, 1].map(n => html`<${Choose} label=${say("line", { number: n + 1 })} value=${BOARD_LINES[lines[n]]} set=${key => setLines(lines.map((one, place) => place === n ? BOARD_LINES.indexOf(key) : one))} groups=${[["", BOARD_LINES.map(key => [key, seriesName(key)])]]} />`)}</div>
        <${Chart} panels=${panels} from=${GAME.spans[0][0] - 4} to=${GAME.spans[GAME.spans.length - 1][1]} cover=${last < GAME.spans[GAME.spans.length - 1][1] ? Math.max(last, GAME.spans[0][0] - 1) : null} at=${turn ? last : undefined} pins=${pins} clock=${clock} names=${[say("teams.ours"), say("teams.wait")]} /></div>
      <div class="cards" tabindex="0">${panel === "who" ? html`<${WhoMoved} turns=${turns} teams=${teams} choice=${choice} series=${shown[0]} />` : panel === "aims" || over ? html`<${Aims} teams=${teams} results=${results} turn=${turn} state=${state} />` :
        teams.map(team => html`<${Card} team=${team} chosen=${cards[team.code]} left=${GAME.points - spent(team, turns)} last=${turn ? turns[turn - 1] : null} set=${id => setCards({ ...cards, [team.code]: id })} />`)}</div></div>`}
    controls=${html`<span class="buttons">${!over && html`<button class="main" disabled=${!isFull} onclick=${reveal}>${say("reveal")} ›</button>`}
      ${turn > 0 && html`<button aria-pressed=${panel === "who"} onclick=${() => setPanel(panel === "who" ? "" : "who")}>${say("teams.who")}</button>`}
      <button aria-pressed=${panel === "aims"} onclick=${() => setPanel(panel === "aims" ? "" : "aims")}>${say("teams.aims")}</button>
      ${turn > 0 && html`<button onclick=${() => clock.play(GAME.spans[0][0] - 1, last)}>▶ ${say("play")}</button><button onclick=${save}>${say("save")}</button>`}
      ${turn > 0 && html`<button onclick=${() => go({ turns: turns.slice(0, -1).map(one => teams.map(team => `${team.code}:${one[team.code]}`).join(",")).join(";") })}>${say("teams.back")}</button>`}
      ${turn === 0 && html`<${Choose} label=${say("teams.patron")} value=${patron} set=${value => { setCards({}); go({ patron: value }); }} groups=${[["", PATRON_TEAMS.map(code => [code, teamName(GAME.teams.find(team => team.code === code))])]]} />`}</span>`}
    turns=${forth && html`<button onclick=${forth}>${say("next")} ›</button>`}
    note=${[turn > 0 && lonely(turns[turn - 1], teams) || !(turn && ask) && say("teams.note"), turn > 0 && ask && say("teams.again", { ask })].filter(Boolean).join(" ")} />`;
}

/** Who came alone in a turn, in words; "" where nobody did. */
const lonely = (turn, teams) => teams.flatMap(team => {
  const policy = team.policies.find(one => one.id === turn[team.code]);
  return isMet(policy, turn) ? [] : [say("teams.alone", { team: teamName(team), policy: policyName(team, policy) })];
}).join(" ");

/** A team's card: chosen in secret, it lies face down. */
function Card({ team, chosen, left, last, set }) {
  const [isOpen, setOpen] = useState(false);
  return html`<section class=${`card ${chosen ? "down" : ""} ${isOpen ? "open" : ""}`} style=${`--hue:${HUES[team.code] || "var(--accent)"}`}><h2>${teamName(team)} <span class="points">${say("teams.points", { count: left })}</span></h2>
    ${isOpen ? html`<ul>${team.policies.map(policy => html`<li><button disabled=${policy.points > left} onclick=${() => { set(policy.id); setOpen(false); }}>${policyName(team, policy)}<small>${policy.points ? say("teams.points", { count: policy.points }) : ""}${policy.needs ? ` · ${say("teams.needs", { team: teamName(GAME.teams.find(one => one.code === policy.needs.split(".")[0])) })}` : ""}</small></button></li>`)}</ul>` :
      html`<button class="back" onclick=${() => setOpen(true)}>${chosen ? say("teams.down") : say("teams.choose")}</button>${last && !chosen && html`<p class="quiet">${policyName(team, team.policies.find(one => one.id === last[team.code]))}</p>`}`}</section>`;
}

/** Who moved what: each card of the last turn is left out in a run of its own. */
function WhoMoved({ turns, teams, choice, series }) {
  const n = turns.length - 1, quarter = GAME.spans[n][1], played = teams.filter(team => turns[n][team.code] !== "wait"), [line, setLine] = useState(series);
  const { results, isFresh } = useWorlds([[choice, BOARD_LINES, quarter + 1], ...played.map(team => [{ scenario: GAME.scenario, events: cardsPlayed(turns, teams, { turn: n, code: team.code }) }, BOARD_LINES, quarter + 1])]);
  if (!isFresh) return html`<p class="busy">${say("busy")}</p>`;
  const first = GAME.spans[n][0], peak = place => Array.from({ length: quarter - first + 1 }, (_, q) => effectAt(results[0], results[place + 1], line, first + q)).sort((one, other) => Math.abs(other.middle) - Math.abs(one.middle))[0];
  const rows = played.map((team, place) => ({ words: teamName(team), note: policyName(team, team.policies.find(one => one.id === turns[n][team.code])), ...peak(place) }));
  return html`<div class="why"><${Choose} label=${say("teams.who")} value=${line} set=${setLine} groups=${[["", BOARD_LINES.map(key => [key, seriesName(key)])]]} />
    ${rows.length ? html`<${Bars} rows=${rows} series=${line} />` : html`<p>${say("why.nothing")}</p>`}<p class="quiet">${say("teams.who.note")}</p></div>`;
}

/** Aims: chosen at the beginning, secret if wished, checked at the end against the game in which everybody waits. */
function Aims({ teams, results, turn, state }) {
  const chosen = Object.fromEntries((state.aims || "").split(",").map(part => part.split(":")).filter(([code, n]) => teams.some(team => team.code === code && /^\d$/.test(n) && team.aims[n]))), over = turn === GAME.spans.length;
  const [open, setOpen] = useState(null), quarter = GAME.spans[GAME.spans.length - 1][1];
  const set = (code, n) => { go({ aims: Object.entries({ ...chosen, [code]: n }).map(pair => pair.join(":")).join(",") }, true); setOpen(null); };
  const movesOf = aim => [aim.series, aim.also].filter(Boolean).map(series => [series, effectAt(results[0], results[1], series, quarter).middle]);
  const isReached = aim => movesOf(aim).every(([, middle]) => aim.more ? middle > 0 : middle < 0);
  return teams.map(team => {
    const place = chosen[team.code], aim = team.aims[place], name = n => tell(`aim.${team.code}.${n}`, team.aims[n].title);
    return html`<section class=${`card ${open === team.code ? "open" : ""}`} style=${`--hue:${HUES[team.code] || "var(--accent)"}`}><h2>${teamName(team)}</h2>
      ${open === team.code ? html`<ul>${team.aims.map((_, n) => html`<li><button onclick=${() => set(team.code, n)}>${name(n)}</button></li>`)}</ul>` :
        over && aim && results.length ? html`<p>${name(place)}</p><p><b>${isReached(aim) ? say("aim.reached") : say("aim.missed")}</b> ${movesOf(aim).map(([series, middle]) => `${seriesName(series)} ${figure(series, middle, "exceptZero")}`).join("; ")}</p>` :
        html`<button class="back" onclick=${() => setOpen(team.code)}>${aim ? say("aim.secret") : say("aim.choose")}</button>`}</section>`;
  });
}

function TeamsRules() {
  return html`<ol class="rules">${[1, 2, 3, 4, 5].map(n => html`<li>${say(`teams.rule${n}`, { points: GAME.points, count: GAME.spans.length })}</li>`)}</ol>`;
}
