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

const policyIn = (team, turn) => team.policies.find(policy => policy.id === turn[team.code]);
const partnerOf = policy => policy.needs ? policy.needs.split(".")[0] : "";
const isMet = (policy, turn) => !policy.needs || turn[partnerOf(policy)] === policy.needs.split(".")[1];

/** Events of what was chosen, but for one team's card of one turn; what two do only together goes with the card of either. */
function cardsPlayed(turns, teams, except = null) {
  return turns.flatMap((turn, n) => teams.flatMap(team => {
    const policy = policyIn(team, turn), isLeftOut = code => except !== null && except.turn === n && except.code === code;
    if (isLeftOut(team.code)) return [];
    if (!isMet(policy, turn)) return policy.turns[n].alone;
    return isLeftOut(partnerOf(policy)) ? [] : policy.turns[n].events;
  }));
}

const spent = (team, turns) => turns.reduce((sum, turn) => sum + policyIn(team, turn).points, 0);

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
  const isFull = teams.every(team => cards[team.code]), lonely = turn ? lonelyOf(turns[turn - 1], teams) : [];
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
      <div class="cards" tabindex="0">${panel === "who" ? html`<${WhoMoved} turns=${turns} teams=${teams} choice=${choice} series=${shown[0]} />` : panel === "table" && panels.length ? html`<div class="table-room"><${Table} panels=${panels} from=${GAME.spans[0][0] - 4} to=${Math.max(last, GAME.spans[0][0] - 1)} /></div>` : panel === "aims" || over ? html`<${Aims} teams=${teams} results=${results} turn=${turn} state=${state} />` :
        teams.map(team => html`<${Card} team=${team} chosen=${cards[team.code]} left=${GAME.points - spent(team, turns)} last=${turn ? turns[turn - 1] : null} set=${id => setCards({ ...cards, [team.code]: id })} />`)}</div></div>`}
    controls=${html`<span class="buttons">${!over && html`<button class="main" disabled=${!isFull} onclick=${reveal}>${say("reveal")} ›</button>`}
      ${turn > 0 && html`<button aria-pressed=${panel === "who"} onclick=${() => setPanel(panel === "who" ? "" : "who")}>${say("teams.who")}</button>`}
      <button aria-pressed=${panel === "aims"} onclick=${() => setPanel(panel === "aims" ? "" : "aims")}>${say("teams.aims")}</button>
      <button aria-pressed=${panel === "table"} onclick=${() => setPanel(panel === "table" ? "" : "table")}>${say("table")}</button>
      ${turn > 0 && html`<button onclick=${() => clock.play(GAME.spans[0][0] - 1, last)}>▶ ${say("play")}</button><button onclick=${save}>${say("save")}</button>`}
      ${turn > 0 && html`<button onclick=${() => go({ turns: turns.slice(0, -1).map(one => teams.map(team => `${team.code}:${one[team.code]}`).join(",")).join(";") })}>${say("teams.back")}</button>`}
      ${turn === 0 && html`<${Choose} label=${say("teams.patron")} value=${patron} set=${value => { setCards({}); go({ patron: value }); }} groups=${[["", PATRON_TEAMS.map(code => [code, teamName(GAME.teams.find(team => team.code === code))])]]} />`}</span>`}
    turns=${forth && html`<button onclick=${forth}>${say("next")} ›</button>`}
    note=${html`${lonely.length ? html`<${Lonely} turns=${turns} teams=${teams} choice=${choice} lonely=${lonely} /> ` : !(turn && ask) && say("teams.note")}${turn > 0 && ask ? ` ${say("teams.again", { ask })}` : ""}`} />`;
}

/** Teams whose card of a turn found no partner. */
const lonelyOf = (turn, teams) => teams.filter(team => !isMet(policyIn(team, turn), turn));

/** Who came alone in the last turn, and its price: what moves most against a run in which that team carries on as before. */
function Lonely({ turns, teams, choice, lonely }) {
  const n = turns.length - 1, [first, last] = GAME.spans[n];
  const { results, isFresh } = useWorlds([[choice, BOARD_LINES, last + 1], ...lonely.map(team => [{ scenario: GAME.scenario, events: cardsPlayed(turns, teams, { turn: n, code: team.code }) }, BOARD_LINES, last + 1])]);
  return html`<span role="status">${lonely.map((team, place) => {
    const words = say("teams.alone", { team: teamName(team), policy: policyName(team, policyIn(team, turns[n])) });
    return isFresh && results[place + 1] ? `${words}${priceOf(results[0], results[place + 1], first, last)} ` : `${words} `;
  })}</span>`;
}

/** The largest effect of each of the two lines that move most within a turn, in words; "" where nothing moves. */
function priceOf(ours, theirs, first, last) {
  const moved = BOARD_LINES.map(series => {
    const [quarter, middle] = peakOf(ours, theirs, series, first, last), bands = bandsOf(theirs, series)[quarter];
    return { words: `${seriesName(series)} ${figure(series, middle, "exceptZero")} (${quarterWords(quarter)})`, isSeen: Number(middle.toFixed(digitsOf(series))) !== 0, share: Math.abs(middle) / Math.max(bands[4] - bands[0], 1e-9) };
  }).filter(one => one.isSeen).sort((one, other) => other.share - one.share).slice(0, 2);
  return moved.length ? ` ${say("teams.price", { lines: moved.map(one => one.words).join("; ") })}` : "";
}

