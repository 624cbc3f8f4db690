// The page's state stands in its address, so that the back button steps back and a copied address shows the same.
"use strict";

/** What the address may say, and whether a value of it is one that the page knows; what it does not know is left out. */
const isLesson = id => DATA.lessons.some(lesson => lesson.id === id), isYes = value => value === "1", isAny = () => true;
const KNOWN = new Map(Object.entries({
  lang: value => Object.hasOwn(CATALOGUES, value), lesson: isLesson, guide: isLesson, sheet: isLesson, step: value => /^\d$/.test(value),
  shown: isYes, sure: isYes, bets: value => /^\d+(,\d+)*$/.test(value), mode: isAny, scenario: id => Boolean(scenarioRow(id)),
  compare: id => id === "none" || Boolean(scenarioRow(id)), at: name => quarterOf(name) >= 0, lines: isAny, view: value => value === "change",
  open: part => ["sliders", "why", "theories", "event", "map", "events", "table"].includes(part), levers: isAny, own: isAny,
  theory: name => DATA.theory_rows.some(row => row.name === name), race: isAny, patron: isAny, turns: isAny, aims: isAny,
}));

function readState() { return stateIn(location.hash.slice(1)); }

function stateIn(address) {
  return Object.fromEntries([...new URLSearchParams(address)].filter(([key, value]) => KNOWN.has(key) && KNOWN.get(key)(value)));
}

/** Change some of the state; what is empty is left out. replace: without a step to go back to. */
function go(changes, replace = false) { open_({ ...readState(), ...changes }, replace); }

function open_(state, replace = false) {
  const lang = state.lang ?? readState().lang, kept = Object.entries({ ...state, lang }).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const hash = `#${new URLSearchParams(kept)}`;
  if (hash === location.hash) return;
  if (replace) location.replace(hash); else location.hash = hash;
}

function useAddress() {
  const [state, set] = useState(readState());
  useEffect(() => {
    const changed = () => set(readState());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return state;
}

/** Sliders and events of one's own, as the address holds them. */
const leversOf = state => Object.fromEntries((state.levers || "").split(";").map(part => part.split(":"))
  .filter(([id, position]) => DATA.levers.some(lever => lever.id === id && lever.positions.includes(position))));
const leversText = levers => Object.entries(levers).map(([id, position]) => `${id}:${position}`).join(";");
function ownOf(state) {
  try {
    const rows = JSON.parse(state.own || "[]");
    return Array.isArray(rows) ? rows.filter(row => row && ownEvent(row)) : [];
  } catch { return []; }
}

// ---- a code that the teacher's screen shows and a pupil types: 23 is lesson 2, step 3; a04b2 a scenario with a slider moved ----

const base36 = number_ => number_.toString(36);

/** The code of what is on the screen; "" where it has none: an event of one's own needs the whole address. */
function codeOf(state) {
  const lesson = DATA.lessons.find(one => one.id === state.lesson);
  if (lesson) return `${lesson.number}${Math.min(lesson.steps.length, Number(state.step || 0) + 1)}`;
  const scenario = DATA.scenarios.findIndex(row => row.id === state.scenario);
  if (scenario < 0 || state.own) return "";
  return base36(360 + scenario) + Object.entries(leversOf(state)).map(([id, position]) => {
    const lever = DATA.levers.findIndex(one => one.id === id);
    return base36(lever) + base36(DATA.levers[lever].positions.indexOf(position));
  }).join("");
}

/** What a code stands for; null where it stands for nothing. */
function stateOf(code) {
  const text = code.replace(/\s/g, "").toLowerCase(), [, number_, step] = text.match(/^(\d)(\d)$/) || [];
  const lesson = DATA.lessons.find(one => String(one.number) === number_);
  if (lesson && lesson.steps[step - 1]) return { lesson: lesson.id, step: step - 1 || "" };
  const scenario = DATA.scenarios[parseInt(text.slice(0, 2), 36) - 360];
  if (!scenario || !/^[a-z]([a-z0-9]{2})*[a-z0-9]$/.test(text)) return null;
  const levers = (text.slice(2).match(/../g) || []).map(([lever, place]) => [DATA.levers[parseInt(lever, 36)], parseInt(place, 36)]);
  return levers.every(([lever, place]) => lever && lever.positions[place]) ? { mode: "explore", scenario: scenario.id, levers: leversText(Object.fromEntries(levers.map(([lever, place]) => [lever.id, lever.positions[place]]))) } : null;
}

/** Width and height of an element, in pixels. */
function useSize() {
  const ref = useRef(null), [size, set] = useState([0, 0]);
  useLayoutEffect(() => {
    const seen = new ResizeObserver(() => {
      const box = ref.current && ref.current.getBoundingClientRect();
      if (box && box.width) set(old => old[0] === Math.floor(box.width) && old[1] === Math.floor(box.height) ? old : [Math.floor(box.width), Math.floor(box.height)]);
    });
    seen.observe(ref.current);
    return () => seen.disconnect();
  }, []);
  return [ref, size];
}

/** Where what has the focus is replaced, as when a card opens, the focus goes to what stands there now. */
function useKeptFocus(changed) {
  const ref = useRef(null), isFirst = useRef(true);
  useLayoutEffect(() => {
    const isLost = document.activeElement === document.body || document.activeElement === null;
    if (!isFirst.current && isLost && ref.current) (ref.current.querySelector("li button") || ref.current.querySelector("button")).focus();
    isFirst.current = false;
  }, [changed]);
  return ref;
}

function useKeys(keys) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const pressed = event => {
      if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "range" && event.key.length === 1) return;
      if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && /Arrow|Page/.test(event.key)) return;
      if (/^(BUTTON|A|SUMMARY)$/.test(event.target.tagName) && event.key === " ") return;  // it presses what has the focus
      const act = latest.current[event.key];
      if (act) { event.preventDefault(); act(); }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A time that runs from one number to another in so many seconds, and calls for every picture. */
function playing(from, to, seconds, each, done) {
  if (isStill()) { each(to); if (done) done(); return () => {}; }
  let frame = 0, began = null;
  const step = now => {
    began = began ?? now;
    const share = Math.min(1, (now - began) / (1000 * seconds));
    each(from + share * (to - from));
    if (share < 1) frame = requestAnimationFrame(step); else if (done) done();
  };
  frame = requestAnimationFrame(step);
  return () => cancelAnimationFrame(frame);
}

/** Hand a text to the reader as a file. */
function saveText(name, text, kind = "text/plain") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: kind }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// ---- a scenario file of what was chosen ------------------------------------------------------------------------------

