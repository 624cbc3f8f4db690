"use strict";
// Teams: the class plays capitals and a patron, turn by turn. The model answers; at the end the path stands beside what would have been.
const Teams = {
  async open(root) {
    this.root = root;
    this.board = el("div");
    this.results = el("div");
    add(root, el("p", {}, T("teams_intro", { turns: State.data.game.turns.length })),
      isExported ? el("p", { class: "stage" }, T("teams_not_in_file")) : null, this.board, this.results);
    if (isExported) return;
    this.replayed = null;
    await this.load();
  },

  turnsShown() { return this.replayed === null ? State.turns : State.turns.slice(0, this.replayed); },

  async load() {
    keepAddress();
    const turns = this.turnsShown();
    this.fillBoard();
    const told = await working(ask("/api/game", { patron: State.patron, turns }));
    if (!told || State.mode !== "teams") return;
    this.told = told;
    this.fillResults(turns);
  },

  fillBoard() {
    const { game } = State.data, number = State.turns.length, isOver = number >= game.turns.length;
    const replay = this.replayed !== null;
    const patrons = game.teams.filter((team) => team.role === "patron").map((team) => [team.code, team.name]);
    const files = el("input", { type: "file", accept: ".json,application/json", "aria-label": T("load_game"), onchange: () => this.loadFile(files.files[0]) });
    const head = el("div", { class: "row no-print" },
      !number && choice(T("patron"), patrons, State.patron, (code) => { State.patron = code; this.load(); }),
      number > 0 && button(T("save_game"), () => download("armsrace-game.json", gameText(), "application/json")),
      number > 0 && button(replay ? T("end_replay") : T("replay"), () => { this.replayed = replay ? null : 0; this.load(); }),
      number > 0 && !replay && button(T("take_back"), () => { State.turns = State.turns.slice(0, -1); this.load(); }),
      number > 0 && !replay && button(T("new_game"), () => { State.turns = []; this.load(); }),
      el("label", {}, `${T("load_game")} `, files));
    if (replay) { this.fillReplay(head); return; }
    if (isOver) { put(this.board, head, el("h2", {}, T("game_over")), historyOf(State.turns)); return; }
    const picks = {};
    const cards = teamsWith(State.patron).map((team) => {
      picks[team.code] = "wait";
      const name = freshId();
      return el("fieldset", {}, el("legend", {}, team.name), team.policies.map((policy) => {
        const radio = el("input", { type: "radio", name, checked: policy.id === "wait", onchange: () => { picks[team.code] = policy.id; } });
        return el("p", {}, el("label", {}, radio, " ", policy.title, policy.needs ? el("span", { class: "quiet" }, ` (${T("needs", { team: teamName(policy.needs.split(".")[0]) })})`) : null));
      }));
    });
    const { from, to } = game.turns[number];
    put(this.board, head, el("h2", {}, T("turn_title", { number: number + 1, count: game.turns.length, from, to })), el("div", { class: "columns" }, cards),
      el("p", {}, button(T("play_turn"), () => { State.turns = [...State.turns, { ...picks }]; this.load(); }, { class: "main", id: "play-turn" })), number ? historyOf(State.turns) : null);
  },

  fillReplay(head) {
    const count = State.turns.length, place = this.replayed;
    put(this.board, head, el("h2", {}, T("replay_title", { number: place, count })),
      el("div", { class: "row" }, button(T("back"), () => { this.replayed = Math.max(0, place - 1); this.load(); }, { disabled: place === 0 }),
        button(T("next"), () => { this.replayed = Math.min(count, place + 1); this.load(); }, { disabled: place === count, class: "main" })), historyOf(State.turns.slice(0, place)));
  },

  fillResults(turns) {
    const { game } = State.data, isOver = turns.length >= game.turns.length;
    const until = turns.length ? State.data.quarters.indexOf(game.turns[turns.length - 1].to) : State.data.quarters.indexOf(game.turns[0].from) - 1;
    const alone = turns.length ? this.told.alone[turns.length - 1] : [];
    const end = State.data.quarters.indexOf(game.turns.at(-1).to);
    const keys = ["tension.SRB.XKX", "hazard.SRB.XKX", "spending.SRB", "spending.XKX", "attitude.SRB.TUR", "attitude.SRB.XKX"];
    const charts = keys.map((key) => new Chart(seriesNamed(key), { first: 24, last: end }));
    const rows = keys.map((key) => el("tr", {}, el("th", { scope: "row" }, seriesNamed(key).name), el("td", {}, sentenceOf(seriesNamed(key), this.told.series[key], "change", until))));
    put(this.results, 
      el("h2", {}, turns.length ? T(isOver ? "end_title" : "answer_title", { date: State.data.quarters[until] }) : T("before_title")),
      ...alone.map((code) => el("p", { class: "open" }, T("came_to_nothing", { team: teamName(code) }))),
      turns.length ? el("table", {}, el("caption", { class: "quiet" }, T("against_waiting")), el("tbody", {}, rows)) : null,
      el("p", { class: "legend" }, ...legendOf(T("path_of_class"), T("path_of_waiting"))),
      el("div", { class: "columns" }, charts.map((chart) => chart.node)), isOver ? el("p", { class: "stage" }, T("debrief")) : null,
      turns.length ? keepRow(() => ask("/api/game-file", { patron: State.patron, turns }), () => "armsrace-game.yaml") : null);
    for (const chart of charts) chart.draw(this.told.series[chart.one.key], "levels");
    Player.show(24, isOver ? end : until, game.turns.map((turn) => State.data.quarters.indexOf(turn.from)), (position) => { for (const chart of charts) chart.at(position, isOver ? end : until); });
    Player.go(until);
  },

  async loadFile(file) {
    if (!file) return;
    try {
      if (file.size > 50000) throw new Error(T("not_a_game"));
      const saved = JSON.parse(await file.text());
      const playing = teamsWith(saved.patron);
      const isGame = saved.format === "armsrace game 1" && playing.some((team) => team.role === "patron") && Array.isArray(saved.turns) && saved.turns.length <= State.data.game.turns.length;
      if (!isGame || !saved.turns.every((turn) => isTurn(turn, playing))) throw new Error(T("not_a_game"));
      State.patron = saved.patron;
      State.turns = saved.turns;
      correctState();
      this.replayed = 0;
      say(T("game_loaded", { count: saved.turns.length }));
      await this.load();
    } catch (error) { say(error instanceof SyntaxError ? T("not_a_game") : error.message, true); }
  },
};

const teamName = (code) => State.data.game.teams.find((team) => team.code === code).name;
const policyTitle = (code, id) => State.data.game.teams.find((team) => team.code === code).policies.find((one) => one.id === id).title;
const gameText = () => `${JSON.stringify({ format: "armsrace game 1", scenario: State.data.game.scenario, patron: State.patron, seed: State.data.seed, fit: State.data.fit, turns: State.turns }, null, 1)}\n`;

function historyOf(turns) {
  return el("details", {}, el("summary", {}, T("history")), el("ol", {}, turns.map((turn) => el("li", {}, Object.entries(turn).map(([code, id]) => `${teamName(code)}: ${policyTitle(code, id)}`).join("; ")))));
}
