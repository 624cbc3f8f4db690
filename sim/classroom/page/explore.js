// Explore: two charts on one time axis, with sliders, theories, causes, and events of one's own.
"use strict";

const EXPLORED = { from: quarterOf("2022Q1"), to: quarterOf("2030Q4"), at: "2025Q4", lines: "attitude.SRB.TUR,tension.SRB.XKX" };

function linesOf(state) {
  const wanted = (state.lines || EXPLORED.lines).split(",").filter(seriesRow).slice(0, 2);
  return wanted.length ? wanted : EXPLORED.lines.split(",");
}

function ExploreMode({ state }) {
  const scenario = scenarioRow(state.scenario) ? state.scenario : DATA.first, lines = linesOf(state), own = ownOf(state);
  const [levers, setLevers] = useState(leversOf(state)), [note, setNote] = useState("");
  const later = useRef({}), wait = (name, changes, time) => { clearTimeout(later.current[name]); later.current[name] = setTimeout(() => go(changes, true), time); };
  useEffect(() => setLevers(leversOf(state)), [state.levers]);
  const [at, setAt] = useState(Math.max(EXPLORED.from, quarterOf(state.at || EXPLORED.at)));
  useEffect(() => { if (quarterOf(state.at) >= 0) setAt(quarterOf(state.at)); }, [state.at]);
  const clock = useClock(), open = state.open || "", toggle = part => go({ open: open === part ? "" : part }, true);
  const isMoved = Object.keys(levers).length > 0 || own.length > 0;
  const other = state.compare !== undefined ? state.compare : isMoved ? scenario : scenarioRow(scenario).compare_to || "none";
  const choice = { ...choiceOf({ ...state, scenario, levers: leversText(levers) }) };
  const base = other === "none" ? null : { scenario: other, theory: choice.theory };
  const theories = open === "theories" ? DATA.theory_rows.map(row => row.name) : [];
  const { results, isFresh, of } = useWorlds([[choice, lines], base && [base, lines]]);
  const drawn = of.length ? of[0][1] : [], ghosts = useGhosts(theories, theory => [[{ ...choice, theory }, lines], base && [{ ...base, theory }, lines]]).filter(ghost => ghost[1].series.join() === drawn.join());
  const panels = drawn.map(series => panelOf(series, results[0], results[1], ghosts));
  const change = quarter => { setAt(quarter); wait("at", { at: DATA.quarter_names[quarter] }, 200); };
  const [moved, setMoved] = useState(lines[0]), main = panels.find(panel => panel.series === moved) || panels[0];
  const isIdle = Boolean(main && main.effect && !main.effect[at].higher && !main.effect[at].lower), every = DATA.series.map(row => row.key).filter(key => !/^(troops|dialogue)/.test(key));  // those two are set, not answered
  const wide = useWorlds(isIdle ? [[choice, every], [base, every]] : []), instead = isIdle && wide.isFresh && wide.results.length ? mostMoved(wide.results, every, at) : null;
  const names = isMoved && other === scenario ? [say("moved"), say("untouched")] : other === scenarioRow(scenario).compare_to ? [say("with"), say("without")] : [say("this"), say("that")];
  const title = !main ? say("busy") : main.effect ? isIdle && instead ? say("most_moved", { sentence: effectSentence(instead, effectsOf(...wide.results, instead)[at], at) }) : effectSentence(main.series, main.effect[at], at) : say("spoken.level", { name: seriesName(main.series), date: quarterWords(at), value: figure(main.series, main.line(at)) });
  const setLever = (id, position) => { const next_ = { ...levers, [id]: position }; if (position === "untouched") delete next_[id]; setLevers(next_); wait("levers", { levers: leversText(next_) }, 250); };
  const save = () => {
    const rows = own.map((row, n) => ({ id: `own-${n + 1}`, ...row })), file = `${scenario}-in-class.yaml`;
    saveText(file, scenarioFile(say("file.title", { title: titleOf(scenario) }), say("file.comment"), { scenario, levers, theory: choice.theory, rows }), "text/yaml");
    setNote(say("saved", { file }));
  };
  useKeys({ ArrowLeft: () => change(Math.max(EXPLORED.from, at - 1)), ArrowRight: () => change(Math.min(EXPLORED.to, at + 1)), p: () => clock.play(at, EXPLORED.to), s: () => toggle("sliders"), w: () => toggle("why"), d: () => go({ view: state.view ? "" : "change" }, true) });
  const pins = panels.length ? exploredPins(choice, base) : [];
  const button = (part, words) => html`<button aria-pressed=${open === part} onclick=${() => toggle(part)}>${words}</button>`;
  const side = { sliders: () => html`<${Drawer} scenario=${scenario} levers=${levers} set=${setLever} />`,
    why: () => html`<${Why} choice=${choice} series=${main.series} quarter=${at} />`,
    event: () => html`<${EventForm} own=${own} scenario=${scenario} save=${save} onAdded=${change} />`,
    events: () => html`<${EventList} choice=${choice} />`,
    table: () => html`<${Table} panels=${panels} from=${EXPLORED.from} to=${EXPLORED.to} />`,
    map: () => html`<${MapPanel} choice=${choice} at=${at} />`,
    theories: () => html`<${Theories} state=${state} />` }[open];
  return html`<${Screen} kicker=${html`<${Choose} label=${say("scenario")} value=${scenario} set=${value => go({ scenario: value, compare: undefined, levers: "", own: "" })} groups=${scenarioGroups()} />
      <${Choose} label=${say("compared")} value=${other} set=${value => go({ compare: value })} groups=${[["", [["none", say("nothing")], ...DATA.scenarios.map(row => [row.id, titleOf(row.id)])]]]} />`}
    title=${html`<span class=${isFresh && wide.isFresh ? "" : "stale"}>${title}</span>`} small code=${codeOf({ ...state, mode: "explore", scenario, levers: leversText(levers) })}
    picture=${html`<div class="explored ${side && panels.length ? "with-side" : ""}">
      <div class="figure"><div class="pick">${[0, 1].map(n => html`<${Choose} label=${say("line", { number: n + 1 })} value=${lines[n]} set=${value => go({ lines: lines.map((one, place) => place === n ? value : one).join(",") }, true)} groups=${[["", DATA.series.map(row => [row.key, seriesName(row.key)])]]} />`)}</div>
        <${Chart} panels=${panels} from=${EXPLORED.from} to=${EXPLORED.to} at=${at} onAt=${(quarter, series) => { setMoved(series); change(quarter); }} pins=${pins} view=${state.view || "levels"} sure=${state.sure === "1"} clock=${clock} names=${names} /></div>
      ${side && panels.length > 0 && html`<aside class="side" tabindex="0" aria-label=${say("details")}>${side()}</aside>`}</div>`}
    controls=${html`<span class="buttons explore-foot"><button class="main" onclick=${() => clock.play(at, EXPLORED.to)}>▶ ${say("play")}</button>
      ${button("sliders", say("sliders"))}${button("why", say("why"))}${button("theories", say("theories"))}
      <button aria-pressed=${state.view === "change"} onclick=${() => go({ view: state.view === "change" ? "" : "change" }, true)}>${say("difference")}</button>
      <button aria-pressed=${state.sure === "1"} onclick=${() => go({ sure: state.sure === "1" ? "" : "1" }, true)}>${say("sure")}</button>
      ${button("event", say("event"))}${button("map", say("map"))}${button("events", say("events"))}${button("table", say("table"))}
      ${(isMoved || choice.theory) && html`<button onclick=${save}>${say("save")}</button>`}</span>`}
    note=${note || say("note.short", { members: DATA.members })} />`;
}

