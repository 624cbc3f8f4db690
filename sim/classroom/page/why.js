"use strict";
// Why did it move? The causes of a change at the date of the page, as bars that add up to it.
class Why {
  // intro: how to ask, in words; onchoose: what to do when another series is chosen
  constructor(intro, onchoose = () => {}) {
    const keys = State.data.series.map((one) => one.key).filter((key) => State.data.explained.includes(key.split(".")[0]));
    this.keys = keys;
    this.key = keys[0];
    this.answer = el("div", { "aria-live": "polite" });
    this.node = el("section", { "data-panel": "why", class: "stage" }, el("h3", {}, T("why_title")),
      el("p", { class: "no-print" }, intro),
      el("div", { class: "row no-print" }, choice(T("why_of"), this.keys.map((key) => [key, seriesNamed(key).name]), this.key, (key) => { this.choose(key); onchoose(key); }),
        button(T("why_since"), () => this.load(false)), button(T("why_compared"), () => this.load(true))), this.answer);
  }

  choose(key) {
    if (!this.keys.includes(key)) return;
    this.key = key;
    this.node.querySelector("select").value = key;
    this.forget();
  }

  async load(compare) {
    if (compare && !comparedNow()) { put(this.answer, T("why_nothing")); return; }
    const { variable, actor, counterpart } = seriesNamed(this.key);
    const request = { scenario: State.scenario, theory: State.theory || null, variable, actor, counterpart: counterpart || "", quarter: State.at, compare, ...(comparedNow() !== scenarioNow().compare_to && { against: comparedNow().id }) };
    this.request = request;
    empty(this.answer);
    const title = compare ? comparedNow().title : "", result = await working(ask("/api/why", request), true);
    if (result && this.request === request) this.show(result, request, title);
  }

  // An answer that stands, or is on its way, is about something else now.
  forget() {
    this.request = null;
    empty(this.answer);
  }

  show(result, request, title) {
    const most = Math.max(...result.rows.map((row) => Math.abs(row.value)), 1e-12);
    const bar = (value) => {
      const size = (50 * Math.abs(value)) / most;
      return svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { width: 100, height: 10, fill: "var(--shade)" }),
        svg("rect", { x: value < 0 ? 50 - size : 50, width: size, height: 10, fill: value < 0 ? "var(--warn)" : "var(--blue)" }), svg("line", { x1: 50, x2: 50, y1: 0, y2: 10, stroke: "var(--ink)", "stroke-width": 0.6 }));
    };
    const digits = digitsOf(result.change), isShown = (row) => /[1-9]/.test(num(row.value, digits));
    const rows = result.rows.filter(isShown).map((row) => el("div", {}, el("span", {}, row.words), bar(row.value), el("span", {}, signed(row.value, digits))));
    put(this.answer, el("p", { class: "quiet" }, request.compare ? T("why_against", { date: request.quarter, title }) : T("why_from", { since: result.since, date: request.quarter })),
      result.sentences.map((text) => el("p", {}, text)), el("div", { class: "bars wide-words" }, rows), el("p", { class: "quiet" }, T("why_unit", { unit: result.unit })));
  }
}

const digitsOf = (value) => Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
