"use strict";
// Change: move a slider, and the whole run is made anew against the untouched one, while the date stays.
const Change = {
  async open(root) {
    if (isExported) Object.assign(State, { scenario: State.data.first, compare: "", theory: "" });
    this.charts = ["spending.SRB", "tension.SRB.XKX", "hazard.SRB.XKX", "attitude.SRB.TUR"].map((key) => new Chart(seriesNamed(key), this.picks(key)));
    this.sliders = el("fieldset", {}, el("legend", {}, T("sliders")));
    this.effects = el("section", { "data-panel": "effects" });
    this.legend = el("p", { class: "legend" });
    add(root, 
      el("div", { class: "row no-print" }, !isExported && scenarioChoice(() => { this.result = null; this.fillSliders(); this.load(); }), !isExported && theoryChoice(() => { this.result = null; this.load(); }),
        choice(T("show"), [["levels", T("view_levels")], ["change", T("view_change")]], State.view, (value) => { State.view = value; keepAddress(); this.draw(); }),
        button(T("all_untouched"), () => { State.levers = {}; this.fillSliders(); this.load(); })),
      this.legend,
      el("div", { class: "side" }, el("div", {}, isExported && el("p", {}, T("one_slider_in_file", { title: scenarioNow().title })), this.sliders),
        el("div", {}, el("div", { class: "pairs" }, this.charts.map((chart) => chart.node)), this.effects)),
      keepRow(() => ask("/api/scenario-file", runRequest({ levers: State.levers })), () => `${State.scenario}-changed.yaml`));
    this.result = null;
    this.load = latest(() => this.loadNow());
    this.fillSliders();
    await this.load();
  },

  // Spending and attitudes can be chosen among; tension and risk are one series each.
  picks(key) {
    const variable = key.split(".")[0];
    const keys = State.data.series.filter((one) => one.variable === variable).map((one) => one.key);
    return keys.length > 1 ? { pick: { keys, onpick: () => this.draw() } } : {};
  },

  fillSliders() {
    const step = stepNow(), chosen = step && step.mode === "change" && step.sliders.length ? step.sliders : scenarioNow().levers;
    const wanted = new Set(scenarioNow().levers.filter((id) => chosen.includes(id)));
    put(this.sliders, el("legend", {}, T("sliders")), ...State.data.levers.filter((lever) => wanted.has(lever.id)).map((lever) => this.slider(lever)));
  },

  slider(lever) {
    const places = lever.positions;
    const start = State.levers[lever.id] === undefined ? places.indexOf("untouched") : places.indexOf(State.levers[lever.id]);
    const id = freshId(), shown = el("output", { for: id });
    const say = (place) => { shown.textContent = positionWords(lever, places[place]); };
    const range = el("input", { type: "range", id, min: 0, max: places.length - 1, step: 1, "data-lever": lever.id,
      oninput: () => {
        const value = places[Number(range.value)];
        if (isExported) for (const other of this.sliders.querySelectorAll("input[type=range]")) if (other !== range) resetSlider(other);
        if (isExported) State.levers = {};
        if (value === "untouched") delete State.levers[lever.id]; else State.levers[lever.id] = value;
        say(Number(range.value));
        range.setAttribute("aria-valuetext", shown.textContent);
        this.asked = performance.now();
        this.load();
      } });
    range.value = start;
    range.resay = () => { range.value = places.indexOf("untouched"); say(places.indexOf("untouched")); };
    say(start);
    range.setAttribute("aria-valuetext", shown.textContent);
    return el("div", { class: "lever" }, el("label", { for: id }, lever.label), el("div", { class: "scale" }, range, shown),
      el("span", { class: `word ${lever.word}` }, T(`word_${lever.word}`)), el("details", {}, el("summary", {}, T("where_from")), lever.meaning && el("p", {}, lever.meaning), el("p", {}, T(`kind_${lever.kind}`)), el("p", {}, T("unit_is", { unit: lever.unit || T("no_unit") })),
        el("p", {}, T(`means_${lever.word}`)), lever.source && el("p", {}, ...sourceWords(lever.source, lever.locator))));
  },

  async loadNow() {
    keepAddress();
    const request = this.request = runRequest({ levers: { ...State.levers } }), asked = this.asked, opening = openings;
    this.asked = 0;
    const result = await (this.result ? ask("/api/change", request) : working(ask("/api/change", request)));
    if (!result || opening !== openings || request.scenario !== State.scenario || request.theory !== (State.theory || null)) return;
    this.result = result;
    this.draw();
    if (byId("player").hidden) Player.show(16, State.data.quarters.length - 1, [State.data.quarters.indexOf("2025Q4")], (position) => this.at(position));
    if (asked) timed("slider to picture", asked);
    byId("main").dataset.pictured = JSON.stringify(request.levers);
    if (byId("notice").querySelector(".error")) say("");
    this.loadEffects(request, asked);
  },

  // The picture does not wait for the table, and while a slider moves on the table is not asked for.
  async loadEffects(request, asked) {
    const isNow = () => State.mode === "change" && this.request === request;
    this.effects.setAttribute("aria-busy", "true");
    await painted();
    try {
      const result = isNow() ? await ask("/api/effects", request) : null;
      if (!result || !isNow()) return;
      this.fillEffects(result.effects);
      if (asked) timed("slider to table", asked);
    } catch (error) { sayError(error); }
  },

  draw() {
    if (!this.result) return;
    const ours = Object.keys(State.levers).length ? T("with_sliders") : T("no_slider_moved");
    put(this.legend, ...(State.view === "change" && !Object.keys(State.levers).length ? [el("span", {}, ours)] : legendOf(ours, T("untouched_run", { title: titleNow() }), State.view)));
    for (const chart of this.charts) chart.draw(this.result.series[chart.one.key], State.view);
    this.at(Player.position);
  },

  at(position) { for (const chart of this.charts) chart.at(position, null); },

  // What the scenario itself changes against its comparison, before and after the sliders.
  fillEffects(effects) {
    this.effects.removeAttribute("aria-busy");
    if (!effects.length) { empty(this.effects); return; }
    const cell = ([low, middle, high], unit) => [`${signed(middle)}${unit && ` ${unit}`}`, " ", el("span", { class: "quiet" }, `(${signed(low)} … ${signed(high)})`)];
    const rows = effects.map((row) => {
      const [variable, actor, counterpart, unit, year] = row.what;
      const name = seriesNamed([variable, actor, counterpart].filter(Boolean).join(".")).name;
      return el("tr", {}, el("th", { scope: "row" }, `${name}, ${year}`), el("td", { class: "whole" }, cell(row.before, unit)), el("td", { class: "whole" }, cell(row.after, unit)));
    });
    put(this.effects, el("h3", {}, T("effects_title")), el("p", {}, T("effects_say", { ours: scenarioNow().title, theirs: scenarioNow().compare_to.title })),
      el("div", { class: "scroll tall", tabindex: "0", role: "group", "aria-label": T("effects_title") }, el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, T("what")), el("th", { scope: "col" }, T("before")), el("th", { scope: "col" }, T("after")))), el("tbody", {}, rows))));
  },
};

// Notes how long it took until it was to be seen; `benchmarks/classroom.py` reads it.
const timed = async (name, start) => { await painted(); performance.measure(name, { start, end: performance.now() }); };

const resetSlider = (range) => range.resay();

function positionWords(lever, value) {
  if (value === "untouched") return lever.middle === null ? T("as_usual", { usual: lever.usual }) : T("as_drawn", { middle: num(lever.middle) });
  const unit = lever.unit && !["no unit", "quarter"].includes(lever.unit) ? ` ${lever.unit}` : "";
  return typeof value === "number" ? `${value.toLocaleString("en-US")}${unit}` : value;
}
