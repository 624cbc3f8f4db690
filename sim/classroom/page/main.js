"use strict";
// The page as a whole: modes, keys, the address.
const MODES = ["watch", "change", "understand", "theories", "teams", "lessons"];
const VIEWS = { watch: Watch, change: Change, understand: Race, theories: Theories, teams: Teams, lessons: Lessons };

// Waits for an answer, says so after a moment, and says what went wrong. What is drawn is hidden meanwhile, so that no old
// picture stands under a new title; with `keeps` it stays, since the answer is about something else. What belongs to a view
// that was left meanwhile changes nothing any more.
let openings = 0, waits = 0;
async function working(promise, keeps) {
  const opening = openings, isNow = () => opening === openings;
  const timer = setTimeout(() => { if (isNow()) { say(T("working")); if (!keeps) byId("main").classList.add("waiting"); } }, 250);
  waits += 1;
  try {
    const answer = await promise;
    if (isNow() && (!keeps || byId("notice").textContent === T("working"))) say("");
    return isNow() ? answer : null;
  } catch (error) {
    if (isNow()) sayError(error);
    return null;
  } finally {
    clearTimeout(timer);
    if (isNow()) { waits -= 1; if (!waits) byId("main").classList.remove("waiting"); }
  }
}

function sayError(error) { if (error instanceof NeedsToken) askToken(); else say(error.message, true); }

// The page is busy until what the mode opens with is there.
async function openMode() {
  const opening = ++openings;
  waits = 0;
  byId("main").classList.remove("waiting");
  byId("main").setAttribute("aria-busy", "true");
  Player.hide();
  document.body.classList.remove("guide");
  fillHeader();
  showLesson();
  keepAddress();
  const root = empty(byId("main"));
  byId("main").removeAttribute("data-pictured");
  add(root, el("h2", { class: "sr" }, T(`mode_${State.mode}`).slice(2)));
  const opened = VIEWS[State.mode].open(root);
  coverPanels();
  await opened;
  if (opening !== openings) return;
  coverPanels();
  byId("main").removeAttribute("aria-busy");
  if (opening > 1) keepFocus(byId("main"));
}

// In a lesson its strip takes the place of the header: steps choose what to do.
function fillHeader() {
  byId("header").hidden = Boolean(lessonNow());
  const isThere = byId("header").contains(document.activeElement);
  put(byId("header"), el("h1", {}, T("title")), el("nav", { "aria-label": T("modes") }, MODES.map((mode) =>
    button(T(`mode_${mode}`), () => { if (mode === "lessons") { State.lesson = ""; State.hide = false; } State.mode = mode; openMode(); }, { "aria-current": mode === State.mode ? "page" : null }))));
  if (isThere) byId("header").querySelector("[aria-current]").focus();
}

function fillFooter() {
  const { members, seed, fit } = State.data;
  put(byId("footer"), el("p", {}, T("footer_worlds", { members, seed, fit })), el("p", {}, T("footer_kosovo"), " ", T("footer_map")), el("p", {}, T("footer_keys")), isExported ? el("p", {}, T("footer_file")) : null, State.data.is_open ? el("p", {}, T("footer_open")) : null);
}

// Letters and digits act wherever nothing is typed; in a list they choose, so there only the two that step. A lesson's steps
// choose what to do, so in a lesson digits do nothing.
function onKey(event) {
  const at = event.target, isTyping = at.matches("textarea, input:not([type=range], [type=radio], [type=checkbox])");
  if (!State.data || event.altKey || event.ctrlKey || event.metaKey || isTyping || (at.matches("select") && ![".", ","].includes(event.key))) return;
  const acts = { p: () => Player.toggle(), k: () => Player.toggle(), ".": () => Player.step(1), ",": () => Player.step(-1), n: () => Player.nextMark(), r: () => { Player.pause(); Player.go(Player.first); } };
  const number = Number.parseInt(event.key, 10);
  if (number >= 1 && number <= MODES.length && !State.lesson && !event.repeat) { State.mode = MODES[number - 1]; openMode(); } else if (acts[event.key] && !byId("player").hidden) { event.preventDefault(); acts[event.key](); }
}

function askToken() {
  const field = el("input", { type: "text", id: "token", autocomplete: "off" });
  const send = () => { token = field.value.trim(); if (/^[!-~]*$/.test(token)) begin(); else askToken(); };
  put(byId("notice"), el("form", { class: "row", onsubmit: (event) => { event.preventDefault(); send(); } }, el("label", { for: "token" }, T(token ? "token_wrong" : "token_needed")), field, el("button", { type: "submit", class: "main" }, T("enter"))));
  field.focus();
}

async function begin() {
  byId("skip").textContent = T("skip");
  const data = await working(ask("/api/start"));
  if (!data) return;
  State.data = data;
  Player.build();
  byId("player").setAttribute("aria-label", T("player"));
  byId("lesson").setAttribute("aria-label", T("lesson"));
  stateFromText(location.hash.slice(1));
  fillFooter();
  await openMode();
}

window.addEventListener("hashchange", () => { if (State.data && location.hash.slice(1) !== stateToText()) { stateFromText(location.hash.slice(1)); openMode(); } });
document.addEventListener("keydown", onKey);
begin();
