"use strict";
// Understand: a race of two in the plane of their arms. Lines, arrows and paths are computed by the model; the page draws them.
const PRESETS = {
  stable: { reaction: [0.5, 0.5], fatigue: [1, 1], grievance: [2, 2] },
  runaway: { reaction: [1.2, 1.2], fatigue: [0.9, 0.9], grievance: [0.5, 0.5] },
  disarm: { reaction: [0.5, 0.5], fatigue: [1, 1], grievance: [-2, -2] },
  uneven: { reaction: [0.9, 0.2], fatigue: [0.5, 0.8], grievance: [1, 3] },
};
const RACE_SLIDERS = [["reaction", 0, 2, 0.1], ["fatigue", 0, 2, 0.1], ["grievance", -5, 5, 0.5]];
const Race = {
  async open(root) {
    State.race = State.race || structuredClone(PRESETS.stable);
    this.drawing = svg("svg", { class: "plane", role: "img", tabindex: "0" });
    this.drawing.addEventListener("click", (event) => this.startAt(event));
    this.words = el("div", { class: "stage", "data-panel": "words", "aria-live": "polite" });
    this.form = el("fieldset", { "data-panel": "plane" });
    const x = el("input", { type: "number", min: 0, max: 20, step: 0.5, value: 3, id: "start-x" }), y = el("input", { type: "number", min: 0, max: 20, step: 0.5, value: 10, id: "start-y" });
    this.region = el("section", { "data-panel": "region" });
    add(root, 
      !State.lesson && el("p", {}, T("race_intro"), isExported ? "" : ` ${T("race_click")}`),
      el("div", { class: "row no-print", "data-panel": "plane" }, el("span", {}, T("try")), Object.keys(PRESETS).map((name) => button(T(`preset_${name}`), () => { State.race = structuredClone(PRESETS[name]); if (!isExported) State.starts = []; this.fillForm(); this.load(); }))),
      el("div", { class: "columns" },
        el("div", {}, el("figure", { "data-panel": "plane" }, el("figcaption", {}, T("plane_title")), this.drawing, this.key = el("p", { class: "quiet" })),
          isExported ? el("p", { "data-panel": "plane" }, T("starts_in_file")) : el("div", { class: "row no-print", "data-panel": "plane" }, el("label", { for: "start-x" }, T("start_a")), x, el("label", { for: "start-y" }, T("start_b")), y,
            button(T("start_here"), () => this.addStart([Number(x.value), Number(y.value)])), button(T("clear"), () => { State.starts = []; this.load(); }))),
        el("div", {}, this.words, this.form)),
      this.region, !isExported && this.whySection(), keepRow(null));
    new ResizeObserver(() => { if (this.result && this.drawing.clientWidth && Math.abs(this.drawing.clientWidth - this.size) > 1) this.draw(); }).observe(this.drawing);
    this.load = latest(() => this.loadNow());
    this.fillForm();
    await this.load();
    if (!this.region.hidden) await this.loadRegion();
    await this.loadLine();
  },

  // From two nations to the model: any point of any line can be asked why it is there.
  whySection() {
    this.why = new Why(T("why_point"), (key) => { this.chart.show(seriesNamed(key)); this.drawLine(); });
    this.chart = new Chart(seriesNamed(this.why.key), { panel: "why", onpoint: (quarter) => { goTo(quarter); this.why.load(false); } });
    this.legend = el("p", { class: "legend" });
    this.why.answer.before(el("div", { class: "row no-print" }, scenarioChoice(() => { this.loadRegion(); this.loadLine(); }), theoryChoice(() => this.loadLine())), this.legend, this.chart.node);
    return this.why.node;
  },

  // Nothing is loaded for a lesson that keeps the section covered.
  async loadLine() {
    if (isExported || this.why.node.hidden) return;
    this.why.forget();
    const request = this.request = runRequest(), result = await working(ask("/api/watch", request), true);
    if (!result || this.request !== request) return;
    this.line = result;
    this.drawLine();
    Player.show(16, State.data.quarters.length - 1, [], (position) => this.chart.at(position, null));
  },

  drawLine() {
    if (!this.line) return;
    put(this.legend, ...legendOf(scenarioNow().title, this.line.compared));
    this.chart.draw(this.line.series[this.chart.one.key], "levels");
  },

  fillForm() {
    put(this.form, el("legend", {}, T("race_sliders")), ...RACE_SLIDERS.flatMap(([name, min, max, step]) => [0, 1].map((who) => {
      const id = freshId(), value = State.race[name][who], shown = el("output", { for: id }, num(value, 1));
      const range = el("input", { type: "range", id, min, max, step, oninput: () => { State.race[name][who] = Number(range.value); shown.textContent = num(Number(range.value), 1); this.load(); } });
      range.value = value;
      return el("div", { class: "lever" }, el("label", { for: id }, T(`race_${name}`, { who: T(`nation_${who}`) })), " ", shown, range);
    })), isExported && el("p", {}, T("presets_in_file")));
    if (isExported) for (const range of this.form.querySelectorAll("input")) range.disabled = true;
  },

  startAt(event) {
    const box = this.drawing.getBoundingClientRect();
    this.addStart([this.back(event.clientX - box.left, "x"), this.back(event.clientY - box.top, "y")]);
  },

  addStart(start) {
    if (isExported) return;
    const inside = start.map((value) => Math.round(10 * Math.max(0, Math.min(20, value))) / 10);
    if (inside.every(Number.isFinite)) { State.starts = [...State.starts, inside].slice(-8); this.load(); }
  },

  async loadNow() {
    keepAddress();
    const opening = openings, result = await ask("/api/race", raceRequest());
    if (opening !== openings) return;
    this.result = result;
    this.draw();
    this.speak();
  },

  draw() {
    const width = this.size = this.drawing.clientWidth || 520, height = Math.min(width, 560, Math.max(340, window.innerHeight - (State.lesson ? 410 : 330))), edge = 46, { span } = this.result;
    const x = (value) => edge + (value / span) * (width - edge - 14), y = (value) => height - edge - (value / span) * (height - edge - 14);
    this.back = (pixel, axis) => (axis === "x" ? ((pixel - edge) / (width - edge - 14)) * span : ((height - edge - pixel) / (height - edge - 14)) * span);
    const room = freshId(), arrow = 11;
    const marks = [0, 5, 10, 15, 20];
    const path = (points) => points.map(([one, other], place) => `${place ? "L" : "M"}${x(one).toFixed(1)} ${y(other).toFixed(1)}`).join("");
    const rest = (points, colour, dash) => svg("path", { d: path(points), stroke: colour, "stroke-width": 3.5, "stroke-dasharray": dash, fill: "none" });
    const colours = ["var(--blue)", "var(--orange)"];
    put(this.drawing, 
      svg("clipPath", { id: room }, svg("rect", { x: edge, y: 14, width: width - edge - 14, height: height - edge - 14 })),
      svg("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 5, markerHeight: 5, orient: "auto" }, svg("path", { d: "M0 0L8 4L0 8z", fill: "#666" })),
      svg("g", { "clip-path": `url(#${room})` }, this.result.arrows.map(([px, py, u, v]) => svg("line", { x1: x(px) - (u * arrow) / 2, y1: y(py) + (v * arrow) / 2, x2: x(px) + (u * arrow) / 2, y2: y(py) - (v * arrow) / 2, stroke: "#666", "stroke-width": 1.5, "marker-end": "url(#tip)" }))),
      svg("g", { "clip-path": `url(#${room})` }, this.result.resting.map((line, who) => rest(line, colours[who], who ? "10 5" : "none")),
        this.result.paths.map((line) => svg("path", { d: path(line), stroke: "var(--ink)", "stroke-width": 3, fill: "none" })),
        this.result.paths.map((line) => svg("circle", { cx: x(line[0][0]), cy: y(line[0][1]), r: 6, fill: "#fff", stroke: "var(--ink)", "stroke-width": 3 })),
        !this.words.hidden && this.result.balance && this.result.balance.every((value) => value >= 0) && svg("rect", { x: x(this.result.balance[0]) - 8, y: y(this.result.balance[1]) - 8, width: 16, height: 16, fill: "var(--dyad)", stroke: "#fff", "stroke-width": 2 })),
      svg("path", { d: `M${edge} 14V${height - edge}H${width - 14}`, stroke: "var(--ink)", "stroke-width": 2, fill: "none" }),
      ...marks.map((value) => svg("text", { x: x(value), y: height - edge + 20, "text-anchor": "middle" }, String(value))),
      ...marks.slice(1).map((value) => svg("text", { x: edge - 6, y: y(value) + 6, "text-anchor": "end" }, String(value))),
      svg("text", { x: (width + edge) / 2, y: height - 5, "text-anchor": "middle" }, T("arms_of_a")),
      svg("text", { x: 16, y: height / 2, transform: `rotate(-90 16 ${height / 2})`, "text-anchor": "middle" }, T("arms_of_b")));
    put(this.key, T("plane_legend"), this.words.hidden ? "" : ` ${T("plane_balance")}`);
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.drawing.setAttribute("height", height);
  },

  speak() {
    const { outcome, doubling, halving, balance, test, paths } = this.result;
    const time = doubling !== null ? T("doubles", { years: num(doubling) }) : halving !== null ? T("halves", { years: num(halving) }) : "";
    const ends = paths.map((line, place) => T(this.result.ends[place].is_out ? "path_out" : "path_words", { x0: num(line[0][0], 1), y0: num(line[0][1], 1), x1: num(line.at(-1)[0], 1), y1: num(line.at(-1)[1], 1), years: num(this.result.ends[place].years, this.result.ends[place].is_out ? 1 : 0) }));
    put(this.words, el("p", { class: "verdict" }, T(`outcome_${outcome.replace(" ", "_")}`)), el("p", {}, T(`because_${outcome.replace(" ", "_")}`)),
      el("p", {}, T("test_words", { fatigues: num(test.fatigues), reactions: num(test.reactions), sign: test.fatigues > test.reactions ? ">" : test.fatigues < test.reactions ? "<" : "=" })),
      time && el("p", {}, time), balance && el("p", {}, T("balance_words", { a: num(balance[0], 1), b: num(balance[1], 1) })), ends.length > 0 && el("ul", {}, ends.map((text) => el("li", {}, text))));
    this.drawing.setAttribute("aria-label", `${T("plane_title")}. ${T(`outcome_${outcome.replace(" ", "_")}`)}`);
  },

  async loadRegion() {
    const scenario = isExported ? State.data.first : State.scenario;
    const result = await working(ask("/api/region", { scenario, levers: {}, theory: null }), true);
    if (!result || (scenario !== State.scenario && !isExported)) return;
    const bars = Object.entries(result.shares).map(([name, share]) => el("div", {}, el("span", {}, T(`class_${name}`)),
      svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { width: 100, height: 10, fill: "var(--shade)" }), svg("rect", { width: 100 * share, height: 10, fill: "var(--blue)" })),
      el("span", {}, `${num(100 * share, 0)} %`)));
    put(this.region, el("h3", {}, T("region_title")), el("p", {}, T("region_words", { states: result.states, members: result.members, radius: num(result.radius.q50), low: num(result.radius.q05), high: num(result.radius.q95) })), el("div", { class: "bars" }, bars));
  },
};

// A file holds the examples with these starts; with the program, starts are the class's own.
const STARTS_IN_FILE = [[3, 10], [15, 2], [18, 16], [1, 1]];
const raceRequest = () => ({ ...State.race, starts: isExported ? STARTS_IN_FILE : State.starts, span: 20 });
