"use strict";
// The numbers behind a chart: as a table and as a file for a spreadsheet.
const LEVELS = ["q05", "q25", "q50", "q75", "q95"];

function tableRows(result, first, last) {
  return State.data.quarters.map((quarter, place) => [quarter, result.ours, result.theirs, result.change, place]).slice(first, last + 1)
    .map(([quarter, ours, theirs, change, place]) => [
      quarter, num(ours[2][place]), `${num(ours[0][place])} … ${num(ours[4][place])}`,
      theirs ? num(theirs[2][place]) : "–", change ? signed(change.bands[2][place]) : "–",
    ]);
}

function dataTable(title, rows) {
  const heads = ["quarter", "middle", "range", "other", "change"].map((name) => el("th", { scope: "col" }, T(`column_${name}`)));
  const lines = rows.map((row) => el("tr", {}, el("th", { scope: "row" }, row[0]), row.slice(1).map((cell) => el("td", { class: "number" }, cell))));
  return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": title },
    el("table", {}, el("caption", { class: "quiet" }, title), el("thead", {}, el("tr", {}, heads)), el("tbody", {}, lines)));
}

// What the numbers are of, for the head of a file: scenario, what it is compared with, theory.
function saidOf() {
  const other = State.mode === "watch" ? comparedNow() : null;
  return [State.scenario, other && `compared with ${other.id}`, State.theory && `theory ${State.theory}`].filter(Boolean).join(", ");
}

function csvText(one, result, last) {
  const head = ["quarter", ...LEVELS, ...(result.theirs ? LEVELS.map((name) => `compared_${name}`) : []),
    ...(result.change ? [...LEVELS.map((name) => `change_${name}`), "share_higher", "share_lower"] : [])];
  const lines = State.data.quarters.slice(0, last + 1).map((quarter, place) => [quarter, ...result.ours.map((level) => level[place]),
    ...(result.theirs ? result.theirs.map((level) => level[place]) : []),
    ...(result.change ? [...result.change.bands.map((level) => level[place]), result.change.higher[place], result.change.lower[place]] : [])]);
  const title = [`# ${one.key}: ${one.name} (${one.unit}); ${saidOf()}; ${State.data.members} worlds, seed ${State.data.seed}, fit ${State.data.fit}`];
  return [title, head, ...lines].map((line) => line.join(",")).join("\n") + "\n";
}