/** What an event of one's own does: its template, in its quarter, with its number; null where it is none. */
function ownEvent(row, id = "own-1") {
  const form = DATA.own.forms[row.type], at = quarterOf(row.at);
  if (!form || at < 0) return null;
  const does = DATA.own.does[[row.type, ...form.fields.map(field => row[field])].join("|")];
  const field = numberField(row), value = field ? Number(row[field]) : 0;
  const end = row.until ? quarterOf(row.until) + 1 : NONE;
  if (!does || field && !isInRange(row, value) || row.until && end <= at || budgetsOf(row) > DATA.own.most_budgets) return null;
  const place = item => item.map((one, n) => isSize(item, n) && DATA.own.numbers.includes(one) ? numberPlace(value) : one);
  const moved = item => [at, ...place(item).slice(1)];
  return { id, at, words: eventWords(row), standing: "what-if", does: does.map(effect => Array.isArray(effect) ? moved(effect) :
    { ...effect, ends: [at, end], on: moved(effect.on), off: effect.off }) };
}

/** Whether a number is one that the form takes; drones are counted one by one. */
function isInRange(row, value) {
  const [low, , high] = DATA.own.forms[row.type].range;
  return Number.isFinite(value) && value >= low && value <= high && (numberField(row) !== "n" || Number.isInteger(value));
}

/** What a purchase is worth [m USD2023], and how many of the buyer's yearly equipment budgets it costs; 0 where another pays. */
const worthOf = row => row.value_musd ? Number(row.value_musd) : Number(row.n) * DATA.own.prices[row.class];
const budgetsOf = row => row.type === "deliver" && row.payment === "budget" ? worthOf(row) / DATA.own.equipment[row.buyer][Math.floor(quarterOf(row.at) / 4)] : 0;

/** The place of a number that is the same in every simulation, in the pool. */
function numberPlace(value) {
  const known = DATA.sizes.findIndex(size => size[1] === value && size[0] === DATA.fixed_kind && size[6] === NONE);
  return known >= 0 ? known : DATA.sizes.push([DATA.fixed_kind, value, 0, -Infinity, Infinity, 0, NONE]) - 1;
}

function numberField(row) {
  const form = DATA.own.forms[row.type];
  return row.type === "deliver" && !DATA.own.counted.includes(row.class) ? "value_musd" : form.number || "";
}

function eventWords(row) {
  const names = Object.fromEntries(["supplier", "buyer", "patron", "recipient", "actor", "target", "state"].map(field => [field, row[field] ? nameOf(row[field]) : ""]));
  const what = row.class ? say(`class.${row.class}`) : "", field = numberField(row);
  return say(`own.${row.type}.words`, { ...names, class: what, number: field ? number(Number(row[field]), 0 + (Number(row[field]) % 1 ? 2 : 0)) : "", severity: row.severity ? say(`severity.${row.severity}`) : "" });
}

/** The choice that a state stands for: what is simulated. */
function choiceOf(state) {
  return { scenario: state.scenario || DATA.first, levers: leversOf(state), theory: state.theory || undefined,
    events: ownOf(state).map((row, n) => ownEvent(row, `own-${n + 1}`)) };
}

/** A scenario file that `armsrace run` takes; YAML reads JSON, so its parts are written as such. */
function scenarioFile(title, comment, { scenario, levers = {}, theory, rows = [] }) {
  const parameters = {}, events = new Map(), removed = new Set();
  for (const lever of DATA.levers) {
    const change = lever.changes[levers[lever.id]];
    if (!change || lever.event && !scenarioRow(scenario).levers.includes(lever.id)) continue;
    Object.assign(parameters, change.file.parameters || {});
    for (const event of change.file.events || []) {
      if (lever.event) removed.add(event.id);
      if (!events.has(event.id) || event.id === lever.event) events.set(event.id, event);
    }
  }
  rows.forEach(row => events.set(row.id, row));
  const command = `armsrace run FILE --members ${DATA.members}${theory ? ` --theory ${theory}` : ""}`;
  const lines = [`# made with armsrace classroom; run it with: ${command}`, "format_version: 1", `title: ${JSON.stringify(title)}`,
    `question: ${JSON.stringify(say("file.question", { title: titleOf(scenario) }))}`, "group: made in class", `extends: ${scenario}`,
    `compare_to: ${scenario}`, `comment: ${JSON.stringify(comment)}`];
  if (Object.keys(parameters).length) lines.push(`parameters: ${JSON.stringify(parameters)}`);
  if (removed.size) lines.push(`remove: ${JSON.stringify([...removed])}`);
  lines.push(events.size ? "events:" : "events: []", ...[...events.values()].map(event => `  - ${JSON.stringify(event)}`));
  return `${lines.join("\n")}\n`;
}
