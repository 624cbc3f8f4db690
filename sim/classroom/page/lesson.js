// Lessons: one screen a step. A question and a bet; then the picture, the finding as its headline, one sentence, and on.
"use strict";

const lessonOf = state => DATA.lessons.find(lesson => lesson.id === state.lesson);
const stepText = (lesson, step, field, values) => tell(`lesson.${lesson.id}.${step}.${field}`, lesson.steps[step][field], values);

/** A screen: above what it is about and its headline, in the middle the picture, below what the class may do. */
function Screen({ kicker, title, picture, controls, note, small, steps, extra, turns, code }) {
  return html`<main id="main" class=${`screen ${small ? "small-title" : ""}`} tabindex="-1">
    <header class="top"><a class="home" href="#" aria-label=${say("home")} title=${say("home")}>⌂</a><div class="kicker">${kicker}</div>${code && html`<span class="code">${say("code")} <b>${code}</b></span>`}${steps}</header>
    <h1 aria-live="polite">${title}</h1>${extra}
    <div class="picture">${picture}</div>
    <footer class="foot">${controls}<p class="note">${note}</p>${turns && html`<span class="turns">${turns}</span>`}</footer></main>`;
}

function LessonMode({ state }) {
  const lesson = lessonOf(state), number_ = Math.max(0, Math.min(lesson.steps.length - 1, Number(state.step || 0))), step = lesson.steps[number_];
  const shown = state.shown === "1";
  const forth = () => shown ? number_ < lesson.steps.length - 1 ? open_({ lesson: lesson.id, step: number_ + 1 }) : open_({}) : go({ shown: "1" });
  const back = () => shown ? go({ shown: "" }) : number_ > 0 ? open_({ lesson: lesson.id, step: number_ - 1, shown: "1" }) : open_({});
  const isGame = shown && step.picture === "teams";  // the game has keys of its own
  useKeys({ PageUp: back, g: () => guideWindow(lesson, number_), ...(isGame ? {} : { PageDown: forth, " ": forth, Escape: () => open_({}) }) });
  const dots = html`<nav class="dots" aria-label=${say("steps")}>${lesson.steps.map((one, n) => html`<a href=${`#lesson=${lesson.id}&step=${n}`} class=${n <= number_ ? "done" : ""} aria-current=${n === number_ ? "step" : undefined} aria-label=${`${n + 1}: ${stepText(lesson, n, "title")}`}></a>`)}</nav>`;
  const props = { key: `${lesson.id}.${number_}`, lesson, number: number_, step, shown, state, forth, back, dots };
  return step.picture === "teams" ? html`<${TeamsStep} ...${props} />` : step.picture === "race" ? html`<${RaceStep} ...${props} />` : html`<${RunStep} ...${props} />`;
}

/** What every step has: its headline, hands that were counted, and the way on. */
function stepFrame({ lesson, number: n, step, shown, forth, back, dots, state }, { picture, controls, worlds, title }) {
  const bets = step.bets.map((bet, place) => tell(`lesson.${lesson.id}.${n}.bets.${place}`, bet)), hands = (state.bets || "").split(",").map(Number);
  const count = (place, by) => go({ bets: bets.map((_, one) => Math.max(0, (hands[one] || 0) + (one === place ? by : 0))).join(",") }, true);
  const sum = bets.reduce((all, _, place) => all + (hands[place] || 0), 0), best = bets.findIndex((_, place) => (hands[place] || 0) === Math.max(...bets.map((_, one) => hands[one] || 0)));
  const extra = bets.length === 0 ? null : shown ? html`<p class="bet-said">${step.held !== null && html`<b>✓ ${say("bet.held", { bet: bets[step.held] })}</b> `}${sum > 0 && say("bet.said", { count: hands[best] || 0, sum, bet: bets[best] })}</p>` :
    html`<div class="bets" role="group" aria-label=${say("bets")}>${bets.map((bet, place) => html`<div class="bet"><span>${bet}</span>
      <button aria-label=${say("bet.less", { bet })} onclick=${() => count(place, -1)}>−</button><b>${hands[place] || 0}</b><button aria-label=${say("bet.more", { bet })} onclick=${() => count(place, 1)}>+</button></div>`)}</div>`;
  return html`<${Screen} kicker=${tell(`lesson.${lesson.id}.title`, lesson.title)} steps=${dots} extra=${extra} code=${codeOf(state)}
    title=${shown ? title || filled(stepText(lesson, n, "finding"), worlds) : stepText(lesson, n, "ask")} picture=${picture}
    controls=${shown && html`<span class="buttons">${controls}</span>`}
    turns=${html`<button onclick=${back} aria-label=${say("back")}>‹</button><button class="main" onclick=${forth}>${shown ? say("next") : say("reveal")} ›</button>`}
    note=${shown ? filled(stepText(lesson, n, "say"), worlds) : say("ask.note")} />`;
}

