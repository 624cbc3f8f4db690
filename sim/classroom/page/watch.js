"use strict";
// Watch: a scenario beside what it is compared with, quarter by quarter.
const Watch = {
  async open(root) {
    this.map = new RegionMap();
    this.events = el("ol", { class: "events", tabindex: "0", "aria-label": T("events") });
    const spending = ["spending.SRB", "spending.XKX", "spending.TUR"];
    const others = State.data.series.filter((one) => !["spending", "tension", "hazard"].includes(one.variable)).map((one) => one.key);
    const why = this.why = isExported ? null : new Why(T("why_watch"));
    const picked = (key) => { if (why) why.choose(key); this.draw(); };
    const onpoint = (quarter, one) => { goTo(quarter); if (why) why.choose(one.key); };
    this.result = null;
    const step = stepNow(), end = step && step.mode === "watch" && step.until ? { last: State.data.quarters.indexOf(step.until) } : {};
    this.charts = [new Chart(seriesNamed("spending.SRB"), { ...end, onpoint, pick: { keys: spending, onpick: picked } }), new Chart(seriesNamed("attitude.SRB.TUR"), { ...end, onpoint, panel: "attitude", pick: { keys: others, onpick: picked } }),
      new Chart(seriesNamed("tension.SRB.XKX"), { ...end, onpoint }), new Chart(seriesNamed("hazard.SRB.XKX"), { ...end, onpoint })];
    this.head = el("div");
    this.legend = el("p", { class: "legend" });
    const choices = el("div", { class: "row no-print" },
      scenarioChoice(() => this.load()),
      theoryChoice(() => this.load()),
      choice(T("show"), [["levels", T("view_levels")], ["change", T("view_change")]], State.view, (value) => { State.view = value; this.draw(); }),
      tick(T("hide_later"), State.hide, (isHidden) => { State.hide = isHidden; this.at(Player.position); keepAddress(); }));
    add(root, choices, this.head, this.legend,
      el("div", { class: "side watch" }, el("div", {}, this.map.node, why && why.node),
        el("div", {}, el("div", { class: "pairs" }, this.charts.map((chart) => chart.node)),
          el("section", { "data-panel": "events" }, el("h3", {}, T("events")), this.events, el("p", { class: "quiet" }, T("standings"))))),
      keepRow(() => ask("/api/scenario-file", runRequest({ compare: comparedNow() ? comparedNow().id : "" })), () => `${State.scenario}-in-class.yaml`));
    await this.load();
  },

  async load() {
    keepAddress();
    this.result = null;
    if (this.why) this.why.forget();
    const request = this.request = runRequest(State.compare ? { compare: State.compare } : {});
    const opening = openings, result = await working(ask("/api/watch", request));
    if (opening !== openings || this.request !== request) return;
    if (!result) { this.clear(); return; }
    this.result = result;
    const one = scenarioNow();
    put(this.head, !State.lesson && whyOf(one));
    this.fillEvents(result.events);
    this.draw();
    const marks = [...new Set(result.events.map((event) => State.data.quarters.indexOf(event.at)))].sort((a, b) => a - b);
    Player.show(16, State.data.quarters.length - 1, marks, (position) => this.at(position));
    keepAddress();
  },

  // Where there is no answer, nothing of the last one is left.
  clear() {
    for (const node of [this.head, this.legend, this.events]) empty(node);
    for (const one of [...this.charts, this.map]) one.clear();
    this.rows = null;
    Player.hide();
  },

  draw() {
    keepAddress();
    if (!this.result) return;
    put(this.legend, ...legendOf(titleNow(), this.result.compared, State.view, this.compareChoice()));
    if (this.isComparing) keepFocus(this.legend.querySelector("select"));
    this.isComparing = false;
    for (const chart of this.charts) chart.draw(this.result.series[chart.one.key], State.view);
    this.map.draw(this.result.map);
    this.at(Player.position);
  },

  at(position) {
    for (const chart of this.charts) chart.at(position, State.hide ? position : null);
    this.map.at(position);
    this.markEvents(Math.floor(position + 1e-6));
  },

  // In a lesson and in a file the comparison is the scenario's own.
  compareChoice() {
    if (State.lesson || isExported) return null;
    const own = scenarioNow().compare_to, ownTitle = own ? own.title : T("nothing");
    const others = State.data.scenarios.filter((one) => one.id !== State.scenario && (!own || one.id !== own.id));
    return el("select", { "aria-label": T("compared_with"), onchange: (event) => { State.compare = event.target.value; this.isComparing = true; event.target.blur(); this.load(); } },
      el("option", { value: "", selected: !State.compare }, ownTitle), others.map((one) => el("option", { value: one.id, selected: one.id === State.compare }, one.title)));
  },

  fillEvents(events) {
    this.rows = events.map((event) => ({ quarter: State.data.quarters.indexOf(event.at), node: eventRow(event) }));
    put(this.events, ...this.rows.map((row) => row.node));
    this.marked = null;
  },

  markEvents(quarter) {
    const key = `${quarter} ${State.hide}`;
    if (!this.rows || this.marked === key) return;
    this.marked = key;
    let last = null;
    for (const row of this.rows) {
      row.node.classList.toggle("now", row.quarter === quarter);
      row.node.classList.toggle("later", row.quarter > quarter);
      row.node.classList.toggle("covered", row.quarter > quarter && State.hide);
      if (row.quarter <= quarter) last = row.node;
    }
    const first = this.rows.find((row) => row.quarter === quarter);  // what happens now stands at the top of the list
    const shown = first ? first.node : last;
    if (shown) this.events.scrollTop = shown.offsetTop;
  },
};

