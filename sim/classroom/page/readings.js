"use strict";
// Three readings: the same worlds and the same luck under each rival reading of the documents, on the same scales.
const Readings = {
  async open(root) {
    this.body = el("div", { class: "thirds" });
    this.legend = el("p", { class: "legend" });
    add(root, el("div", { class: "row no-print" }, scenarioChoice(() => this.load()),
      choice(T("show"), [["levels", T("view_levels")], ["change", T("view_change")]], State.view, (value) => { State.view = value; keepAddress(); this.draw(); })),
    !State.lesson && el("p", {}, T("readings_intro"), " ", T("readings_grey")), this.legend, this.body, keepRow(null));
    await this.load();
  },

  async load() {
    this.told = null;
    keepAddress();
    const wish = { scenario: State.scenario, levers: {}, reading: null };
    const opening = openings, told = await working(ask("/api/readings", wish));
    if (opening !== openings) return;
    if (!told || wish.scenario !== State.scenario) { empty(this.body); empty(this.legend); return; }
    this.told = told;
    const keys = ["spending.SRB", "tension.SRB.XKX", "hazard.SRB.XKX", "attitude.SRB.TUR"];
    const attitudes = Object.keys(told.readings[0].series).filter((key) => key.startsWith("attitude."));
    this.charts = [];
    const columns = told.readings.map((reading) => {
      const charts = keys.map((key) => new Chart(seriesNamed(key), { of: T(`reading_${reading.name}`), limits: (chart) => this.limits(chart.one.key, chart.view), ...(key.startsWith("attitude.") && { pick: { keys: attitudes, onpick: (picked) => this.pick(picked) } }) }));
      this.charts.push(...charts.map((chart) => ({ chart, reading })));
      return el("section", {}, el("h3", {}, T(`reading_${reading.name}`)), el("p", {}, `${reading.meaning[0].toUpperCase()}${reading.meaning.slice(1)}.`),
        el("details", {}, el("summary", {}, T("reading_source", { quote: reading.quote, key: reading.document })), el("p", { class: "quiet" }, T("in_document", { key: reading.document, locator: reading.locator }), ". ", T("reading_sets", { numbers: Object.entries(reading.parameters).map(([name, value]) => `${T(`sets_${name}`)} (${name}) = ${value}`).join("; ") }))),
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
    const lists = this.told.readings.flatMap((reading) => {
      const one = reading.series[key];
      return view === "change" && one.change ? [one.change.bands[0], one.change.bands[4]] : [one.ours[0], one.ours[4]];
    });
    return extent(lists, 16, view === "change");
  },

  draw() {
    if (!this.told) return;
    put(this.legend, ...legendOf(scenarioNow().title, this.told.compared, State.view));
    for (const { chart, reading } of this.charts) chart.draw(reading.series[chart.one.key], State.view);
    this.at(Player.position);
  },
  at(position) { for (const { chart } of this.charts) chart.at(position, null); },
};
