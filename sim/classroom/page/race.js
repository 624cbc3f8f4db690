// The race of two: a moving point beside two growing lines. Its equation is the model's; the verdict is the headline.
"use strict";

const YEARS = 12, LONG = 60, STEP = 0.1, GRID = 9, SETTLED = 0.02, NOTHING = 0.05, LARGEST = 9999;
const RACE = { reaction: [1, 1], fatigue: [1.2, 1.2], grievance: [1, 1], start: [8, 2] };

/** Arms of both in steps of STEP years, and by how much fatigue outweighs reaction; from the model. */
function raceOf({ reaction, fatigue, grievance, start }, steps) {
  const memory = pool.exports.memory;
  pool.race = pool.race ?? (memory.grow(1) * 65536);
  const at = pool.race, room = new Float64Array(memory.buffer, at, 15 + 2 * (steps + 1));
  room.set([...reaction, ...fatigue, ...grievance], 0);
  room.fill(0, 6, 15);
  room.set(start, 15);
  pool.exports.race_path(at, at + 16, at + 32, STEP, at + 120, BigInt(steps + 1), at + 48, at + 112);
  return { path: Array.from({ length: steps + 1 }, (_, n) => [room[15 + 2 * n], room[16 + 2 * n]]), margin: room[14] };
}

/** What becomes of a race, in one sentence that agrees with its picture. */
function verdictOf(race) {
  const { path, margin } = raceOf(race, LONG / STEP), [a, b] = path[path.length - 1], [before] = path.slice(-100), shown = path[YEARS / STEP];
  const [k, l] = race.reaction, [f, g] = race.fatigue, even = k === l && f === g;
  const values = { answer: even ? number(k, 1) : `${number(k, 1)} × ${number(l, 1)}`, tire: even ? number(f, 1) : `${number(f, 1)} × ${number(g, 1)}`,
    a: arms(shown[0]), b: arms(shown[1]), years: YEARS };
  if (!(a > NOTHING) && !(b > NOTHING)) return say("verdict.disarm", values);
  if (Math.abs(margin) < SETTLED) return say("verdict.edge", values);
  if (margin < 0) return say(a + b > before[0] + before[1] ? "verdict.runaway" : "verdict.edge", values);
  return say(Math.abs(a - shown[0]) + Math.abs(b - shown[1]) > 0.05 * (a + b) ? "verdict.slow" : "verdict.settles", { ...values, a: arms(a), b: arms(b) });
}

const arms = value => Number.isFinite(value) && value <= LARGEST ? number(value, value < 10 ? 1 : 0) : say("more_than", { value: number(LARGEST, 0) });

/** The picture. hidden: nothing is drawn but the start, since pupils sketch first. */
function RacePicture({ race, time, onStart, hidden }) {
  const [ref, [width, height]] = useSize(), em = parseFloat(getComputedStyle(document.documentElement).fontSize);
  if (!width || !pool.exports) return html`<div class="chart" ref=${ref}></div>`;
  const { path } = raceOf(race, YEARS / STEP), narrow = width < 34 * em, shown = hidden ? path.slice(0, 1) : path.filter((_, n) => n * STEP <= time + 1e-9);
  const most = Math.max(10, ...race.start.map(one => 1.2 * one), ...shown.flat().filter(Number.isFinite)), span = ticksOf(0, 1.02 * most, 4).slice(-1)[0] >= most ? most : 1.05 * most;
  const size = Math.min(narrow ? width - 3 * em : width * 0.5 - 3 * em, (narrow ? height * 0.6 : height) - 3.3 * em), left = 3.3 * em, foot = size + 0.6 * em;
  const x = value => left + value / span * size, y = value => foot - value / span * size;
  const from = narrow ? 3.3 * em : left + size + 4 * em, low = narrow ? height - 1.6 * em : foot, high = narrow ? foot + 3.2 * em : 0.6 * em, right = width - 4.5 * em;
  const tx = n => from + n * STEP / YEARS * (right - from), ty = value => low - value / span * (low - high), ticks = ticksOf(0, span, 4);
  const now = shown[shown.length - 1], clip = ([a, b]) => [Math.min(a, 1e6), Math.min(b, 1e6)], inside = shown.map(clip);
  const pick = event => {
    const box = ref.current.getBoundingClientRect(), a = (event.clientX - box.left - left) / size * span, b = (foot - event.clientY + box.top) / size * span;
    if (onStart && a >= 0 && b >= 0 && a <= span && b <= span) onStart([Math.round(10 * a) / 10, Math.round(10 * b) / 10]);
  };
  const arrow = (a, b) => {
    const [, [c, d]] = raceOf({ ...race, start: [a, b] }, 1).path, long = Math.hypot(c - a, d - b) || 1, reach = 0.035 * span;
    return html`<path class="arrow" d=${`M${x(a - reach * (c - a) / long)} ${y(b - reach * (d - b) / long)}L${x(a + reach * (c - a) / long)} ${y(b + reach * (d - b) / long)}`} marker-end="url(#tip)" />`;
  };
  const places = Array.from({ length: GRID }, (_, n) => (n + 0.7) / (GRID + 0.4) * span);
  return html`<div class="chart race" ref=${ref}><svg width=${width} height=${height} role="img" aria-label=${hidden ? say("race.name") : `${say("race.name")}: ${verdictOf(race)}`} onpointerdown=${pick}>
    <defs><marker id="tip" viewBox="0 0 10 10" refX="6" refY="5" markerWidth=${0.5 * em} markerHeight=${0.5 * em} markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10Z" /></marker>
      <clipPath id="plane"><rect x=${left} y=${foot - size} width=${size} height=${size} /></clipPath></defs>
    <rect class="ground" x=${left} y=${foot - size} width=${size} height=${size} />
    ${ticks.map(tick => html`<g><text class="quiet" x=${x(tick)} y=${foot + 1.2 * em} text-anchor="middle">${number(tick, tick % 1 ? 1 : 0)}</text>
      ${tick > 0 && html`<text class="quiet" x=${left - 0.3 * em} y=${y(tick) + 0.3 * em} text-anchor="end">${number(tick, tick % 1 ? 1 : 0)}</text>`}
      <line class="grid" x1=${from} x2=${right} y1=${ty(tick)} y2=${ty(tick)} /></g>`)}
    ${!hidden && places.flatMap(a => places.map(b => arrow(a, b)))}
    <text class="side-a bold" x=${left + size} y=${foot + 2.3 * em} text-anchor="end">${say("race.arms", { who: "A" })} →</text>
    <text class="side-b bold" transform=${`translate(${0.9 * em} ${foot - size}) rotate(-90)`} text-anchor="end">${say("race.arms", { who: "B" })} →</text>
    <g clip-path="url(#plane)"><path class="trace" d=${pathOf(inside.map(([a, b]) => [x(a), y(b)]))} /></g>
    <circle class="from" cx=${x(race.start[0])} cy=${y(race.start[1])} r=${0.4 * em} />
    <circle class="point" cx=${x(Math.min(span, now[0]))} cy=${y(Math.min(span, now[1]))} r=${0.55 * em} />
    <line class="zero" x1=${from} x2=${right} y1=${low} y2=${low} />
    <text class="quiet" x=${from} y=${low + 1.2 * em}>${say("race.year", { count: 0 })}</text><text class="quiet" x=${right} y=${low + 1.2 * em} text-anchor="end">${say("race.year", { count: YEARS })}</text>
    ${["a", "b"].map((side, n) => html`<path class=${`grow side-${side}`} d=${pathOf(inside.map((one, place) => [tx(place), ty(Math.min(span, one[n]))]))} />`)}
    ${apart(["A", "B"].map((side, n) => ({ side, n, y: ty(Math.min(span, now[n])) })), 1.3 * em, high, low).map(({ side, n, y: place }) =>
      html`<text class=${`side-${side.toLowerCase()} bold`} x=${tx(shown.length - 1) + 0.5 * em} y=${place + 0.35 * em}>${side} ${arms(now[n])}</text>`)}
  </svg></div>`;
}

