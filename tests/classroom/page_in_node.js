// The page's scripts without a browser: reads tasks, runs the model for each, and writes what it recorded.
const fs = require("node:fs"), vm = require("node:vm");
const [scripts, blocks, tasks, out] = process.argv.slice(2);

globalThis.document = { getElementById: id => ({ textContent: JSON.parse(fs.readFileSync(blocks))[id] }), documentElement: {} };
globalThis.htmPreact = {};
const last = `;({ model: Model, encoded, worldOf, joined, scenarioFile, ownEvent, cardsPlayed, teamsOf, turnsOf, speak, inCyrillic, shortOf, leverWords, catalogues: CATALOGUES, data: DATA, bytesOf, bandsOf, effectsOf, raceOf, pool, verdictOf })`;
const page = vm.runInThisContext(JSON.parse(fs.readFileSync(scripts)).join("\n") + last);

WebAssembly.instantiate(page.bytesOf(page.data.wasm)).then(({ instance }) => {
  page.speak("en");
  page.pool.exports = instance.exports;
  const model = new page.model(page.data, instance), { lanes, members, quarters } = page.data, raw = [], told = [];
  for (const task of JSON.parse(fs.readFileSync(tasks))) {
    if (task.words) {
      page.speak(task.words);
      told.push({ levers: page.data.levers.map(lever => [lever.id, ...["untouched", ...lever.positions].map(position => page.leverWords(lever, position))]), sources: Object.keys(page.data.sources).map(page.shortOf),
        all: JSON.stringify(page.catalogues[task.words]) });
      page.speak("en");
      continue;
    }
    if (task.race) { told.push({ race: page.raceOf(task.race, task.steps), verdict: page.verdictOf(task.race) }); continue; }
    const rows = task.own || [], choice = { ...task.choice, events: rows.map((row, n) => page.ownEvent(row, `own-${n + 1}`)) };
    let files = rows.map((row, n) => ({ id: `own-${n + 1}`, ...row }));
    if (task.turns) {
      const teams = page.teamsOf(task.patron), cards = page.cardsPlayed(page.turnsOf({ turns: task.turns }, teams), teams, task.except ?? null);
      choice.events = cards;
      files = cards.map(event => event.file);
    }
    const world = page.encoded(page.data, page.worldOf(page.data, choice), quarters, task.series), blocks_ = [];
    model.load(world);
    for (let block = 0; block < Math.ceil(members / lanes); block++) blocks_.push(model.run(block));
    const result = { series: task.series, quarters, values: page.joined(page.data, blocks_, task.series.length, quarters) };
    raw.push(Buffer.from(result.values.buffer));
    const { scenario, levers, theory } = task.choice;
    told.push({ bands: page.bandsOf(result, task.series[0]), file: page.scenarioFile("A title: with \"marks\" </script>", "c", { scenario, levers, theory, rows: files }) });
  }
  fs.writeFileSync(out, Buffer.concat(raw));
  fs.writeFileSync(`${out}.json`, JSON.stringify(told));
});
