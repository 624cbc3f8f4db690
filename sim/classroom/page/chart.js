"use strict";
// Lines with bands over the quarters. A light band holds 90 of 100 worlds, a dark one 50, the line is the middle world;
// a broken black line is what it is compared with. Dash, width and words say what colour says.
const seriesColour = (one) => (one.counterpart === "XKX" && ["tension", "hazard", "dialogue"].includes(one.variable) ? "var(--dyad)" : (actorOf(one.actor).place || {}).colour || "var(--other)");

function niceTicks(low, high, count) {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((part) => part * power).find((part) => part >= raw * 0.999);
  const ticks = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-6; value += step) ticks.push(Math.abs(value) < step * 1e-6 ? 0 : value);
  return { ticks, step };
}

class Chart {
  // one: the series; options: {first, limits, pick, says, onpoint} with the first quarter shown, limits shared with other
  // charts, the series to choose from, the view that the sentence tells whatever is drawn, and what to do with a quarter
  // that is clicked (else the date goes there)
  constructor(one, options = {}) {
    this.one = one;
    this.options = { first: 16, onpoint: goTo, ...options };
    this.drawing = svg("svg", { role: "img", class: "points", onclick: (event) => { if (this.result) this.options.onpoint(this.quarterAt(event.clientX), this.one); } });
    this.sentence = el("p", { class: "sentence" });
    this.keep = el("div", { class: "no-print", id: freshId(), hidden: true });
    this.opener = button(T("table"), () => { this.keep.hidden = !this.keep.hidden; this.opener.setAttribute("aria-expanded", String(!this.keep.hidden)); this.fillTable(); }, { class: "small no-print", "aria-expanded": "false", "aria-controls": this.keep.id });
    this.unit = el("span", { class: "quiet" });
    this.caption = options.pick ? this.pickOf(options.pick) : el("span", {}, one.name);
    this.node = el("figure", { "data-panel": options.panel || one.variable },
      el("figcaption", {}, this.caption), el("div", { class: "under" }, this.unit, this.opener), this.drawing, this.sentence, this.keep);
    this.name();
    this.position = 0;
    this.end = null;
    this.clip = freshId();
    new ResizeObserver(() => { if (this.result && this.node.clientWidth && this.node.clientWidth !== this.width) this.draw(this.result, this.view); }).observe(this.node);
  }

  // The title as a list to choose another series from.
  pickOf({ keys, onpick }) {
    const select = el("select", { "aria-label": T("choose_line"), onchange: () => { this.show(seriesNamed(select.value)); onpick(select.value); } },
      keys.map((key) => el("option", { value: key, selected: key === this.one.key }, seriesNamed(key).name)));
    return select;
  }

  // Another series from the next drawing on.
  show(one) {
    this.one = one;
    this.caption[this.options.pick ? "value" : "textContent"] = this.options.pick ? one.key : one.name;
    this.name();
  }

  name() {
    this.unit.textContent = this.one.unit.replace(/^-/, "−");
    this.opener.setAttribute("aria-label", T("table_of", { name: [this.one.name, this.options.of].filter(Boolean).join(", ") }));
  }

