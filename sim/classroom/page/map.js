"use strict";
// The region as a diagram: who is where, roughly, with attitudes as lines, perceived threat as rings and transfers as arrows.
class RegionMap {
  constructor() {
    this.drawing = svg("svg", { role: "img" });
    this.legend = el("div", { class: "quiet" });
    this.table = el("details", { class: "no-print" }, el("summary", {}, T("map_table")));
    this.table.addEventListener("toggle", () => { if (this.table.open) this.fillTable(); });
    this.node = el("figure", { "data-panel": "map" }, el("figcaption", {}, T("map_title")), this.drawing, this.legend, this.table);
    new ResizeObserver(() => { if (this.values && this.node.clientWidth && this.node.clientWidth !== this.width) this.draw(this.values); }).observe(this.node);
  }

  clear() {
    this.values = this.ties = null;
    for (const node of [this.drawing, this.legend]) empty(node);
    this.table.open = false;
  }

  draw(values) {
    this.values = values;
    const width = this.width = this.node.clientWidth || 600;
    const height = Math.round(Math.max(360, Math.min(520, width * 0.8, window.innerHeight - 330)));
    const places = this.places = Object.fromEntries(State.data.actors.filter((one) => one.place).map((one) => [one.code, one.place]));
    this.isSmall = width < 370;
    const margin = Math.min(52, Math.max(30, width / 9));
    this.place = (code) => [margin + (places[code].x / 100) * (width - 2 * margin), 24 + (places[code].y / 100) * (height - 60)];
    this.ties = State.data.ties.filter(([one, other]) => places[one] && places[other]).map((tie) => this.tie(...tie));
    this.arrows = Object.keys(values).filter((key) => key.startsWith("deliveries.")).map((key) => this.arrow(key)).filter(Boolean);
    this.circles = Object.keys(places).map((code) => this.circle(code));
    const head = svg("marker", { id: "head", viewBox: "0 0 10 10", refX: 8, refY: 5, markerWidth: 4, markerHeight: 4, orient: "auto" }, svg("path", { d: "M0 0L10 5L0 10z", fill: "var(--green)" }));
    put(this.drawing, svg("defs", {}, head), ...this.ties.map((one) => one.node), ...this.arrows.map((one) => one.node),
      ...this.circles.flatMap((one) => [one.ring, one.node]), ...this.circles.map((one) => one.label));
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.drawing.setAttribute("height", height);
    const names = Object.keys(places).filter((code) => !actorName(code).startsWith(code)).map((code) => `${code} ${actorName(code)}`).join(", ");
    put(this.legend, T("map_legend"), this.isSmall ? ` ${names}.` : "");
    this.at(this.quarter || 0);
  }

  // Half of the line, on the side of the actor whose attitude it is.
  tie(actor, counterpart) {
    const [x, y] = this.place(actor), [u, v] = this.place(counterpart);
    const node = svg("line", { x1: x, y1: y, x2: (x + u) / 2, y2: (y + v) / 2, "stroke-linecap": "butt" });
    return { node, values: this.values[`attitude.${actor}.${counterpart}`], actor, counterpart };
  }

  arrow(key) {
    const [, buyer, supplier] = key.split(".");
    if (!this.places[buyer] || !this.places[supplier]) return null;
    const [x, y] = this.place(supplier), [u, v] = this.place(buyer);
    const length = Math.hypot(u - x, v - y), bend = 26;
    const middle = [(x + u) / 2 - ((v - y) / length) * bend, (y + v) / 2 + ((u - x) / length) * bend];
    const end = [u - ((u - middle[0]) / Math.hypot(u - middle[0], v - middle[1])) * 18, v - ((v - middle[1]) / Math.hypot(u - middle[0], v - middle[1])) * 18];
    const node = svg("path", { d: `M${x} ${y}Q${middle[0]} ${middle[1]} ${end[0]} ${end[1]}`, fill: "none", stroke: "var(--green)", "marker-end": "url(#head)" });
    return { node, values: this.values[key], buyer, supplier };
  }

