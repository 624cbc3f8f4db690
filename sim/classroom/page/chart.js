// The chart: one or two panels on one time axis, lines with their names beside them, and the effect as what lies between them.
"use strict";

const HUES = { SRB: "var(--srb)", XKX: "var(--xkx)", TUR: "var(--tur)" };
const hueOf = series => /^(tension|hazard|dialogue|troops)/.test(series) ? "var(--accent)" : HUES[series.split(".")[1]] || "var(--accent)";
const THIN = 100;  // simulations that are drawn one by one

/** What a chart draws of a series: the world, what it is compared with, and ghosts of other worlds: [[label, ours, theirs]]. */
function panelOf(series, ours, theirs, ghosts = []) {
  const effect = theirs ? effectsOf(ours, theirs, series) : null;
  const line = (mine, other) => quarter => other ? bandsOf(other, series)[quarter][2] + effectsOf(mine, other, series)[quarter].middle : bandsOf(mine, series)[quarter][2];
  return {
    series, effect, ours: bandsOf(ours, series), theirs: theirs && bandsOf(theirs, series), line: line(ours, theirs), result: ours, other: theirs,
    ghosts: ghosts.map(([label, mine, other]) => ({ label, line: line(mine, other), change: quarter => other ? effectsOf(mine, other, series)[quarter].middle : 0 })),
  };
}

/** Ghosts of the theories: [[label, ours, theirs]]; none until all are there. pair: the two worlds under a theory. */
function useGhosts(theories, pair) {
  const { results, of } = useWorlds(theories.flatMap(pair));
  return of.length && of.length === 2 * theories.length ? theories.map((theory, n) => [say(`theory.${theory}`), results[2 * n], results[2 * n + 1]]) : [];
}

/** Round ticks of a range. */
function ticksOf(low, high, most) {
  const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(times => times * power).find(size => size >= rough) || rough;
  const ticks = [];
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + 1e-9 * step; tick += step) ticks.push(Math.abs(tick) < 1e-12 ? 0 : tick);
  return ticks;
}