/** The series whose median effect in a quarter is the largest for the width of its own 90 of 100 simulations; null where none moves. */
function mostMoved([ours, theirs], series, at) {
  const share = key => {
    const bands = bandsOf(theirs, key)[at];
    return Math.abs(effectsOf(ours, theirs, key)[at].middle) / Math.max(bands[4] - bands[0], 0.1 * Math.abs(bands[2]), 1e-9);
  };
  const best = series.map(key => [share(key), key]).sort((one, other) => other[0] - one[0])[0];
  return best[0] > 0 ? best[1] : null;
}

const scenarioGroups = () => {
  const groups = [...new Set(DATA.scenarios.map(row => row.group))].sort((one, other) => (other === "own") - (one === "own"));  // one's own first
  return groups.map(group => [group === "own" ? say("own_scenarios") : tell(`group.${group}`, group), DATA.scenarios.filter(row => row.group === group).map(row => [row.id, titleOf(row.id)])]);
};

function Choose({ label, value, set, groups }) {
  const option = ([key, words]) => html`<option value=${key} selected=${key === value}>${words}</option>`;
  return html`<label class="choose"><span class="sr">${label}</span><select aria-label=${label} value=${value} onchange=${event => set(event.target.value)}>
    ${groups.map(([name, options]) => name ? html`<optgroup label=${name}>${options.map(option)}</optgroup>` : options.map(option))}</select></label>`;
}