  // result: {ours, theirs, change, sign}; view: levels or change
  draw(result, view) {
    this.result = result;
    this.view = view === "change" && result.change ? "change" : "levels";
    const width = this.width = this.node.clientWidth || 600, height = Math.max(130, Math.min(200, Math.round(window.innerHeight * 0.185)));
    const { first } = this.options, last = this.options.last || result.ours[0].length - 1;
    const bands = this.view === "change" ? result.change.bands : result.ours;
    const theirs = this.view === "levels" && result.theirs ? result.theirs[2] : null;
    const [low, high] = this.options.limits ? this.options.limits(this) : extent([bands[0], bands[4], theirs || []].map((list) => list.slice(0, last + 1)), first, this.view === "change");
    const { ticks, step } = niceTicks(low, high, 4);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const left = 14 + 10.5 * Math.max(...ticks.map((value) => num(value, digits).length)), top = 8, bottom = height - 32, right = width - 12;
    this.x = (quarter) => left + ((quarter - first) / (last - first)) * (right - left);
    this.y = (value) => bottom - ((value - low) / (high - low || 1)) * (bottom - top);
    this.span = { left, right, top, bottom, last };
    const colour = seriesColour(this.one);
    const inside = svg("g", { "clip-path": `url(#${this.clip})` },
      this.area(bands[0], bands[4], colour, 0.2), this.area(bands[1], bands[3], colour, 0.35),
      theirs && this.line(theirs, "var(--ink)", 2.5, "7 5"), this.line(bands[2], colour, 3.5));
    this.clipBox = svg("rect", { x: left, y: 0, width: right - left, height });
    this.cursor = svg("line", { y1: top, y2: bottom, stroke: "var(--ink)", "stroke-width": 2 });
    this.dot = svg("circle", { r: 6, fill: "var(--ground)", stroke: colour, "stroke-width": 3 });
    const recorded = State.data.quarters.indexOf(State.data.recorded_until) + 1;
    put(this.drawing, 
      svg("clipPath", { id: this.clip }, this.clipBox),
      svg("rect", { x: left, y: top, width: Math.max(0, this.x(Math.min(recorded, last)) - left), height: bottom - top, fill: "var(--shade)" }),
      ...ticks.map((value) => svg("line", { x1: left, x2: right, y1: this.y(value), y2: this.y(value), stroke: value === 0 ? "var(--quiet)" : "#d0d0d0", "stroke-width": value === 0 ? 2 : 1 })),
      ...ticks.map((value) => svg("text", { x: left - 6, y: this.y(value) + 6, "text-anchor": "end" }, num(value, digits))),
      ...this.years(first, last, right - left).map(([quarter, year]) => svg("text", { x: this.x(quarter), y: height - 6, "text-anchor": "middle" }, year)),
      inside, this.cursor, this.dot);
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.drawing.setAttribute("height", height);
    this.at(this.position, this.end);
    this.fillTable();
  }

  // The quarter below a place of the window.
  quarterAt(clientX) {
    const { left, right, last } = this.span, { first } = this.options;
    const share = (clientX - this.drawing.getBoundingClientRect().left - left) / (right - left);
    return Math.max(first, Math.min(last, Math.round(first + share * (last - first))));
  }

  years(first, last, room) {
    const found = [];
    for (let quarter = Math.ceil(first / 4) * 4; quarter <= last; quarter += 4) found.push([quarter, String(2018 + quarter / 4)]);
    const every = Math.ceil(found.length / Math.max(1, Math.floor(room / 72)));
    return found.filter((_, number) => number % every === 0 && (number > 0 || room > 200));
  }

  path(values) {
    return values.slice(this.options.first, this.span.last + 1).map((value, place) => `${place ? "L" : "M"}${this.x(place + this.options.first).toFixed(1)} ${this.y(value).toFixed(1)}`).join("");
  }

  line(values, colour, width, dash) {
    return svg("path", { d: this.path(values), fill: "none", stroke: colour, "stroke-width": width, "stroke-dasharray": dash || null, "stroke-linejoin": "round" });
  }

  area(low, high, colour, opacity) {
    const { first } = this.options;
    const back = high.slice(first, this.span.last + 1).map((value, place) => `L${this.x(place + first).toFixed(1)} ${this.y(value).toFixed(1)}`).reverse().join("");
    return svg("path", { d: `${this.path(low)}${back}Z`, fill: colour, "fill-opacity": opacity });
  }

