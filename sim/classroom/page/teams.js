"use strict";
// Teams: the class plays capitals and a patron, turn by turn. Teams choose; then the model answers, and when the answer has been
// read the next turn is opened. A game can be saved, opened and gone through again; a file goes through an example.
const TEAM_LINES = ["tension.SRB.XKX", "attitude.SRB.TUR", "attitude.XKX.TUR", "hazard.SRB.XKX", "spending.SRB", "spending.XKX"];
const PUT_AWAY = "armsrace.games";  // where the browser keeps games that were put away, until it is closed
const Teams = {
  replayed: null,  // turns that are shown of a game that is gone through, or null
  openTurn: 0,  // the turn that is being chosen, and what was chosen in it so far
  picks: {},
  undone: {},  // turns that were taken back, by their place, to begin from when they are opened again

  async open(root) {
    this.board = el("div");
    this.results = el("section");
    this.replayed = isExported ? this.replayed || 0 : null;
    this.isChoosing = !State.turns.length || this.openTurn === State.turns.length;
    this.isOpen = false;  // where the page was opened here, the focus stays where it is
    add(root, this.board, this.results);
    await this.load();
    this.isOpen = true;
  },

  turnsShown() { return this.replayed === null ? State.turns : State.turns.slice(0, this.replayed); },

  // Shows the game as it stands; false where the model gave no answer.
  async load() {
    writeAddress();
    const turns = this.turnsShown(), request = this.request = { patron: State.patron, turns };
    this.fillBoard();
    empty(this.results);
    Player.hide();
    const opening = openings, result = await working(ask("/api/game", request));
    if (!result || opening !== openings || this.request !== request) return false;
    this.result = result;
    this.fillResults(turns);
    if (this.isOpen) keepFocus(byId("turn") || byId("answer"));
    return true;
  },

  // Another game, or another stage of this one, in the place of what is shown.
  become(changes, isChoosing, picks = {}) {
    Object.assign(State, changes);
    Object.assign(this, { replayed: null, isChoosing, openTurn: isChoosing ? State.turns.length : -1, picks: { ...picks } });
    return this.load();
  },

  fillBoard() {
    const { game } = State.data, played = State.turns.length, count = game.turns.length;
    if (this.replayed !== null) put(this.board, this.replayRow());
    else if (this.isChoosing) this.fillChoice(played);
    else put(this.board, this.keepRow(played < count && button(T("open_turn", { number: played + 1, ...game.turns[played] }), () => { Object.assign(this, { isChoosing: true, openTurn: played, picks: { ...this.undone[played] } }); this.fillBoard(); Player.hide(); byId("turn").focus(); }, { class: "main", id: "open-turn" })));
  },

  keepRow(first) {
    const played = State.turns.length, games = gamesPutAway();
    return el("div", { class: "row no-print" }, first,
      played > 0 && button(T("save_game"), () => download("armsrace-game.json", gameText(), "application/json")),
      played > 0 && button(T("replay"), () => { this.replayed = 0; this.load(); }),
      played > 0 && button(T("take_back"), () => { putAway(); this.undone[played - 1] = State.turns.at(-1); this.become({ turns: State.turns.slice(0, -1) }, true, State.turns.at(-1)); }),
      played > 0 && button(T("new_game"), () => { putAway(); this.undone = {}; this.become({ turns: [], aims: {} }, true); }),
      games.length > 0 && button(T("bring_back", { count: games.at(-1).turns.length, patron: teamName(games.at(-1).patron) }), () => { const last = games.pop(); putAway(games, true); this.undone = {}; this.become(last, false); }),
      !played && this.opener());
  },

  opener() {
    const files = el("input", { type: "file", accept: ".json,application/json", "aria-label": T("load_game"), onchange: () => this.loadFile(files.files[0]) });
    return el("label", {}, `${T("load_game")} `, files);
  },

  // What every team may do in a turn; before the first, also which patron plays and what each team wants.
  fillChoice(number) {
    const { game } = State.data, playing = teamsWith(State.patron);
    const patrons = game.teams.filter((team) => team.role === "patron").map((team) => [team.code, team.name]);
    const aimOf = (team) => {
      const field = el("textarea", { rows: 2, maxlength: AIM_LENGTH, value: State.aims[team.code] || "", oninput: () => { State.aims = aimsOf({ ...State.aims, [team.code]: field.value }); keepAddress(); } });
      return el("label", { class: "aim" }, T("aim"), " ", field);
    };
    const chosen = (team) => this.picks[team.code] || "wait";
    const cards = playing.map((team) => {
      const name = freshId();
      return el("fieldset", {}, el("legend", {}, team.name), team.policies.map((policy) => {
        const radio = el("input", { type: "radio", name, checked: policy.id === chosen(team), onchange: () => { this.picks[team.code] = policy.id; } });
        return el("p", {}, el("label", {}, radio, " ", policy.title, policy.needs ? el("span", { class: "quiet" }, ` (${T("needs", { team: teamName(policy.needs.split(".")[0]) })})`) : null));
      }), number ? State.aims[team.code] && el("p", { class: "quiet" }, `${T("aim")} ${State.aims[team.code]}`) : aimOf(team));
    });
    const play = () => this.become({ turns: [...State.turns, Object.fromEntries(playing.map((team) => [team.code, chosen(team)]))] }, false);
    put(this.board, !number && !State.lesson && el("p", {}, T("teams_intro", { turns: game.turns.length })),
      el("div", { class: "row" }, el("h2", { id: "turn", tabindex: "-1" }, T("turn_title", { number: number + 1, count: game.turns.length, ...game.turns[number] })),
        !number && choice(T("patron"), patrons, State.patron, (code) => { State.patron = code; correctState(); this.load(); })),
      el("div", { class: "cards" }, cards),
      el("p", {}, button(T("play_turn"), play, { class: "main", id: "play-turn" })), this.keepRow());
  },

  replayRow() {
    const count = State.turns.length, place = this.replayed;
    const show = (number) => { this.replayed = number; this.load(); };
    return [isExported && el("p", { class: "stage" }, T("teams_example")), el("h2", {}, T("replay_title", { number: place, count })),
      el("div", { class: "row no-print" }, button(T("turn_before"), () => show(place - 1), { disabled: place === 0 }), button(T("turn_after"), () => show(place + 1), { disabled: place === count, class: "main" }),
        !isExported && button(T("end_replay"), () => this.become({}, this.openTurn === count, this.picks)))];
  },

  fillResults(turns) {
    const { game, quarters } = State.data, isOver = turns.length >= game.turns.length;
    const until = quarters.indexOf(turns.length ? game.turns[turns.length - 1].to : game.turns[0].from) - (turns.length ? 0 : 1);
    const alone = turns.length ? this.result.alone[turns.length - 1] : [];
    const end = quarters.indexOf(game.turns.at(-1).to);
    const attitudes = State.data.series.filter((one) => one.variable === "attitude").map((one) => one.key);
    const draw = () => { for (const chart of charts) chart.draw(this.result.series[chart.one.key], "levels"); };
    const charts = TEAM_LINES.map((key) => new Chart(seriesNamed(key), { first: 24, last: end, says: turns.length ? "change" : "levels", ...(key.startsWith("attitude") && { pick: { keys: attitudes, onpick: draw } }) }));
    const lastTurn = turns.length > 0 && Object.entries(turns.at(-1)).map(([code, id]) => `${teamName(code)}: ${policyTitle(code, id)}`).join("; ");
    put(this.results,
      el("h2", { id: "answer", tabindex: "-1" }, turns.length ? T(isOver ? "end_title" : "answer_title", { date: quarters[until] }) : T("before_title")),
      lastTurn && el("p", {}, T("chosen", { choices: lastTurn })),
      ...alone.map((code) => el("p", { class: "open" }, T("came_to_nothing", { team: teamName(code), policy: policyTitle(code, turns.at(-1)[code]) }))),
      el("p", { class: "legend" }, ...legendOf(T(isExported ? "path_of_example" : "path_of_class"), T("path_of_waiting"))), turns.length > 0 && el("p", {}, T("teams_say")),
      el("div", { class: "trio" }, charts.map((chart) => chart.node)), turns.length > 0 && el("p", { class: "quiet" }, T("world_by_world")),
      isOver && el("div", { class: "stage" }, aimsList(), el("p", {}, T("debrief"))), historyOf(turns),
      State.turns.length > 0 && !isExported && el("p", { class: "no-print" }, this.opener()),
      turns.length > 0 && keepRow(() => ask("/api/game-file", this.request), () => "armsrace-game.yaml"));
    draw();
    const at = (position) => { for (const chart of charts) chart.at(position, until); };
    State.at = quarters[until];
    if (this.isChoosing && this.replayed === null) at(until); else Player.show(24, until, game.turns.map((turn) => quarters.indexOf(turn.from)), at);
  },

  async loadFile(file) {
    if (!file) return;
    try {
      if (file.size > 50000) throw new Error(T("not_a_game"));
      const saved = JSON.parse(await file.text());
      if (!isGame(saved) || saved.format !== "armsrace game 1") throw new Error(T("not_a_game"));
      const { scenario, seed, fit, turns } = saved, { data } = State;
      const isSame = scenario === data.game.scenario && seed === data.seed && fit === data.fit;
      putAway();
      this.undone = {};
      Object.assign(State, { patron: saved.patron, turns, aims: saved.aims || {} });
      correctState();
      if (await this.become({}, !State.turns.length)) say(T(isSame ? "game_loaded" : "game_of_another", { count: turns.length }));
    } catch (error) { say(error instanceof SyntaxError ? T("not_a_game") : error.message, true); }
  },
};

