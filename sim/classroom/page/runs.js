// Runs: workers with a copy of the model each take blocks of simulations, of what was asked for last first.
"use strict";

const KEPT = 60;  // worlds
const pool = { workers: [], queue: [], known: new Map(), count: 0, exports: null };
const SETUP = ["rooms", "call", "seed", "lanes", "members", "given"];

/** Compile the model, and give it to the workers. */
async function startModel() {
  const module = await WebAssembly.compile(bytesOf(DATA.wasm));
  const address = URL.createObjectURL(new Blob([document.getElementById("worker").textContent], { type: "text/javascript" }));
  const setup = Object.fromEntries(SETUP.map(name => [name, DATA[name]]));
  for (let n = 0; n < Math.max(1, Math.min(4, navigator.hardwareConcurrency || 2)); n++) {
    const worker = new Worker(address);
    worker.loaded = null;
    worker.onmessage = ({ data }) => {
      if (!data.ready) taken(data);
      pool.workers.push(worker);
      next();
    };
    worker.postMessage({ setup, module });
  }
  pool.exports = (await WebAssembly.instantiate(module)).exports;
}

/** A world that is simulated, or was: {result: a promise, cancel}. */
function simulated(choice, series, quarters = DATA.quarters) {
  const key = JSON.stringify([choice, series, quarters]);
  let run = pool.known.get(key);
  if (run) pool.known.delete(key);
  else {
    const world = encoded(DATA, worldOf(DATA, choice), quarters, series), count = Math.ceil(DATA.members / DATA.lanes);
    run = { id: ++pool.count, key, world, series, quarters, users: 0, blocks: Array(count), left: count, waiting: [...Array(count).keys()] };
    run.result = new Promise(resolve => { run.resolve = resolve; });
    pool.queue.push(run);
  }
  run.users++;
  pool.known.set(key, run);
  while (pool.known.size > KEPT) {
    const [oldest, old] = pool.known.entries().next().value;
    if (old.left) break;
    pool.known.delete(oldest);
  }
  next();
  return { result: run.result, cancel: () => { if (--run.users === 0 && run.left) dropped(run); } };
}

function dropped(run) {
  pool.queue = pool.queue.filter(one => one !== run);
  pool.known.delete(run.key);
}

function next() {
  while (pool.workers.length && pool.queue.length) {
    const run = pool.queue[0], worker = pool.workers.pop();
    const world = worker.loaded === run.id ? null : run.world;
    worker.loaded = run.id;
    worker.postMessage({ run: run.id, world, block: run.waiting.shift() });
    pool.running = pool.running || new Map();
    pool.running.set(run.id, run);
    if (!run.waiting.length) pool.queue.shift();
  }
}

function taken({ run: id, block, values }) {
  const run = pool.running.get(id);
  run.blocks[block] = values;
  if (--run.left) return;
  pool.running.delete(id);
  const { series, quarters } = run;
  run.resolve({ series, quarters, values: joined(DATA, run.blocks, series.length, quarters) });
  run.blocks = run.world = null;
}

/** Results of some worlds, the last that are whole, and whether they are what is asked for. wanted: [[choice, series, quarters]] */
function useWorlds(wanted) {
  const key = JSON.stringify(wanted), [state, set] = useState({ key: "", results: [] });
  useEffect(() => {
    let gone = false;
    const runs = wanted.map(one => one && simulated(...one));
    Promise.all(runs.map(run => run && run.result)).then(results => { if (!gone) set({ key, results, wanted }); });
    return () => { gone = true; for (const run of runs) if (run) run.cancel(); };
  }, [key]);
  return { results: state.results, of: state.wanted || [], isFresh: state.key === key };
}