  // position: quarter, with a fraction while playing; end: the quarter after which all is covered, or null
  at(position, end) {
    this.position = position;
    this.end = end === undefined ? null : end;
    if (!this.result || !this.x) return;
    const { left, right } = this.span;
    const x = Math.max(left, Math.min(right, this.x(position)));
    this.cursor.setAttribute("x1", x);
    this.cursor.setAttribute("x2", x);
    this.clipBox.setAttribute("width", Math.max(0, (end === null || end === undefined ? right : Math.min(right, this.x(end))) - left));
    if (!this.keep.hidden && this.filled !== (this.end === null ? State.data.quarters.length - 1 : Math.floor(this.end + 1e-6))) this.fillTable();
    const quarter = Math.floor(position + 1e-6);
    const middle = (this.view === "change" ? this.result.change.bands : this.result.ours)[2];
    this.dot.setAttribute("cx", x);
    this.dot.setAttribute("cy", this.y(middle[quarter]));
    if (quarter !== this.said || this.saidOf !== this.result || this.saidView !== this.view) this.speak(quarter);
  }

  speak(quarter) {
    this.said = quarter;
    this.saidOf = this.result;
    this.saidView = this.view;
    const text = sentenceOf(this.result, this.options.says || this.view, quarter);
    this.sentence.textContent = text;
    this.drawing.setAttribute("aria-label", `${this.one.name}. ${text}`);
  }

  // Nothing is left of the last run.
  clear() {
    this.result = null;
    for (const node of [this.drawing, this.sentence, this.keep]) empty(node);
  }

  // Rows up to where the future is covered, and so in the file.
  fillTable() {
    if (this.keep.hidden || !this.result) return;
    const last = this.end === null ? State.data.quarters.length - 1 : Math.floor(this.end + 1e-6);
    this.filled = last;
    const rows = tableRows(this.result, this.options.first, last);
    const name = `${this.one.key}.csv`;
    put(this.keep, el("div", { class: "row" }, button(T("csv"), () => download(name, csvText(this.one, this.result, last), "text/csv"))),
      el("p", { class: "quiet" }, T("means", { name: this.one.name, meaning: this.one.meaning })),
      this.result.change && el("p", { class: "quiet" }, T("world_by_world")), dataTable(this.one.name, rows));
  }
}

function extent(lists, first, withZero) {
  let low = Infinity, high = -Infinity;
  for (const list of lists) for (let place = first; place < list.length; place += 1) { if (list[place] < low) low = list[place]; if (list[place] > high) high = list[place]; }
  if (withZero) { low = Math.min(low, 0); high = Math.max(high, 0); }
  if (low === high) { low -= 0.5; high += 0.5; }
  const room = (high - low) * 0.06;
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}

// What a chart shows in a quarter, in words: the middle, the range, and in how many worlds it is higher.
function sentenceOf(result, view, quarter) {
  const date = State.data.quarters[quarter];
  const at = (bands, level) => bands[level][quarter];
  if (view === "levels" || !result.change) {
    const values = { date, middle: num(at(result.ours, 2)), low: num(at(result.ours, 0)), high: num(at(result.ours, 4)) };
    return result.theirs ? T("level_and_other", { ...values, other: num(result.theirs[2][quarter]) }) : T("level_alone", values);
  }
  const { bands, higher, lower } = result.change;
  const up = higher[quarter], down = lower[quarter];
  if (up === 0 && down === 0) return T("no_change", { date });
  const hundred = (share) => Math.floor(100 * share + 1e-9);
  const values = { date, middle: signed(at(bands, 2)), low: signed(at(bands, 0)), high: signed(at(bands, 4)), count: hundred(Math.max(up, down)), up: hundred(up), down: hundred(down) };
  if (up + down < 0.5) return T("change_few", values);
  if (Math.max(up, down) < 0.95) return T("change_open", values);
  return T(up >= down ? "change_up" : "change_down", values) + (result.label ? ` ${T("whose_word", { label: result.label })}` : "");
}

const seriesNamed = (key) => State.data.series.find((one) => one.key === key);