// Scenarios by their group, as armsrace list shows them. In a lesson its steps choose.
function scenarioChoice(onchange) {
  if (State.lesson) return null;
  const groups = [...new Set(State.data.scenarios.map((one) => one.group))];
  const node = choice(T("scenario"), [], "", (id) => { Object.assign(State, { scenario: id, compare: "" }); correctState(); keepAddress(); if (isExported) openMode(); else onchange(); }, "wide");
  put(node.querySelector("select"), groups.map((group) => el("optgroup", { label: group || T("other_group") },
    State.data.scenarios.filter((one) => one.group === group).map((one) => el("option", { value: one.id, selected: one.id === State.scenario }, one.title)))));
  return node;
}

function theoryChoice(onchange) {
  if (State.lesson || (isExported && State.scenario !== State.data.first)) return null;
  const theories = State.data.theories.map((one) => [one.name, T(`theory_${one.name}`)]);
  return choice(T("theory"), [["", T("no_theory")], ...theories], State.theory, (value) => { State.theory = value; keepAddress(); onchange(); });
}

const lineSign = (dashed, colour) => {
  const sign = svg("svg", { width: 44, height: 20, viewBox: "0 0 44 20", "aria-hidden": "true", class: "sign" });
  if (!dashed) sign.append(svg("rect", { x: 0, y: 1, width: 44, height: 18, fill: colour, "fill-opacity": 0.2 }), svg("rect", { x: 0, y: 5, width: 44, height: 10, fill: colour, "fill-opacity": 0.35 }));
  sign.append(svg("line", { x1: 0, x2: 44, y1: 10, y2: 10, stroke: dashed ? "var(--ink)" : colour, "stroke-width": dashed ? 2.5 : 3.5, "stroke-dasharray": dashed ? "7 5" : null }));
  return sign;
};

// chosen: a list to choose the comparison from, where it can be chosen
function legendOf(ours, theirs, view = "levels", chosen = null) {
  const isGap = view === "change" && theirs;
  const first = el("span", { class: "row" }, lineSign(false, "#555"), el("span", {}, isGap ? T(chosen ? "legend_minus" : "legend_change", { ours, theirs }) : T("legend_ours", { title: ours })));
  if (chosen) return [first, el("span", { class: "row" }, !isGap && lineSign(true), !isGap && el("span", { class: "whole" }, T("compared_with")), chosen, el("span", { class: "on-paper" }, theirs || T("nothing")))];
  return [first, theirs && !isGap && el("span", { class: "row" }, lineSign(true), el("span", {}, T("legend_theirs", { title: theirs })))].filter(Boolean);
}

function sourceWords(key, locator) {
  if (!key) return [];
  const source = State.data.sources[key];
  const words = T(source && source.kind === "document" ? "in_document" : "in_source", { key, locator: locator || T("no_locator") });
  return [el("span", { class: "quiet", title: source ? source.line : "" }, words)];
}

function eventRow(event) {
  const mark = event.of === "left out" ? ` (${T("left_out")})` : event.of === "scenario" ? ` (${T("of_scenario")})` : "";
  return el("li", {}, el("span", { class: event.of === "both" ? "" : "own" }, `${event.at}  ${event.words}${mark}. `),
    el("span", { class: `tag ${event.standing.replace(" ", "-")}` }, T(`standing_${event.standing.replace(" ", "_")}`)), " ",
    ...sourceWords(event.source, event.locator), event.note ? el("span", { class: "quiet" }, ` – ${event.note}`) : null);
}

// What the scenario rests on and what its author expected, folded away.
function whyOf(one) {
  return el("details", {}, el("summary", {}, one.question), el("h3", {}, T("about_scenario")), one.expects && el("p", {}, T("expected", { text: one.expects })), one.comment && el("p", {}, one.comment),
    el("ul", {}, one.documents.map((cited) => el("li", {}, `${T("in_document", { key: cited.document, locator: cited.locator })}: ${cited.says}. `, sourceLine(cited.document)))));
}

const sourceLine = (key) => {
  const source = State.data.sources[key];
  return el("span", { class: "quiet" }, source && source.line, source && source.leaning && `. ${source.leaning}`, source && source.url && ` ${source.url}`);
};