/** The line of the board that the cards of a turn move most, for the width of its own 90 of 100 simulations; null where none moves. */
function mostOf([ours, ...theirs], first, last) {
  const share = series => Math.max(0, ...theirs.map(other => {
    const [quarter, middle] = peakOf(ours, other, series, first, last), bands = bandsOf(other, series)[quarter];
    return Math.abs(middle) / Math.max(bands[4] - bands[0], 1e-9);
  }));
  const best = BOARD_LINES.map(series => [share(series), series]).sort((one, other) => other[0] - one[0])[0];
  return best[0] > 0 ? best[1] : null;
}

/** The quarter of a turn in which a line moves most, and by how much. */
function peakOf(ours, theirs, series, first, last) {
  return Array.from({ length: last - first + 1 }, (_, q) => [first + q, effectAt(ours, theirs, series, first + q).middle]).sort((one, other) => Math.abs(other[1]) - Math.abs(one[1]))[0];
}

/** A team's card: chosen in secret, it lies face down. */
function Card({ team, chosen, left, last, set }) {
  const [isOpen, setOpen] = useState(false), ref = useKeptFocus(isOpen);
  return html`<section ref=${ref} class=${`card ${chosen ? "down" : ""} ${isOpen ? "open" : ""}`} style=${`--hue:${HUES[team.code] || "var(--accent)"}`}><h2>${teamName(team)} <span class="points">${say("teams.points", { count: left })}</span></h2>
    ${isOpen ? html`<ul>${team.policies.map(policy => html`<li><button disabled=${policy.points > left} onclick=${() => { set(policy.id); setOpen(false); }}>${policyName(team, policy)}<small>${policy.points ? say("teams.points", { count: policy.points }) : ""}${policy.needs ? ` · ${say("teams.needs", { team: teamName(GAME.teams.find(one => one.code === partnerOf(policy))) })}` : ""}</small></button></li>`)}</ul>` :
      html`<button class="back" onclick=${() => setOpen(true)}>${chosen ? say("teams.down") : say("teams.choose")}</button>${last && !chosen && html`<p class="quiet">${policyName(team, policyIn(team, last))}</p>`}`}</section>`;
}

/** Who moved what: each card of the last turn is left out in a run of its own. */
function WhoMoved({ turns, teams, choice, series }) {
  const n = turns.length - 1, quarter = GAME.spans[n][1], played = teams.filter(team => turns[n][team.code] !== "wait"), [chosen, setLine] = useState(null);
  const { results, isFresh } = useWorlds([[choice, BOARD_LINES, quarter + 1], ...played.map(team => [{ scenario: GAME.scenario, events: cardsPlayed(turns, teams, { turn: n, code: team.code }) }, BOARD_LINES, quarter + 1])]);
  if (!isFresh) return html`<p class="busy">${say("busy")}</p>`;
  const line = chosen || mostOf(results, GAME.spans[n][0], quarter) || series;
  const peak = place => effectAt(results[0], results[place + 1], line, peakOf(results[0], results[place + 1], line, GAME.spans[n][0], quarter)[0]);
  const rows = played.map((team, place) => ({ words: teamName(team), note: policyName(team, policyIn(team, turns[n])), ...peak(place) }));
  return html`<div class="why"><${Choose} label=${say("teams.who")} value=${line} set=${setLine} groups=${[["", BOARD_LINES.map(key => [key, seriesName(key)])]]} />
    ${rows.length ? html`<${Bars} rows=${rows} series=${line} />` : html`<p>${say("why.nothing")}</p>`}<p class="quiet">${say("teams.who.note")}</p></div>`;
}

/** Aims: chosen at the beginning, secret if wished, checked at the end against the game in which everybody waits. */
function Aims({ teams, results, turn, state }) {
  const chosen = Object.fromEntries((state.aims || "").split(",").map(part => part.split(":")).filter(([code, n]) => teams.some(team => team.code === code && /^\d$/.test(n) && team.aims[n])));
  const set = (code, n) => go({ aims: Object.entries({ ...chosen, [code]: n }).map(pair => pair.join(":")).join(",") }, true);
  return teams.map(team => html`<${AimCard} team=${team} place=${chosen[team.code]} results=${turn === GAME.spans.length ? results : []} set=${n => set(team.code, n)} />`);
}

/** A team's aim; with results, whether it was reached. */
function AimCard({ team, place, results, set }) {
  const [isOpen, setOpen] = useState(false), ref = useKeptFocus(isOpen), aim = team.aims[place], quarter = GAME.spans[GAME.spans.length - 1][1], name = n => tell(`aim.${team.code}.${n}`, team.aims[n].title);
  const moves = aim && results.length ? [aim.series, aim.also].filter(Boolean).map(series => [series, effectAt(results[0], results[1], series, quarter).middle]) : [];
  const isReached = moves.every(([, middle]) => aim.more ? middle > 0 : middle < 0);
  return html`<section ref=${ref} class=${`card ${isOpen ? "open" : ""}`} style=${`--hue:${HUES[team.code] || "var(--accent)"}`}><h2>${teamName(team)}</h2>
    ${isOpen ? html`<ul>${team.aims.map((_, n) => html`<li><button onclick=${() => { set(n); setOpen(false); }}>${name(n)}</button></li>`)}</ul>` :
      moves.length ? html`<p>${name(place)}</p><p><b>${isReached ? say("aim.reached") : say("aim.missed")}</b> ${moves.map(([series, middle]) => `${seriesName(series)} ${figure(series, middle, "exceptZero")}`).join("; ")}</p>` :
      html`<button class="back" onclick=${() => setOpen(true)}>${aim ? say("aim.secret") : say("aim.choose")}</button>`}</section>`;
}

function TeamsRules() {
  return html`<ol class="rules">${[1, 2, 3, 4, 5].map(n => html`<li>${say(`teams.rule${n}`, { points: GAME.points, count: GAME.spans.length })}</li>`)}</ol>`;
}
