"use strict";
// Three theories: the same worlds and the same luck under each rival theory, on the same scales.
const Theories = {
  async open(root) {
    this.body = el("div", { class: "thirds" });
    this.legend = el("p", { class: "legend" });
    add(root, el("div", { class: "row no-print" }, scenarioChoice(() => this.load()),
      choice(T("show"), [["levels", T("view_levels")], ["change", T("view_change")]], State.view, (value) => { State.view = value; keepAddress(); this.draw(); })),
    !State.lesson && el("p", {}, T("theories_intro"), " ", T("theories_grey")), this.legend, this.body, keepRow(null));
    await this.load();
  },

  async load() {
    this.result = null;
    keepAddress();
    const request = { scenario: State.scenario, levers: {}, theory: null };
    const opening = openings, result = await working(ask("/api/theories", request));
    if (opening !== openings) return;
    if (!result || request.scenario !== State.scenario) { empty(this.body); empty(this.legend); return; }
    this.result = result;
    const keys = ["spending.SRB", "tension.SRB.XKX", "hazard.SRB.XKX", "attitude.SRB.TUR"];
    const attitudes = Object.keys(result.theories[0].series).filter((key) => key.startsWith("attitude."));
    this.charts = [];
    const columns = result.theories.map((theory) => {
      const charts = keys.map((key) => new Chart(seriesNamed(key), { of: T(`theory_${theory.name}`), limits: (chart) => this.limits(chart.one.key, chart.view), ...(key.startsWith("attitude.") && { pick: { keys: attitudes, onpick: (picked) => this.pick(picked) } }) }));
      this.charts.push(...charts.map((chart) => ({ chart, theory })));
      return el("section", {}, el("h3", {}, T(`theory_${theory.name}`)), el("p", {}, `${theory.meaning[0].toUpperCase()}${theory.meaning.slice(1)}.`),
        el("details", {}, el("summary", {}, T("theory_source", { quote: theory.quote, key: theory.document })), el("p", { class: "quiet" }, T("in_document", { key: theory.document, locator: theory.locator }), ". ", T("theory_sets", { numbers: Object.entries(theory.parameters).map(([name, value]) => `${T(`sets_${name}`)} (${name}) = ${value}`).join("; ") }))),
        charts.map((chart) => chart.node));
    });
    put(this.body, ...columns);
    this.draw();
    Player.show(16, State.data.quarters.length - 1, [State.data.quarters.indexOf("2025Q4")], (position) => this.at(position));
  },

  // The same line in all three columns.
  pick(key) {
    for (const { chart } of this.charts) if (chart.options.pick) chart.show(seriesNamed(key));
    this.draw();
  },

  // One scale for a row of charts.
  limits(key, view) {
    const lists = this.result.theories.flatMap((theory) => {
      const one = theory.series[key];
      return view === "change" && one.change ? [one.change.bands[0], one.change.bands[4]] : [one.ours[0], one.ours[4]];
    });
    return extent(lists, 16, view === "change");
  },

  draw() {
    if (!this.result) return;
    put(this.legend, ...legendOf(scenarioNow().title, this.result.compared, State.view));
    for (const { chart, theory } of this.charts) chart.draw(theory.series[chart.one.key], State.view);
    this.at(Player.position);
  },
  at(position) { for (const { chart } of this.charts) chart.at(position, null); },
};