const isSame = (one, other) => one === other || one && JSON.stringify(one.does) === JSON.stringify(other.does);

/** Events that tell the two worlds apart. */
function exploredPins(choice, base) {
  const here = worldOf(DATA, choice).events.filter(event => event.words), there = base ? worldOf(DATA, base).events : here;
  const known = new Map(there.map(event => [event.id, event]));
  return here.filter(event => base && event.does.length && !isSame(known.get(event.id), event)).map(event => ({ at: feltAt(event), words: eventName(event), own: true }));
}

function Drawer({ scenario, levers, set }) {
  const shown = DATA.levers.filter(lever => scenarioRow(scenario).levers.includes(lever.id));
  return html`<h2>${say("sliders")}</h2>${shown.map(lever => {
    const position = levers[lever.id] ?? "untouched", place = lever.positions.indexOf(position);
    return html`<label class="slide"><span>${tell(`lever.${lever.id}.label`, lever.label)} <b>${leverWords(lever, position)} ${position === "untouched" ? "" : tell(`lever.${lever.id}.unit`, lever.unit)}</b></span>
      <input type="range" min="0" max=${lever.positions.length - 1} step="1" value=${place} aria-valuetext=${leverWords(lever, position)} oninput=${event => set(lever.id, lever.positions[event.target.value])} />
      <small class="quiet">${say(`word.${lever.word}`)}${lever.source && DATA.sources[lever.source].short ? ` · ${shortOf(lever.source)}` : ""}</small></label>`;
  })}${Object.keys(levers).length > 0 && html`<button onclick=${() => go({ levers: "" }, true)}>${say("all_back")}</button>`}`;
}

function Theories({ state }) {
  return html`<h2>${say("theories")}</h2><p>${say("theories.say")}</p>
    <div class="switch">${[["", say("theory.none")], ...DATA.theory_rows.map(row => [row.name, say(`theory.${row.name}`)])].map(([name, words]) =>
      html`<button aria-pressed=${(state.theory || "") === name} onclick=${() => go({ theory: name }, true)}>${words}</button>`)}</div>
    ${DATA.theory_rows.map(row => html`<section class="theory"><h3>${say(`theory.${row.name}`)}</h3><p>${say(`theory.${row.name}.means`)}</p><blockquote><span lang="en">“${row.quote}”</span> ${say("quoted")}</blockquote>
      <p class="quiet"><span lang="en">${DATA.sources[row.document].line}</span>${leaningOf(row.document)}</p></section>`)}`;
}

