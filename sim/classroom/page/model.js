// The model: a choice becomes the numbers that model.wasm reads, and its answer is what was recorded. No equation stands here.
"use strict";

const NONE = -1, PLAIN_COLUMNS = 8, FIRST_ARMS = 4;

function bytesOf(text) { return Uint8Array.from(atob(text), mark => mark.charCodeAt(0)); }
function doublesOf(text) { return new Float64Array(bytesOf(text).buffer); }

/** The quarter in which an event is felt: of an order the quarter of its delivery. */
function feltAt(event) { return (event.does.find(effect => effect[1] === FIRST_ARMS) || [event.at])[0]; }

/** Whether a column of an item is the place of a number: the last two of arms, the last four of a write. */
function isSize(item, column) { return column >= (item[1] >= FIRST_ARMS ? 7 : 5) && column <= PLAIN_COLUMNS; }

/** The items of a list of events in the order in which they happen; see `script_of` of sim/model/schedule.py. */
function scriptOf(events) {
  const items = [], groups = new Map();
  for (const event of events) for (const effect of event.does) {
    if (Array.isArray(effect)) items.push(effect);
    else groups.set(effect.key, [...(groups.get(effect.key) || []), effect]);
  }
  for (const group of groups.values()) {
    group.sort((one, other) => one.ends[0] - other.ends[0]);
    const times = [...new Set(group.flatMap(spell => spell.ends))].filter(time => time !== NONE).sort((a, b) => a - b);
    let playing = null;
    for (const quarter of times) {
      const holding = group.filter(({ ends: [start, end] }) => start <= quarter && (end === NONE || quarter < end));
      const wanted = holding.length ? holding[holding.length - 1].on : group[0].off;
      if (wanted !== playing) items.push([quarter, ...wanted.slice(1)]);
      playing = wanted;
    }
  }
  return items.sort((one, other) => one[0] - other[0]);
}

/** What a choice makes of a scenario: its events in order of time, and rows of parameters that are set.
    choice: {scenario, levers: {id: position}, theory, events: [own], without: [ids]} */
function worldOf(data, choice) {
  const scenario = data.scripts[choice.scenario];
  let events = scenario.events.map(place => data.events[place]);
  const patches = [choice.theory ? data.theories[choice.theory] : {}, scenario.patch], sizes = {};
  const added = [...(choice.events || [])];
  for (const lever of data.levers) {
    const change = lever.changes[(choice.levers || {})[lever.id]];
    if (!change) continue;
    patches.push(change.patch || {});
    if (change.add) added.push(change.add);
    for (const [id, place, size] of change.sizes || []) (sizes[id] = sizes[id] || []).push([place, size]);
    for (const [id, place, quarter] of change.moves || []) {
      events = events.map(event => event.id !== id ? event : place === NONE ? { ...event, at: quarter } :
        { ...event, does: event.does.map((effect, n) => n === place ? [quarter, ...effect.slice(1)] : effect) });
    }
  }
  events = events.map(event => !sizes[event.id] ? event : { ...event, does: event.does.map(effect =>
    effect.map((value, n) => { const found = isSize(effect, n) && sizes[event.id].find(([old]) => old === value); return found ? found[1] : value; })) });
  const without = new Set(choice.without || []);
  events = [...events, ...added].filter(event => !without.has(event.id)).sort((one, other) => one.at - other.at);
  return { events, patch: Object.assign({}, ...patches) };
}

/** The arrays of a world, for a run of so many quarters; see `encoded` of sim/engines/compiled/encoding.py. */
function encoded(data, world, quarters, series) {
  const kinds = data.kinds.slice(), numbers = data.doubles.slice();
  for (const [row, [kind, ...four]] of Object.entries(world.patch)) { kinds[row] = kind; numbers.set(four, 4 * row); }
  const fitted = data.fitted.map((row, place) => [row, place]).filter(([row]) => kinds[row] === data.fitted_kind);
  const used = new Map(), lines = [], starts = [0], waits = [];
  const size = place => place === NONE ? NONE : used.has(place) ? used.get(place) : (used.set(place, used.size), used.size - 1);
  const items = scriptOf(world.events).filter(item => item[0] < quarters);
  for (let quarter = 0, next = 0; quarter < quarters; quarter++) {
    for (; next < items.length && items[next][0] === quarter; next++) {
      const line = items[next].slice(1, 1 + PLAIN_COLUMNS), channels = items[next].slice(1 + PLAIN_COLUMNS);
      const item = items[next];
      if (channels.length) line[5] = waits.length;
      lines.push(...line.map((value, column) => isSize(item, column + 1) ? size(value) : value));
      waits.push(...channels);
    }
    starts.push(lines.length / PLAIN_COLUMNS);
  }
  const sizes = [...used.keys()].map(place => data.sizes[place]);
  return {
    whole: { kinds, channels: data.channels, rows_set: fitted.map(([row]) => row), lines, starts, draw_channels: waits,
      size_kinds: sizes.map(one => one[0]), size_channels: sizes.map(one => one[5]), size_rows: sizes.map(one => one[6]),
      recorded: series.map(name => data.rows[name]) },
    numbers: { numbers, size_numbers: Float64Array.from(sizes.flatMap(one => one.slice(1, 5))) },
    places: fitted.map(([, place]) => place), quarters,
  };
}