const pathOf = points => points.map(([x, y], n) => `${n ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
const areaOf = (xs, lows, highs) => `${pathOf(xs.map((x, n) => [x, highs[n]]))}${pathOf(xs.map((x, n) => [x, lows[n]]).reverse()).replace("M", "L")}Z`;

/** A line between two quarters. */
function between(line, place, first, last) {
  const low = Math.max(first, Math.min(last, Math.floor(place)));
  return line(low) + Math.max(0, place - low) * (line(Math.min(last, low + 1)) - line(low));
}

/** Names that would stand on each other are moved apart: [{y, ...}] from above. */
function apart(labels, room, low, high) {
  labels.sort((one, other) => one.y - other.y);
  labels.forEach((label, n) => { if (n) label.y = Math.max(label.y, labels[n - 1].y + room); });
  const over = labels.length ? labels[labels.length - 1].y - high : 0;
  if (over > 0) labels.forEach((label, n) => { label.y = Math.max(low + n * room, label.y - over); });
  return labels;
}

/** Width of a text in the size of the page's text; each language and each machine's letters have their own. */
function wideOf(words, size = 1, weight = 400) {
  const pen = wideOf.pen = wideOf.pen || document.createElement("canvas").getContext("2d");
  pen.font = `${weight} 100px ${getComputedStyle(document.documentElement).fontFamily}`;
  return size * pen.measureText(words).width / 100;
}

/** Room that the names of ticks take, and the longest number. */
function tickRoom(panels, quarters, sure, change) {
  const isHere = key => panels.some(panel => key.startsWith(`tick.${panel.series.split(".")[0]}.`));
  const most = panel => Math.max(...(sure ? singles(panel, quarters, change && panel.effect).flat() : quarters.flatMap(quarter => { const bands = change && panel.effect ? panel.effect[quarter].bands : panel.ours[quarter]; return [bands[4], -bands[0]]; })).map(Math.abs));
  return Math.max(3.3, ...panels.map(panel => 0.6 + wideOf(number(most(panel), 0, "exceptZero"), 0.82)), ...Object.entries(CATALOGUES[language]).filter(([key]) => isHere(key)).map(([, words]) => 0.6 + wideOf(words, 0.82)));
}

/** view: "levels" or "change"; cover: quarter after which nothing is drawn; clock: a time that runs, see `useClock`. */
function Chart({ panels, from, to, at, cover = null, onAt, pins = [], view = "levels", sure = false, clock, names = [say("with"), say("without")] }) {
  const [ref, [width, height]] = useSize(), ranges = useRef({}), dragging = useRef(false);
  const em = parseFloat(getComputedStyle(document.documentElement).fontSize), id = useMemo(() => `c${Math.random().toString(36).slice(2)}`, []);
  const narrow = width < 27 * em, until = cover === null ? to : Math.min(to, cover), quarters = Array.from({ length: until - from + 1 }, (_, n) => from + n);
  const left = tickRoom(panels, quarters, sure, view === "change") * em, ends = [...(view === "change" ? [say("difference")] : [say("middle"), ...names]), ...panels.flatMap(panel => panel.ghosts.map(ghost => ghost.label))];
  const right = width - (0.9 + Math.max(...ends.map(words => wideOf(words, 0.9, 700)))) * em, bottom = height - 1.7 * em;
  const x = quarter => left + (quarter - from) / (to - from) * (right - left);
  const rows = width ? pinRows(pins.filter(pin => pin.at >= from && pin.at <= (cover ?? to)), x, em, right) : [];
  const strip = rows.length ? (1 + Math.max(...rows.map(pin => pin.row))) * 1.2 * em : 0, head = 1.75 * em, each = (bottom - strip - 0.2 * em) / panels.length;
  useEffect(() => {
    if (!clock || !width) return undefined;
    const move = time => {
      const svg = ref.current.querySelector("svg");
      if (!svg) return;
      const end = time === null ? right : x(time), now = time === null ? -9 : end;
      svg.querySelectorAll(".clip").forEach(rect => rect.setAttribute("width", Math.max(0, end - left)));
      svg.querySelectorAll(".now").forEach(line => { line.setAttribute("x1", now); line.setAttribute("x2", now); });
    };
    clock.listeners.add(move);
    move(clock.time);
    return () => clock.listeners.delete(move);
  });
  const pick = event => {
    const box = ref.current.getBoundingClientRect(), quarter = Math.round(from + (event.clientX - box.left - left) / (right - left) * (to - from));
    const panel = Math.max(0, Math.min(panels.length - 1, Math.floor((event.clientY - box.top - strip) / each)));
    if (onAt && quarter >= from && quarter <= until) onAt(quarter, panels[panel].series);
  };
  const extremes = view === "same" ? panels.flatMap(panel => quarters.flatMap(quarter => [panel.ours[quarter][0], panel.ours[quarter][4]])) : null;
  const common = extremes && [Math.min(0, ...extremes), 1.04 * Math.max(...extremes)];
  if (!width || !panels.length) return html`<div class="chart" ref=${ref}>${width > 0 && html`<p class="busy">${say("busy")}</p>`}</div>`;
  return html`<div class="chart" ref=${ref}>
    <svg width=${width} height=${height} role="img" aria-label=${spoken(panels, at, view)}
      onpointerdown=${event => { dragging.current = true; event.currentTarget.setPointerCapture(event.pointerId); pick(event); }}
      onpointermove=${event => dragging.current && pick(event)} onpointerup=${() => { dragging.current = false; }}>
      ${panels.map((_, n) => html`<clipPath id=${`${id}${n}`}><rect class="clip" x=${left} y=${strip + n * each + head - 0.2 * em} width=${Math.max(0, right - left)} height=${Math.max(0, each - head)} /></clipPath>`)}
      ${from <= DATA.recorded_until && html`<rect class="record" x=${left} y=${0} width=${x(Math.min(to, DATA.recorded_until)) - left} height=${bottom} />`}
      ${yearTicks(from, to, x, narrow ? 4.2 * em : 3 * em).map(quarter => html`<text class="quiet" x=${x(quarter)} y=${bottom + 1.3 * em} text-anchor="middle">${Math.floor(yearOf(quarter))}</text>`)}
      ${rows.map(pin => html`<line class=${`pin ${pin.own ? "own" : ""}`} x1=${x(pin.at)} x2=${x(pin.at)} y1=${pin.row * 1.2 * em} y2=${bottom} />`)}
      ${panels.map((panel, n) => Panel({ panel, n, common, top: strip + n * each, head, foot: strip + (n + 1) * each - 0.4 * em, left, right, width, em, x, quarters, at, until, to, view, sure, id, ranges, names, narrow, isPlaying: clock && clock.runs }))}
      ${rows.map(pin => html`<text class=${`pin ${pin.own ? "own" : ""}`} x=${pin.x} y=${(pin.row + 0.75) * 1.2 * em} text-anchor=${pin.anchor}>${pin.words}</text>`)}
      ${clock && html`<line class="now" x1="-9" x2="-9" y1="0" y2=${bottom} />`}
    </svg></div>`;
}

function Panel({ panel, n, common, isPlaying, top, head, foot, left, right, width, em, x, quarters, at, until, to, view, sure, id, ranges, names, narrow }) {
  const { series, ours, theirs, effect } = panel, hue = hueOf(series), change = view === "change" && effect;
  const band = quarter => change ? effect[quarter].bands : ours[quarter];
  const middle = quarter => change ? effect[quarter].middle : panel.line(quarter);
  const ghosts = panel.ghosts.map(ghost => ({ ...ghost, line: change ? ghost.change : ghost.line }));
  const single = sure ? singles(panel, quarters, change) : [], isNothing = value => change && value === 0;
  const seen = [...single.flat(), ...quarters.flatMap(quarter => [band(quarter)[0], band(quarter)[4], middle(quarter), ...(change ? [0] : theirs ? [theirs[quarter][2]] : []), ...ghosts.map(ghost => ghost.line(quarter))])];
  const [low, high] = common || rangeOf(ranges.current, `${series} ${view} ${sure} ${quarters[0]}`, Math.min(...seen), Math.max(...seen));
  const plot = top + head, y = value => foot - (value - low) / (high - low) * (foot - plot - 0.2 * em);
  const xs = quarters.map(x), end = Math.min(until, quarters[quarters.length - 1]);
  const line = of => pathOf(quarters.map(quarter => [x(quarter), y(of(quarter))]));
  const isNamed = !isPlaying && at === end && theirs && !change && x(end) + (1 + Math.max(...names.map(words => wideOf(words, 0.9, 700))) + 3) * em < width && x(end) < right - 2 * em, level = value => isNamed ? ` ${figure(series, value)}` : "";  // beside the point there is room for names with numbers
  const labels = apart([
    { y: y(middle(end)), words: (change ? say("difference") : theirs ? names[0] : say("middle")) + level(middle(end)), hue, bold: true },
    ...(theirs && !change ? [{ y: y(theirs[end][2]), words: names[1] + level(theirs[end][2]), hue: "var(--quiet)" }] : []),
    ...ghosts.map(ghost => ({ y: y(ghost.line(end)), words: ghost.label, hue: "var(--quiet)" })),
  ], 1.2 * em, plot, foot);
  const shown = !isPlaying && at !== undefined && at >= quarters[0] && at <= until;
  const gap = shown && effect ? effect[at] : null, isLate = x(at) > Math.min(x(end), right) - 4 * em, isTight = isLate && x(at) < left + 3.5 * em;
  const reach = Array.from({ length: 10 }, (_, n) => at + ((isLate ? 1 - n : n - 1) * 0.5 * em) / (x(1) - x(0))), lines = [middle, ...(theirs && !change ? [quarter => theirs[quarter][2]] : [])];
  const ys = shown ? lines.flatMap(of => reach.map(place => y(between(of, place, quarters[0], end)))) : [], sides = [Math.min(...ys) - 0.5 * em, Math.max(...ys) + 1.3 * em];  // above and below all lines
  const free = !shown ? [] : sides.filter((side, n) => n ? side <= foot : side >= plot + 0.9 * em).sort((one, other) => Math.abs(one - y(middle(at))) - Math.abs(other - y(middle(at))));
  const place = isTight ? y(middle(at)) - 0.8 * em : free[0] ?? plot + 0.9 * em, isGap = gap && !change, gapY = isGap ? gapPlace(y(middle(at)), y(theirs[at][2]), place, plot, foot, em) : 0;
  const name = change ? say("change.of", { name: seriesName(series) }) : seriesName(series), unit = narrow ? "" : unitOf(series);
  const size = Math.min(narrow ? 0.92 : 1, (width - (narrow ? 0 : left)) / (wideOf(name, 1, 700) + wideOf(unit, 0.82) + 0.7) / em);
  return html`<g style=${`--hue:${hue}`}>
    <text class=${narrow ? "name tight" : "name"} x=${narrow ? 0 : left} y=${top + 1.25 * em} style=${`font-size:${size}rem`}>${name}
      <tspan class="quiet" dx=${0.5 * em} style=${`font-size:${0.82 * size}rem`}>${unit}</tspan></text>
    ${until < to && html`<text class="cover-mark" x=${(x(until) + right) / 2} y=${(plot + foot) / 2} dy=".35em" text-anchor="middle">?</text>`}
    ${ticksFor(series, low, high, change, (foot - plot) / em).map(([tick, words]) => html`<g><line class=${tick === 0 ? "zero" : "grid"} x1=${left} x2=${right} y1=${y(tick)} y2=${y(tick)} />
      <text class="quiet" x=${left - 0.35 * em} y=${y(tick) + 0.35 * em} text-anchor="end">${words}</text></g>`)}
    <g clip-path=${`url(#${id}${n})`}>
      ${sure ? thinLines(single, quarters, x, y, shown ? at : undefined, em, isNothing) : html`<path class="wide" d=${areaOf(xs, quarters.map(q => y(band(q)[0])), quarters.map(q => y(band(q)[4])))} />
      <path class="half" d=${areaOf(xs, quarters.map(q => y(band(q)[1])), quarters.map(q => y(band(q)[3])))} />`}
      ${ghosts.map(ghost => html`<path class="ghost" d=${line(ghost.line)} />`)}
      ${theirs && !change && html`<path class="other" d=${line(quarter => theirs[quarter][2])} />`}
      <path class="main" d=${line(middle)} />
      ${gap && !change && html`<line class="gap" x1=${x(at)} x2=${x(at)} y1=${y(theirs[at][2])} y2=${y(middle(at))} />`}
    </g>
    ${shown && html`<g class="cursor"><line x1=${x(at)} x2=${x(at)} y1=${plot} y2=${foot + 0.4 * em} /><circle cx=${x(at)} cy=${y(middle(at))} r=${0.36 * em} />
      ${!isNamed && [[place, figure(series, middle(at), change ? "exceptZero" : undefined), ""], ...(isGap ? [[gapY, `${narrow ? "" : `${say("difference")}: `}${figure(series, gap.middle, "exceptZero")}`, "between"]] : [])].map(([height, words, kind]) =>
        html`<text class=${kind} x=${x(at) + (isTight ? 0.3 : isLate ? -0.6 : 0.6) * em} y=${height} text-anchor=${isLate && !isTight ? "end" : "start"}>${words}</text>`)}</g>`}
    ${labels.map(label => html`<text class=${label.bold ? "label bold" : "label"} style=${`fill:${label.hue}`} x=${(narrow ? Math.min(x(end), right) : x(end)) + 0.5 * em} y=${label.y + 0.35 * em}>${label.words}</text>`)}
  </g>`;
}

/** Where the difference is written: between its two ends where there is room, else on the far side of the level, away from both lines. */
function gapPlace(ours, theirs, level, plot, foot, em) {
  const middle = (ours + theirs) / 2 + 0.35 * em;
  if (Math.abs(ours - theirs) > 2.2 * em && Math.abs(middle - level) > 1.2 * em) return middle;
  const step = level < ours ? -1.2 * em : 1.2 * em, wanted = level + step;
  return wanted < plot + 0.8 * em || wanted > foot ? level - step : wanted;
}

/** Ticks with what stands beside them: of an attitude words where two of them fit, of all else numbers without zeros at their end. */
function ticksFor(series, low, high, change, height) {
  const words = change ? [] : [0.5, 0, -0.5].filter(tick => tick >= low && tick <= high && CATALOGUES.en[`tick.${series.split(".")[0]}.${tick}`]);
  const room = words.length > 1 ? height * (words[0] - words[1]) / (high - low) : 0, fitting = room > 1.1 ? words : [words[0], words[words.length - 1]];  // in a low panel only the ends
  if (words.length > 1) return fitting.map(tick => [tick, say(`tick.${series.split(".")[0]}.${tick}`)]);
  return ticksOf(low, high, Math.max(2, height / 2.6)).map(tick =>
    [tick, number(tick, (String(Number(tick.toPrecision(6))).split(".")[1] || "").length, change ? "exceptZero" : "negative")]);
}

/** The range of an axis: it holds still as long as what is drawn fits it and fills half of it. */
function rangeOf(known, key, low, high) {
  const room = 0.06 * (high - low || 1), wanted = [low - room, high + room], old = known[key];
  if (old && old[0] <= low && old[1] >= high && high - low > 0.5 * (old[1] - old[0])) return old;
  return known[key] = wanted;
}

/** Single simulations of a panel, by quarter: THIN of them, of a level or of a difference. */
function singles({ result, other, series }, quarters, change) {
  const lines = Array.from({ length: THIN }, () => []), every = DATA.members / THIN;
  for (const quarter of quarters) {
    const values = membersAt(result, series, quarter), base = change ? membersAt(other, series, quarter) : null;
    lines.forEach((line, n) => line.push(values[every * n] - (base ? base[every * n] : 0)));
  }
  return lines;
}

/** One line of each simulation; at the cursor a dot of each that is not nothing, those of one height side by side, to be counted. */
function thinLines(lines, quarters, x, y, at, em, isNothing) {
  const size = 0.16 * em, room = 2.4 * size, piles = new Map(), place = at === undefined ? -1 : quarters.indexOf(at);
  const dots = place < 0 ? [] : lines.map(line => line[place]).filter(value => !isNothing(value)).sort((one, other) => one - other).map(value => {
    const row = Math.round((y(value) - Math.sign(value) * 0.6 * room) / room), count = piles.get(row) || 0;
    piles.set(row, count + 1);
    return html`<circle class="dot" cx=${x(at) - (count + 1) * room} cy=${row * room} r=${size} />`;
  });
  return [...lines.map(line => html`<path class="thin" d=${pathOf(line.map((value, n) => [x(quarters[n]), y(value)]))} />`), ...dots];
}

function yearTicks(from, to, x, room) {
  const years = Array.from({ length: to - from + 1 }, (_, n) => from + n).filter(quarter => quarter % 4 === 0);
  const every = [1, 2, 3, 4, 6].find(count => years.length < 2 || count * Math.abs(x(4) - x(0)) >= room) || 6;
  return years.filter((_, n) => n % every === 0);
}

/** Pins whose words do not stand on each other, in up to four rows; own ones first, others where there is room. */
function pinRows(pins, x, em, right) {
  const rows = [[], [], [], []], placed = [];
  for (const pin of [...pins].sort((one, other) => Boolean(other.own) - Boolean(one.own) || one.at - other.at)) {
    const size = wideOf(pin.words, 0.82, 600) / pin.words.length * em, most = Math.floor(Math.max(x(pin.at), right + 4 * em - x(pin.at)) / size) - 2, words = pin.words.length > most ? `${pin.words.slice(0, most - 1)}…` : pin.words;
    const wide = size * words.length + 0.8 * em, anchor = x(pin.at) + wide > right + 4 * em ? "end" : "start";
    const start = anchor === "start" ? x(pin.at) + 0.3 * em : x(pin.at) - 0.3 * em - wide;
    const free = rows.findIndex(row => row.every(([low, high]) => start + wide < low || start > high)), row = Math.max(0, free);
    if (free < 0 && !pin.own) continue;
    rows[row].push([start, start + wide]);
    placed.push({ ...pin, words, row, anchor, x: x(pin.at) + (anchor === "start" ? 0.3 : -0.3) * em });
  }
  return placed;
}

function spoken(panels, at, view) {
  return panels.map(panel => {
    const name = seriesName(panel.series);
    if (at === undefined) return name;
    return panel.effect ? effectSentence(panel.series, panel.effect[at], at) : say("spoken.level", { name, date: quarterWords(at), value: figure(panel.series, panel.line(at)) });
  }).join(" ");
}

/** A time that runs: {time, listeners, play(from, to), stop}. */
function useClock() {
  const clock = useMemo(() => ({ time: null, listeners: new Set(), stop: () => {} }), []);
  const [runs, setRuns] = useState(false);
  clock.runs = runs;
  clock.play = (from, to, done) => {
    clock.stop();
    setRuns(true);
    clock.stop = playing(from, to, Math.max(2, (to - from) / 3), time => { clock.time = time; clock.listeners.forEach(move => move(time)); },
      () => { clock.time = null; setRuns(false); if (done) done(); });
  };
  useEffect(() => () => clock.stop(), []);
  return clock;
}

/** The numbers of a chart as a table, and as CSV. */
function Table({ panels, from, to }) {
  const rows = Array.from({ length: to - from + 1 }, (_, n) => from + n);
  const cells = (panel, quarter) => [panel.line(quarter), panel.ours[quarter][0], panel.ours[quarter][4], ...(panel.effect ? [panel.theirs[quarter][2], panel.effect[quarter].middle] : [])];
  const heads = panel => [say("table.middle"), say("table.low"), say("table.high"), ...(panel.effect ? [say("table.other"), say("table.change")] : [])];
  const save = panel => saveText(`${panel.series}.csv`, [["quarter", "with", "low", "high", "without", "effect"], ...rows.map(quarter => [DATA.quarter_names[quarter], ...cells(panel, quarter)])].map(row => row.join(",")).join("\n"), "text/csv");
  return html`<div class="tables">${panels.map(panel => html`<section><table><caption>${seriesName(panel.series)} <button class="small" onclick=${() => save(panel)}>CSV</button></caption>
    <thead><tr><th scope="col">${say("table.quarter")}</th>${heads(panel).map(head => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${rows.map(quarter => html`<tr><th scope="row">${quarterWords(quarter)}</th>${cells(panel, quarter).map(cell => html`<td>${figure(panel.series, cell)}</td>`)}</tr>`)}</tbody></table></section>`)}</div>`;
}