/** A step whose picture is made of runs. */
function RunStep(props) {
  const { lesson, number: n, step, shown } = props, [tools, setTools] = useState({ lever: step.position || undefined }), [at, setAt] = useState(quarterOf(step.at)), clock = useClock();
  const [worlds, setWorlds] = useState(null);
  const lever = DATA.levers.find(one => one.id === step.control), theories = shown && step.picture === "theories" ? DATA.theory_rows.map(row => row.name) : [];
  const base = scenarioRow(step.scenario).compare_to, lines = step.lines, levers = tools.lever ? { [lever.id]: tools.lever } : {};
  const from = quarterOf(step.start), to = quarterOf(step.end), cover = !shown && step.cover ? quarterOf(step.cover) : null;
  const ours = { scenario: step.scenario, levers }, theirs = lever && (lever.event === "" || !base) ? { scenario: step.scenario } : base && { scenario: base };
  const wanted = lines.length ? lines : [DATA.series[0].key], pair = theory => [[{ ...ours, theory }, wanted], theirs && [{ ...theirs, theory }, wanted]];
  const { results, of } = useWorlds(pair(tools.theory)), ghosts = useGhosts(theories, pair);
  useEffect(() => { numbersOf(step, [stepText(lesson, n, "finding"), stepText(lesson, n, "say")]).then(setWorlds); }, []);
  const live = shown && step.cover && !isStill(), started = useRef(shown);
  useEffect(() => { if (live && !started.current && lines.length) clock.play(Math.min(quarterOf(step.cover), at), to); started.current = shown; }, [shown]);
  const flip = (name, value) => setTools({ ...tools, [name]: tools[name] === value ? undefined : value }), hasTable = ["map", "lines", "theories"].includes(step.picture);
  useKeys({ ArrowLeft: () => setAt(Math.max(from, at - 1)), ArrowRight: () => setAt(Math.min(cover ?? to, at + 1)), p: () => clock.play(from, to), t: () => hasTable && flip("table", true) });
  const isAlone = ["alone", "same"].includes(step.view), isMystery = !shown && !step.cover || !shown && step.picture === "levers";
  const panels = of.length ? lines.map(series => panelOf(series, results[0], isMystery || cover !== null || isAlone ? null : results[1], ghosts)) : [];
  const choice = { ...ours, theory: tools.theory };
  const isTable = shown && hasTable && tools.table;
  const picture = isTable && step.picture !== "map" ? html`<div class="table-room" tabindex="0"><${Table} panels=${panels} from=${from} to=${to} /></div>` :
    step.picture === "map" ? html`<${MapStep} choice=${choice} at=${at} all=${tools.all} table=${isTable} />` : isMystery ? html`<${Mystery} lines=${lines} lesson=${lesson} n=${n} />` :
    step.picture === "why" ? html`<${Why} choice=${choice} series=${lines[0]} quarter=${at} />` : step.picture === "levers" ? html`<${Levers} choice=${choice} series=${lines[0]} quarter=${at} />` :
    html`<${Chart} panels=${panels} from=${from} to=${to} at=${Math.min(at, cover ?? to)} cover=${cover} onAt=${setAt} pins=${Object.entries(step.pins).map(([id, words]) => pinOf(choice, id, tell(`lesson.${lesson.id}.${n}.pins.${id}`, words))).filter(Boolean)}
      view=${tools.view || step.view} sure=${tools.sure} clock=${clock} names=${lever && !lever.event ? [say("moved"), say("untouched")] : [say("with"), say("without")]} />`;
  const time = step.picture === "lines" || step.picture === "map" || step.picture === "theories";
  const controls = html`
    ${time && step.picture !== "map" && html`<button onclick=${() => clock.play(from, to)}>▶ ${say("play")}</button>`}
    ${step.picture === "map" && html`<button onclick=${() => setAt(Math.min(to, at + 1))}>${say("quarter_on")}</button><b class="date">${quarterWords(at)}</b><button aria-pressed=${Boolean(tools.all)} onclick=${() => flip("all", true)}>${say("map.all")}</button>`}
    ${step.picture === "lines" && html`<button aria-pressed=${Boolean(tools.sure)} onclick=${() => flip("sure", true)}>${say("sure")}</button>`}
    ${hasTable && html`<button aria-pressed=${Boolean(tools.table)} onclick=${() => flip("table", true)}>${say("table")}</button>`}
    ${step.control === "theories" && DATA.theory_rows.map(row => html`<button aria-pressed=${tools.theory === row.name} onclick=${() => flip("theory", row.name)}>${say(`theory.${row.name}`)}</button>`)}
    ${lever && html`<label class="slide"><span>${tell(`lever.${lever.id}.label`, lever.label)} <b>${leverWords(lever, tools.lever || "untouched")}</b></span>
      <input type="range" min="0" max=${lever.positions.length - 1} step="1" value=${lever.positions.indexOf(tools.lever || "untouched")} aria-valuetext=${leverWords(lever, tools.lever || "untouched")} oninput=${event => {
        const position = lever.positions[event.target.value];
        setTools({ ...tools, lever: position === "untouched" ? undefined : position });
      }} /></label>`}`;
  return stepFrame(props, { picture, controls, worlds });
}