function MapPanel({ choice, at }) {
  const [all, setAll] = useState(false), { ties, arms: flows } = mapSeries();
  const { results } = useWorlds([[{ ...choice }, [...ties.map(tie => `attitude.${tie}`), ...flows]]]);
  return html`<h2>${quarterWords(at)}</h2><div class="map-room"><${Ties} result=${results[0]} at=${at} all=${all} /></div>
    <button aria-pressed=${all} onclick=${() => setAll(!all)}>${say("map.all")}</button><${TiesTable} result=${results[0]} at=${at} all=${all} /><p class="quiet">${say("map.note")}</p>`;
}

/** The ties of a map in numbers. */
function TiesTable({ result, at, all }) {
  return result && html`<table><caption class="sr">${say("map.name", { date: quarterWords(at) })}</caption><tbody>${mapSeries().ties.filter(tie => tie.split(".").every(code => all || CAPITALS.includes(code))).map(tie => html`<tr><th scope="row">${tie.split(".").map(code => CAPITALS.includes(code) ? say(`capital.${code}`) : nameOf(code)).join(" → ")}</th><td>${number(bandsOf(result, `attitude.${tie}`)[at][2], 2)}</td></tr>`)}</tbody></table>`;
}

function EventList({ choice }) {
  const events = worldOf(DATA, choice).events.filter(event => event.words);
  return html`<h2>${say("events")}</h2><p class="quiet">${say("events.note")}</p><ul class="events">${events.map(event => html`<li><b>${quarterWords(event.at)}</b> ${language === "en" ? event.words : eventName(event, false)} <span class="tag">${say(`standing.${event.standing}`)}</span>${" "}
    <span class="quiet">${event.source && (shortOf(event.source) || say("source.ours"))}</span></li>`)}</ul>`;
}