// Whether this can be played on: a patron and turns that the game knows.
function isGame(saved) {
  if (saved === null || typeof saved !== "object" || !Array.isArray(saved.turns)) return false;
  const playing = teamsWith(saved.patron);
  return playing.some((team) => team.role === "patron") && saved.turns.length <= State.data.game.turns.length && saved.turns.every((turn) => isTurn(turn, playing));
}

// Games that made room for another: the last ones, kept by the browser so that a reload loses none.
function gamesPutAway() {
  try { return JSON.parse(sessionStorage.getItem(PUT_AWAY) || "[]").filter(isGame); } catch { return []; }
}

// Puts the game in play away, unless it is the beginning of one that is kept already; below the others where it changes places with one of them.
function putAway(games = gamesPutAway(), isBelow = false) {
  const { patron, turns, aims } = State;
  const isKept = games.some((game) => game.patron === patron && turns.every((turn, place) => JSON.stringify(turn) === JSON.stringify(game.turns[place])));
  if ((turns.length && !isKept) || (!turns.length && Object.keys(aims).length)) games[isBelow ? "unshift" : "push"]({ patron, turns, aims });
  try { sessionStorage.setItem(PUT_AWAY, JSON.stringify(games.slice(-5))); } catch { /* a browser that keeps nothing */ }
}

const teamName = (code) => State.data.game.teams.find((team) => team.code === code).name;
const policyTitle = (code, id) => State.data.game.teams.find((team) => team.code === code).policies.find((one) => one.id === id).title;
const gameText = () => `${JSON.stringify({ format: "armsrace game 1", scenario: State.data.game.scenario, patron: State.patron, seed: State.data.seed, fit: State.data.fit, aims: State.aims, turns: State.turns }, null, 1)}\n`;
function aimsList() {
  const result = teamsWith(State.patron).filter((team) => State.aims[team.code]);
  return result.length > 0 && el("ul", {}, result.map((team) => el("li", {}, `${team.name}: ${State.aims[team.code]}`)));
}

// All turns in words, folded on the screen and open on paper.
function historyOf(turns) {
  return turns.length > 0 && el("details", { class: "history" }, el("summary", {}, T("history")), aimsList(), el("ol", {}, turns.map((turn) => el("li", {}, Object.entries(turn).map(([code, id]) => `${teamName(code)}: ${policyTitle(code, id)}`).join("; ")))));
}
window.addEventListener("beforeprint", () => { for (const node of document.querySelectorAll(".history")) node.open = true; });