/** Before the reveal, where the picture would give the answer away: what will be drawn, and room to sketch it. */
function Mystery({ lines, lesson, n }) {
  return html`<div class="mystery"><p class="mark" aria-hidden="true">?</p><p>${lines.map(series => seriesName(series)).join(" · ") || stepText(lesson, n, "title")}</p></div>`;
}

function pinOf(choice, id, words) {
  const event = worldOf(DATA, choice).events.find(one => one.id === id) || worldOf(DATA, { scenario: DATA.first }).events.find(one => one.id === id);
  return event && { at: event.at, words, own: true };
}

function MapStep({ choice, at, all, table }) {
  const { ties, arms: flows } = mapSeries(), { results } = useWorlds([[choice, [...ties.map(tie => `attitude.${tie}`), ...flows]]]);
  return table ? html`<div class="table-room" tabindex="0"><${TiesTable} result=${results[0]} at=${at} all=${all} /></div>` : html`<${Ties} result=${results[0]} at=${at} all=${all} />`;
}

function RaceStep(props) {
  const { step, shown } = props, [race, setRace] = useState({ ...RACE, ...step.race }), [time, play, whole] = usePlayedRace(), first = useRef(true), [table, setTable] = useState(false);
  useKeys({ t: () => setTable(!table) });
  useEffect(() => { if (!first.current && shown) play(); first.current = false; }, [shown]);
  const set = wanted => { whole(); setRace(wanted); }, isMoved = JSON.stringify(race) !== JSON.stringify({ ...RACE, ...step.race });
  return stepFrame(props, {
    picture: table && shown ? html`<${RaceTable} race=${race} />` : html`<${RacePicture} race=${race} time=${time} hidden=${!shown} onStart=${shown && (start => set({ ...race, start }))} />`,
    controls: html`<${RaceSliders} race=${race} set=${set} more=${step.control === "more"} /><button onclick=${play}>▶ ${say("go")}</button><button aria-pressed=${table} onclick=${() => setTable(!table)}>${say("table")}</button>`,
    title: isMoved ? verdictOf(race) : null,
  });
}

function TeamsStep(props) {
  const { shown, state } = props;
  return shown ? html`<${TeamsMode} state=${state} kicker=${tell(`lesson.${props.lesson.id}.title`, props.lesson.title)} steps=${props.dots} forth=${props.forth} ask=${stepText(props.lesson, props.number, "ask")} />` :
    stepFrame(props, { picture: html`<${TeamsRules} />` });
}