/** A form for an event of one's own. */
function EventForm({ own, scenario, save, onAdded }) {
  const kinds = Object.keys(DATA.own.forms), [row, setRow] = useState({ type: "deliver", supplier: "TUR", buyer: "SRB", class: "uav", payment: "budget", at: "2027Q1", n: 6 });
  const form = DATA.own.forms[row.type], keys = Object.keys(DATA.own.does).map(key => key.split("|")).filter(([type]) => type === row.type);
  const options = place => [...new Set(keys.filter(key => form.fields.slice(0, place).every((field, n) => key[n + 1] === row[field])).map(key => key[place + 1]))];
  const words = code => DATA.actors[code] ? nameOf(code) : say(CATALOGUES.en[`class.${code}`] ? `class.${code}` : CATALOGUES.en[`payment.${code}`] ? `payment.${code}` : `severity.${code}`);
  const change = (field, value) => {
    const next_ = { ...row, [field]: value }, wanted = DATA.own.forms[next_.type];
    const possible = Object.keys(DATA.own.does).map(key => key.split("|")).filter(([type]) => type === next_.type);
    const fits = possible.find(key => wanted.fields.every((name, n) => key[n + 1] === next_[name])) ||
      possible.find(key => wanted.fields.every((name, n) => name !== field || key[n + 1] === value)) || possible[0];
    setRow({ type: next_.type, ...Object.fromEntries(wanted.fields.map((name, n) => [name, fits[n + 1]])), at: next_.at, ...(next_.until && wanted.until ? { until: next_.until } : {}),
      ...(wanted.number ? { [numberField({ ...next_, class: fits[3] })]: numberOf(field === "type" ? { type: value } : next_, wanted) } : {}) });
  };
  const field = numberField(row), value = Number(row[field]), isRight = !field || isInRange(row, value), [added, setAdded] = useState(null), list = useRef(null);
  useEffect(() => { if (added && list.current) list.current.scrollIntoView({ block: "nearest" }); }, [added, own.length]);
  const plain = Object.fromEntries(Object.entries(row).filter(([, one]) => one !== ""));
  const add = event => { event.preventDefault(); if (isRight && ownEvent(plain)) { setAdded(plain); onAdded(quarterOf(row.at)); go({ own: JSON.stringify([...own, { ...plain, ...(field ? { [field]: value } : {}) }]), compare: undefined }); } };
  return html`<h2>${say("event")}</h2><form class="form" onsubmit=${add}>
    <label>${say("form.type")}<select value=${row.type} onchange=${event => change("type", event.target.value)}>${kinds.map(kind => html`<option value=${kind}>${say(`own.${kind}`)}</option>`)}</select></label>
    ${form.fields.map((name, n) => html`<label>${say(`form.${name}`)}<select value=${row[name]} onchange=${event => change(name, event.target.value)}>${options(n).map(code => html`<option value=${code} selected=${code === row[name]}>${words(code)}</option>`)}</select></label>`)}
    ${field && html`<label>${say(`form.${field}`)}<input type="number" step=${field === "n" ? 1 : "any"} min=${form.range[0]} max=${form.range[2]} value=${row[field]} oninput=${event => setRow({ ...row, [field]: event.target.value })} /></label>`}
    <label>${say("form.at")}<select value=${row.at} onchange=${event => setRow({ ...row, at: event.target.value })}>${DATA.quarter_names.slice(DATA.recorded_until + 1).map(name => html`<option value=${name}>${quarterWords(quarterOf(name))}</option>`)}</select></label>
    ${form.until && html`<label>${say("form.until")}<select value=${row.until || ""} onchange=${event => setRow({ ...row, until: event.target.value })}><option value="">${say("form.for_good")}</option>${DATA.quarter_names.filter(name => name >= row.at).map(name => html`<option value=${name}>${quarterWords(quarterOf(name))}</option>`)}</select></label>`}
    ${field && !isRight && html`<p class="error" role="alert">${say("form.range", { low: number(form.range[0], 0), high: number(form.range[2], 0) })}</p>`}
    <${Price} row=${plain} scenario=${scenario} /><button class="main" disabled=${!isRight || budgetsOf(plain) > DATA.own.most_budgets}>${say("form.add")}</button></form>
    <p class="quiet" role="status">${added && say("form.added", { event: `${eventWords(added)}, ${quarterWords(quarterOf(added.at))}` })}</p>
    ${own.length > 0 && html`<ul class="events" ref=${list}>${own.map((one, n) => html`<li><b>${quarterWords(quarterOf(one.at))}</b> ${eventWords(one)} <button class="small" aria-label=${say("form.remove")} onclick=${() => go({ own: own.length > 1 ? JSON.stringify(own.filter((_, place) => place !== n)) : "" })}>×</button></li>`)}</ul>
      <button onclick=${save}>${say("save")}</button>`}`;
}

const numberOf = (row, form) => Number.isFinite(Number(row[form.number] ?? row.value_musd ?? NaN)) ? Number(row[form.number] ?? row.value_musd) : form.range[1];

/** Who pays for a delivery, how much against a year's budget, and what the model does with a sum that no year can pay. */
function Price({ row, scenario }) {
  const isSale = row.type === "deliver", series = [`spending.${row.buyer}`], quarter = quarterOf(row.at);
  const { results } = useWorlds([isSale && row.payment === "budget" && DATA.rows[series[0]] !== undefined && [{ scenario }, series]]);
  if (!isSale) return null;
  const budgets = budgetsOf(row), values = { who: nameOf(row.buyer), budgets: number(budgets, 1), most: DATA.own.most_budgets };
  if (budgets > DATA.own.most_budgets) return html`<p class="error" role="alert">${say("form.dear", values)}</p>`;
  const worth = worthOf(row), share = results[0] && 100 * worth / bandsOf(results[0], series[0])[quarter][2];
  return html`<p>${share && row.payment === "budget" ? `${say("form.price", { ...values, value: number(worth, 0), share: number(share, share < 10 ? 1 : 0) })} ` : ""}${say(budgets > DATA.own.told_from ? "form.owed" : `form.paid.${row.payment}`, values)}</p>`;
}