  circle(code) {
    const [x, y] = this.place(code);
    const isState = State.data.ties && this.values[`threat.${code}`] !== undefined;
    const ring = svg("circle", { cx: x, cy: y, r: 12, fill: "none", stroke: "var(--warn)", "stroke-width": 0 });
    const node = svg("circle", { cx: x, cy: y, r: isState ? 11 : 8, fill: this.places[code].colour || (isState ? "#555" : "#fff"), stroke: "var(--ink)", "stroke-width": 2 });
    const name = this.isSmall ? code : actorOf(code).short, side = this.isSmall ? "below" : this.places[code].label;
    const [dx, dy, anchor] = { below: [0, 32, "middle"], above: [0, -18, "middle"], left: [-16, 6, "end"], right: [16, 6, "start"] }[side];
    const text = svg("text", { x: x + dx, y: y + dy, "text-anchor": anchor, stroke: "#fff", "stroke-width": 5, "paint-order": "stroke", "stroke-linejoin": "round" }, name);
    return { ring, node, label: text, code, values: this.values[`threat.${code}`] };
  }

  at(position) {
    const quarter = this.quarter = Math.floor(position + 1e-6);
    if (!this.ties || this.shown === quarter && this.shownOf === this.ties) return;
    this.shown = quarter;
    this.shownOf = this.ties;
    for (const { node, values } of this.ties) {
      const value = values ? values[quarter] : 0;
      node.setAttribute("stroke", value < 0 ? "var(--warn)" : "var(--blue)");
      node.setAttribute("stroke-width", (0.8 + 7 * Math.abs(value)).toFixed(1));
      node.setAttribute("stroke-dasharray", value < 0 ? "7 4" : "none");
    }
    for (const { node, values } of this.arrows) {
      const value = values[quarter];
      node.setAttribute("visibility", value >= 0.5 ? "visible" : "hidden");
      node.setAttribute("stroke-width", Math.min(9, 1.5 + 1.4 * Math.log1p(value)).toFixed(1));
    }
    for (const { ring, values } of this.circles) {
      const value = values ? Math.max(0, values[quarter]) : 0;
      ring.setAttribute("stroke-width", (value * 9).toFixed(1));
      ring.setAttribute("r", (12 + (value * 9) / 2).toFixed(1));
    }
    this.drawing.setAttribute("aria-label", this.spoken(quarter));
    if (this.table.open) this.fillTable();
  }

  // The strongest attitudes, transfers and threats of a quarter, for those who do not see the diagram.
  spoken(quarter) {
    const by = (rows, value) => rows.filter((row) => value(row) !== undefined).sort((one, other) => Math.abs(value(other)) - Math.abs(value(one))).slice(0, 3);
    const ties = by(this.ties, (one) => one.values && one.values[quarter]).map((one) => `${actorName(one.actor)} – ${actorName(one.counterpart)} ${signed(one.values[quarter])}`);
    const arms = this.arrows.filter((one) => one.values[quarter] >= 0.5).map((one) => `${actorName(one.supplier)} → ${actorName(one.buyer)} ${num(one.values[quarter])}`);
    return T("map_spoken", { date: State.data.quarters[quarter], ties: ties.join(", "), arms: arms.join(", ") || T("none") });
  }

  fillTable() {
    if (!this.ties) return;  // opened before the first answer
    const quarter = this.quarter || 0;
    const row = (...cells) => el("tr", {}, cells.map((cell, place) => el(place ? "td" : "th", place ? { class: "number" } : { scope: "row" }, cell)));
    const arms = this.arrows.filter((one) => one.values[quarter] >= 0.05);
    put(this.table, el("summary", {}, T("map_table")),
      el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": T("map_table") }, el("table", {},
        el("caption", {}, State.data.quarters[quarter]),
        el("tbody", {}, row(T("column_attitude"), "−1 … 1"), this.ties.map((one) => row(`${actorName(one.actor)} → ${actorName(one.counterpart)}`, signed(one.values[quarter]))),
          row(T("column_threat"), T("unit_threat")), this.circles.filter((one) => one.values).map((one) => row(actorName(one.code), num(one.values[quarter]))),
          row(T("column_transfers"), T("unit_transfers")), arms.map((one) => row(`${actorName(one.supplier)} → ${actorName(one.buyer)}`, num(one.values[quarter])))))));
  }
}