/** The arms of both, year by year. */
function RaceTable({ race }) {
  const { path } = raceOf(race, YEARS / STEP), years = Array.from({ length: YEARS + 1 }, (_, year) => year);
  return html`<div class="table-room" tabindex="0"><table><caption>${say("race.name")}</caption><thead><tr><td></td>${["A", "B"].map(who => html`<th scope="col">${say("race.arms", { who })}</th>`)}</tr></thead>
    <tbody>${years.map(year => html`<tr><th scope="row">${say("race.year", { count: year })}</th>${path[Math.round(year / STEP)].map(value => html`<td>${arms(value)}</td>`)}</tr>`)}</tbody></table></div>`;
}

const RATES = [["reaction", 0, 2.5], ["fatigue", 0, 2.5], ["grievance", -3, 5]];

/** Sliders of a race, for both at once, or for each. */
function RaceSliders({ race, set, more }) {
  const rate = (name, low, high, side) => {
    const value = race[name][side ?? 0], label = side === undefined ? say(`race.${name}`) : say(`race.${name}.of`, { who: "AB"[side] });
    return html`<label class="slide"><span>${label} <b>${number(value, 1)}</b></span>
      <input type="range" min=${low} max=${high} step="0.1" value=${value} oninput=${event => {
        const wanted = Number(event.target.value);
        set({ ...race, [name]: side === undefined ? [wanted, wanted] : race[name].map((one, n) => n === side ? wanted : one) });
      }} /></label>`;
  };
  return html`<div class="slides">${more ? RATES.flatMap(row => [rate(...row, 0), rate(...row, 1)]) : RATES.slice(0, 2).map(row => rate(...row))}</div>`;
}

function usePlayedRace() {
  const [time, setTime] = useState(YEARS), stop = useRef(() => {});
  const play = () => { stop.current(); stop.current = playing(0, YEARS, 4, setTime); };
  useEffect(() => () => stop.current(), []);
  return [time, play, () => { stop.current(); setTime(YEARS); }];
}

function RaceMode({ state }) {
  const parsed = useMemo(() => {
    let given = {};
    try { given = JSON.parse(state.race) || {}; } catch { /* the usual one */ }
    const isPair = pair => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite);
    return Object.fromEntries(Object.entries(RACE).map(([name, usual]) => [name, isPair(given[name]) ? given[name] : usual]));
  }, []);
  const [race, setRace] = useState(parsed), [time, play, whole] = usePlayedRace(), [more, setMore] = useState(false), [table, setTable] = useState(false);
  useKeys({ t: () => setTable(!table) });
  const set = wanted => { whole(); setRace(wanted); };
  useEffect(() => { const later = setTimeout(() => go({ race: JSON.stringify(race) }, true), 300); return () => clearTimeout(later); }, [race]);
  return html`<${Screen} kicker=${say("race.kicker")} title=${verdictOf(race)}
    picture=${table ? html`<${RaceTable} race=${race} />` : html`<${RacePicture} race=${race} time=${time} onStart=${start => set({ ...race, start })} />`}
    controls=${html`<${RaceSliders} race=${race} set=${set} more=${more} /><span class="buttons"><button class="main" onclick=${play}>▶ ${say("go")}</button><button aria-pressed=${more} onclick=${() => setMore(!more)}>${say("more")}</button><button aria-pressed=${table} onclick=${() => setTable(!table)}>${say("table")}</button></span>`}
    note=${say("race.note")} />`;
}
