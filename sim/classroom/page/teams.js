"use strict";
// Teams: the class plays capitals and a patron, turn by turn. Teams choose; then the model answers, and when the answer has been
// read the next turn is opened. A game can be saved, opened and gone through again; a file goes through an example.
const TEAM_LINES = ["tension.SRB.XKX", "hazard.SRB.XKX", "attitude.SRB.TUR", "attitude.XKX.TUR", "spending.SRB", "spending.XKX"];
const Teams = {
  putAway: null,  // the last game, when a new one was begun

  async open(root) {
    this.board = el("div");
    this.results = el("section");
    this.replayed = isExported ? 0 : null;  // turns that are shown of a game that is gone through, or null
    this.isChoosing = !State.turns.length;
    add(root, this.board, this.results);
    await this.load();
  },

  turnsShown() { return this.replayed === null ? State.turns : State.turns.slice(0, this.replayed); },

  async load() {
    keepAddress();
    const turns = this.turnsShown(), wish = this.wish = { patron: State.patron, turns };
    this.fillBoard();
    empty(this.results);
    Player.hide();
    const told = await working(ask("/api/game", wish));
    if (!told || State.mode !== "teams" || this.wish !== wish) return;
    this.told = told;
    this.fillResults(turns);
  },

  fillBoard() {
    const { game } = State.data, played = State.turns.length, count = game.turns.length;
    if (this.replayed !== null) put(this.board, this.replayRow(), this.historyOf(State.turns.slice(0, this.replayed)));
    else if (this.isChoosing) this.fillChoice(played);
    else put(this.board, this.keepRow(played < count && button(T("open_turn", { number: played + 1, ...game.turns[played] }), () => { this.isChoosing = true; this.fillBoard(); Player.hide(); byId("turn").focus(); }, { class: "main", id: "open-turn" })), this.historyOf(State.turns));
  },

  keepRow(first) {
    const played = State.turns.length;
    const files = el("input", { type: "file", accept: ".json,application/json", "aria-label": T("load_game"), onchange: () => this.loadFile(files.files[0]) });
    return el("div", { class: "row no-print" }, first,
      played > 0 && button(T("save_game"), () => download("armsrace-game.json", gameText(), "application/json")),
      played > 0 && button(T("replay"), () => { this.replayed = 0; this.load(); }),
      played > 0 && button(T("take_back"), () => { State.turns = State.turns.slice(0, -1); this.isChoosing = true; this.load(); }),
      played > 0 && button(T("new_game"), () => { this.putAway = { patron: State.patron, turns: State.turns, aims: State.aims }; Object.assign(State, { turns: [], aims: {} }); this.isChoosing = true; this.load(); }),
      !played && this.putAway && button(T("bring_back"), () => { Object.assign(State, this.putAway); this.putAway = null; this.isChoosing = false; this.load(); }),
      el("label", {}, `${T("load_game")} `, files));
  },

  // What every team may do in a turn; before the first, also which patron plays and what each team wants.
  fillChoice(number) {
    const { game } = State.data, playing = teamsWith(State.patron);
    const patrons = game.teams.filter((team) => team.role === "patron").map((team) => [team.code, team.name]);
    const picks = Object.fromEntries(playing.map((team) => [team.code, "wait"]));
    const aimOf = (team) => {
      const field = el("input", { type: "text", maxlength: AIM_LENGTH, value: State.aims[team.code] || "", oninput: () => { State.aims = aimsOf({ ...State.aims, [team.code]: field.value }, playing); keepAddress(); } });
      return el("label", { class: "aim" }, T("aim"), " ", field);
    };
    const cards = playing.map((team) => {
      const name = freshId();
      return el("fieldset", {}, el("legend", {}, team.name), team.policies.map((policy) => {
        const radio = el("input", { type: "radio", name, checked: policy.id === "wait", onchange: () => { picks[team.code] = policy.id; } });
        return el("p", {}, el("label", {}, radio, " ", policy.title, policy.needs ? el("span", { class: "quiet" }, ` (${T("needs", { team: teamName(policy.needs.split(".")[0]) })})`) : null));
      }), number ? State.aims[team.code] && el("p", { class: "quiet" }, `${T("aim")} ${State.aims[team.code]}`) : aimOf(team));
    });
    put(this.board, !number && !State.lesson && el("p", {}, T("teams_intro", { turns: game.turns.length })),
      el("h2", { id: "turn", tabindex: "-1" }, T("turn_title", { number: number + 1, count: game.turns.length, ...game.turns[number] })),
      el("div", { class: "cards" }, cards),
      el("div", { class: "row" }, button(T("play_turn"), () => { State.turns = [...State.turns, picks]; this.isChoosing = false; this.load(); }, { class: "main", id: "play-turn" }),
        !number && choice(T("patron"), patrons, State.patron, (code) => { State.patron = code; correctState(); this.load(); })),
      this.keepRow(), this.historyOf(State.turns));
  },

  replayRow() {
    const count = State.turns.length, place = this.replayed;
    const show = (number) => { this.replayed = number; this.load(); };
    return [isExported && el("p", { class: "stage" }, T("teams_example")), el("h2", {}, T("replay_title", { number: place, count })),
      el("div", { class: "row no-print" }, button(T("turn_before"), () => show(place - 1), { disabled: place === 0 }), button(T("turn_after"), () => show(place + 1), { disabled: place === count, class: "main" }),
        !isExported && button(T("end_replay"), () => { this.replayed = null; this.isChoosing = false; this.load(); }))];
  },

  fillResults(turns) {
    const { game, quarters } = State.data, isOver = turns.length >= game.turns.length;
    const until = quarters.indexOf(turns.length ? game.turns[turns.length - 1].to : game.turns[0].from) - (turns.length ? 0 : 1);
    const alone = turns.length ? this.told.alone[turns.length - 1] : [];
    const end = quarters.indexOf(game.turns.at(-1).to);
    const attitudes = State.data.series.filter((one) => one.variable === "attitude").map((one) => one.key);
    const draw = () => { for (const chart of charts) chart.draw(this.told.series[chart.one.key], "levels"); };
    const charts = TEAM_LINES.map((key) => new Chart(seriesNamed(key), { first: 24, last: end, says: turns.length ? "change" : "levels", ...(key.startsWith("attitude") && { pick: { keys: attitudes, onpick: draw } }) }));
    const lastTurn = turns.length > 0 && Object.entries(turns.at(-1)).map(([code, id]) => `${teamName(code)}: ${policyTitle(code, id)}`).join("; ");
    put(this.results,
      el("h2", {}, turns.length ? T(isOver ? "end_title" : "answer_title", { date: quarters[until] }) : T("before_title")),
      lastTurn && el("p", {}, T("chosen", { choices: lastTurn })),
      ...alone.map((code) => el("p", { class: "open" }, T("came_to_nothing", { team: teamName(code), policy: policyTitle(code, turns.at(-1)[code]) }))),
      el("p", { class: "legend" }, ...legendOf(T("path_of_class"), T("path_of_waiting"))), turns.length > 0 && el("p", { class: "quiet" }, T("world_by_world")),
      el("div", { class: "trio" }, charts.map((chart) => chart.node)), isOver && el("div", { class: "stage" }, aimsList(), el("p", {}, T("debrief"))),
      turns.length > 0 && keepRow(() => ask("/api/game-file", this.wish), () => "armsrace-game.yaml"));
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
      const playing = teamsWith(saved.patron);
      const isGame = saved.format === "armsrace game 1" && playing.some((team) => team.role === "patron") && Array.isArray(saved.turns) && saved.turns.length <= State.data.game.turns.length;
      if (!isGame || !saved.turns.every((turn) => isTurn(turn, playing))) throw new Error(T("not_a_game"));
      Object.assign(State, { patron: saved.patron, turns: saved.turns, aims: saved.aims || {} });
      correctState();
      Object.assign(this, { replayed: null, isChoosing: !State.turns.length });
      await this.load();
      say(T("game_loaded", { count: State.turns.length }));
    } catch (error) { say(error instanceof SyntaxError ? T("not_a_game") : error.message, true); }
  },

  historyOf(turns) {
    return turns.length > 0 && el("details", {}, el("summary", {}, T("history")), aimsList(), el("ol", {}, turns.map((turn) => el("li", {}, Object.entries(turn).map(([code, id]) => `${teamName(code)}: ${policyTitle(code, id)}`).join("; ")))));
  },
};

const teamName = (code) => State.data.game.teams.find((team) => team.code === code).name;
const policyTitle = (code, id) => State.data.game.teams.find((team) => team.code === code).policies.find((one) => one.id === id).title;
const gameText = () => `${JSON.stringify({ format: "armsrace game 1", scenario: State.data.game.scenario, patron: State.patron, seed: State.data.seed, fit: State.data.fit, aims: State.aims, turns: State.turns }, null, 1)}\n`;
const aimsList = () => Object.keys(State.aims).length > 0 && el("ul", {}, Object.entries(State.aims).map(([code, aim]) => el("li", {}, `${teamName(code)}: ${aim}`)));
