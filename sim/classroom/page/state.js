"use strict";
// What the page is set to. It is kept in the address, so that a link or a bookmark brings it back.
const DEFAULTS = {
  mode: "watch", scenario: "", compare: "", at: "", view: "levels", hide: false, theory: "", levers: {}, lesson: "", step: 0,
  race: null, starts: [], patron: "EU", turns: [], aims: {},
};
const State = { ...DEFAULTS, data: null };
const numbers = (text) => text.split(",").map(Number);

function stateToText() {
  const parts = new URLSearchParams();
  parts.set("mode", State.mode);
  if (State.scenario) parts.set("scenario", State.scenario);
  if (State.compare) parts.set("compare", State.compare);
  if (State.at) parts.set("at", State.at);
  if (State.view !== DEFAULTS.view) parts.set("view", State.view);
  if (State.hide) parts.set("hide", "1");
  if (State.theory) parts.set("theory", State.theory);
  for (const [id, value] of Object.entries(State.levers)) parts.set(`lever.${id}`, value);
  if (State.lesson) { parts.set("lesson", State.lesson); parts.set("step", State.step); }
  if (State.race) parts.set("race", [...State.race.reaction, ...State.race.fatigue, ...State.race.grievance].join(","));
  if (State.starts.length) parts.set("starts", State.starts.map((start) => start.join(",")).join(";"));
  if (State.patron !== DEFAULTS.patron) parts.set("patron", State.patron);
  if (State.turns.length) parts.set("turns", State.turns.map((turn) => Object.entries(turn).map((pair) => pair.join(":")).join(",")).join(";"));
  for (const [code, aim] of Object.entries(State.aims)) if (aim) parts.set(`aim.${code}`, aim);
  return parts.toString();
}

// Reads the address. What it does not know, or what is no number, is left out; the server checks the rest.
function stateFromText(text) {
  const parts = new URLSearchParams(text);
  const read = { ...DEFAULTS, levers: {}, starts: [], turns: [], aims: {} };
  for (const name of ["mode", "scenario", "compare", "at", "view", "theory", "lesson", "patron"]) if (parts.has(name)) read[name] = parts.get(name);
  read.hide = parts.get("hide") === "1";
  read.step = Math.max(0, Number.parseInt(parts.get("step") || "0", 10) || 0);
  for (const [name, value] of parts) {
    if (name.startsWith("aim.")) read.aims[name.slice(4)] = value;
    if (name.startsWith("lever.")) read.levers[name.slice(6)] = /^-?[0-9.]+$/.test(value) ? Number(value) : value;
  }
  const race = numbers(parts.get("race") || "");
  if (race.length === 6 && race.every((value, place) => (place < 4 ? value >= 0 && value <= 10 : Math.abs(value) <= 100))) read.race = { reaction: race.slice(0, 2), fatigue: race.slice(2, 4), grievance: race.slice(4) };
  if (parts.get("starts")) read.starts = parts.get("starts").split(";").map(numbers).filter((start) => start.length === 2 && start.every(Number.isFinite)).slice(0, 12);
  if (parts.get("turns")) read.turns = parts.get("turns").split(";").map((turn) => Object.fromEntries(turn.split(",").map((pair) => pair.split(":"))));
  Object.assign(State, read);
  correctState();
}

// Sets what is missing or unknown to something that exists.
function correctState() {
  const { scenarios, levers, quarters, lessons, theories, game, first } = State.data;
  if (!MODES.includes(State.mode)) State.mode = "watch";
  if (!scenarios.some((one) => one.id === State.scenario)) State.scenario = first;
  if (isExported || State.lesson || State.compare === State.scenario || !scenarios.some((one) => one.id === State.compare)) State.compare = "";
  if (!quarters.includes(State.at)) State.at = State.data.recorded_until;
  if (!["levels", "change"].includes(State.view)) State.view = "levels";
  if (!theories.some((one) => one.name === State.theory)) State.theory = "";
  if (isExported && State.scenario !== first) State.theory = "";  // a file holds the theories of the first only
  if (!lessons.some((one) => one.id === State.lesson)) State.lesson = "";
  if (!game.teams.some((team) => team.role === "patron" && team.code === State.patron)) State.patron = "EU";
  for (const id of Object.keys(State.levers)) {
    const lever = levers.find((one) => one.id === id);
    if (!lever || !scenarioNow().levers.includes(id) || !lever.positions.includes(State.levers[id]) || State.levers[id] === "untouched") delete State.levers[id];
  }
  if (isExported) Object.assign(State, { patron: game.example.patron, turns: game.example.turns, aims: {} });
  const playing = teamsWith(State.patron);
  State.aims = aimsOf(State.aims);
  const wrong = State.turns.findIndex((turn) => !isTurn(turn, playing));
  State.turns = State.turns.slice(0, wrong < 0 ? game.turns.length : Math.min(wrong, game.turns.length))
    .map((turn) => Object.fromEntries(playing.map((team) => [team.code, turn[team.code]])));
}

const teamsWith = (patron) => State.data.game.teams.filter((team) => team.role !== "patron" || team.code === patron);
const isTurn = (turn, playing) => Boolean(turn) && playing.every((team) => team.policies.some((one) => one.id === turn[team.code]));

// What teams want, in a sentence each: nothing of the model, but kept with the game.
const AIM_LENGTH = 160;
const aimsOf = (given) => Object.fromEntries(State.data.game.teams.filter((team) => given && typeof given[team.code] === "string" && given[team.code].trim()).map((team) => [team.code, given[team.code].slice(0, AIM_LENGTH)]));

// The address follows once nothing has moved for a moment, since a browser lets it change only so often; where a reload in that
// moment would lose more than a click, as in a game, it is written at once. What is written while a page is left comes too late.
let addressTimer = 0;
function keepAddress() {
  clearTimeout(addressTimer);
  addressTimer = setTimeout(writeAddress, 120);
}

function writeAddress() {
  clearTimeout(addressTimer);
  history.replaceState(null, "", `#${stateToText()}`);
}

const scenarioNow = () => State.data.scenarios.find((one) => one.id === State.scenario);
// What the scenario is compared with in Watch: its own comparison, or one that was chosen; null where with nothing.
const comparedNow = () => (State.mode === "watch" && State.compare ? State.data.scenarios.find((one) => one.id === State.compare) : scenarioNow().compare_to);
const titleNow = () => scenarioNow().title + (State.theory ? ` (${T("theory")}: ${T(`theory_${State.theory}`)})` : "");
const quarterNow = () => State.data.quarters.indexOf(State.at);
const actorOf = (code) => State.data.actors.find((one) => one.code === code) || { name: code };
const actorName = (code) => actorOf(code).name;