/** A copy of the model with room for one block of simulations. */
class Model {
  constructor(setup, instance) {
    this.setup = setup;
    this.exports = instance.exports;
    this.memory = instance.exports.memory;
    let free = this.memory.buffer.byteLength;
    this.rooms = {};
    for (const [name, width, shape] of setup.rooms) {
      this.rooms[name] = { at: free, width, shape };
      free += Math.ceil(width * shape.reduce((all, length) => all * length, 1) / 64) * 64;
    }
    this.memory.grow(Math.ceil((free - this.memory.buffer.byteLength) / 65536));
    this.given = doublesOf(setup.given);
  }

  /** Whole numbers of 64 bits. */
  whole(name, values) {
    const room = new Int32Array(this.memory.buffer, this.rooms[name].at, 2 * values.length);
    for (let n = 0; n < values.length; n++) { room[2 * n] = values[n] | 0; room[2 * n + 1] = values[n] < 0 ? -1 : 0; }
  }

  doubles(name, length) { return new Float64Array(this.memory.buffer, this.rooms[name].at, length); }

  /** Take in a world; then `run` runs blocks of it. */
  load(world) {
    this.world = world;
    for (const [name, values] of Object.entries(world.whole)) this.whole(name, values);
    for (const [name, values] of Object.entries(world.numbers)) this.doubles(name, values.length).set(values);
    const { lines, starts, size_kinds, draw_channels, rows_set, recorded } = world.whole;
    const counts = { lines: lines.length / PLAIN_COLUMNS, starts: starts.length, rows_set: rows_set.length, values_set: rows_set.length,
      size_kinds: size_kinds.length, size_numbers: size_kinds.length, size_channels: size_kinds.length, size_rows: size_kinds.length,
      sizes: size_kinds.length, draw_channels: draw_channels.length, lots: draw_channels.length, recorded: recorded.length };
    const lengths = { out: [recorded.length, world.quarters] };
    const known = { seed: this.setup.seed, chance_seed: this.setup.seed };
    this.call = this.setup.call.map(part => typeof part === "string" ? BigInt(known[part]) :
      part[0] === "at" ? this.rooms[part[1]].at :
      BigInt(lengths[part[1]] ? lengths[part[1]][part[2]] : part[1] in counts && part[2] === 0 ? counts[part[1]] : this.rooms[part[1]].shape[part[2]]));
  }

  /** One block: (series, quarters, lanes). */
  run(block) {
    const { lanes, members } = this.setup, places = this.world.places;
    const taken = Array.from({ length: lanes }, (_, k) => block * lanes + k % Math.min(lanes, members - block * lanes));
    this.whole("member", taken);
    const values = this.doubles("values_set", places.length * lanes);
    places.forEach((place, row) => taken.forEach((member, k) => { values[row * lanes + k] = this.given[place * members + member]; }));
    this.exports.simulate_block(...this.call);
    return this.doubles("out", this.world.whole.recorded.length * this.world.quarters * lanes).slice();
  }
}

/** All members of a world from its blocks: (series, quarters, members). */
function joined(setup, blocks, series, quarters) {
  const { lanes, members } = setup, whole = new Float64Array(series * quarters * members);
  blocks.forEach((block, number) => {
    const width = Math.min(lanes, members - number * lanes);
    for (let row = 0; row < series * quarters; row++) whole.set(block.subarray(row * lanes, row * lanes + width), row * members + number * lanes);
  });
  return whole;
}

// ---- in a worker ------------------------------------------------------------------------------------------------------

if (typeof WorkerGlobalScope !== "undefined") {
  let model = null, loaded = null;
  onmessage = async ({ data: { setup, module, run, world, block } }) => {
    if (setup) {
      model = new Model(setup, await WebAssembly.instantiate(module));
      postMessage({ ready: true });
      return;
    }
    if (loaded !== run) model.load(world);
    loaded = run;
    const values = model.run(block);
    postMessage({ run, block, values }, [values.buffer]);
  };
}
