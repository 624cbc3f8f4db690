// What is made of simulations: quantiles, paired differences, and how they are written. One number for one effect everywhere:
// the median of the differences, simulation by simulation.
"use strict";

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95];

function quantilesOf(values) {
  const sorted = Float64Array.from(values).sort(), last = sorted.length - 1;
  return LEVELS.map(level => {
    const place = Math.floor(level * last), share = level * last - place;
    return sorted[place] + share * (sorted[Math.min(place + 1, last)] - sorted[place]);
  });
}

/** Members of a series in a quarter. */
function membersAt(result, series, quarter) {
  const start = (result.series.indexOf(series) * result.quarters + quarter) * DATA.members;
  return result.values.subarray(start, start + DATA.members);
}

/** Bands of a series by quarter, worked out once for each result. */
function bandsOf(result, series) {
  result.bands = result.bands || {};
  return result.bands[series] = result.bands[series] ||
    Array.from({ length: result.quarters }, (_, quarter) => quantilesOf(membersAt(result, series, quarter)));
}

/** The effect in a quarter: median and range of paired differences, and in how many of 100 simulations it is above and below 0. */
function effectAt(ours, theirs, series, quarter) {
  const here = membersAt(ours, series, quarter), there = membersAt(theirs, series, quarter);
  const gap = here.map((value, member) => value - there[member]);
  const bands = quantilesOf(gap), share = test => 100 * gap.filter(test).length / gap.length, higher = Math.round(share(one => one > 0));
  return { low: bands[0], middle: bands[2], high: bands[4], higher, lower: Math.min(100 - higher, Math.round(share(one => one < 0))), bands };
}

function effectsOf(ours, theirs, series) {
  ours.effects = ours.effects || new Map();
  const known = ours.effects.get(theirs) || {};
  ours.effects.set(theirs, known);
  return known[series] = known[series] || Array.from({ length: ours.quarters }, (_, quarter) => effectAt(ours, theirs, series, quarter));
}

// ---- written ---------------------------------------------------------------------------------------------------------

const DIGITS = { spending: 0, loitering: 0, uav: 1, air_defence: 0, capability: 0, troops: 1, hazard: 2 };
const digitsOf = series => DIGITS[series.split(".")[0]] ?? 2;

function figure(series, value, sign, digits = digitsOf(series)) {
  const rounded = Number(value.toFixed(digits));
  return number(rounded === 0 ? 0 : rounded, digits, sign);
}

/** An effect in one sentence, with its range and how many of 100 simulations agree. */
function effectSentence(series, effect, quarter) {
  const { low, middle, high, higher, lower } = effect;
  const values = { name: seriesName(series), date: quarterWords(quarter), middle: figure(series, Math.abs(middle)), low: figure(series, low, "exceptZero"),
    high: figure(series, high, "exceptZero"), higher, lower, unit: unitOf(series) };
  if (higher === 0 && lower === 0) return say("effect.none", values);
  if (Math.max(higher, lower) < 95) return say("effect.open", values);
  return say(middle > 0 ? "effect.up" : "effect.down", { ...values, count: Math.max(higher, lower) });
}

const unitOf = series => say(`unit.${series.split(".")[0]}`);

/** Numbers of the model in a text: {effect attitude.SRB.TUR 2025Q4}, with a slider moved where one is named. */
const NUMBER = /\{(level|without|effect|low|high|higher|lower) (\S+) (\d{4}Q\d)(?: (\S+)=(\S+?))?\}/g;

function numbersIn(texts) {
  return texts.flatMap(text => [...text.matchAll(NUMBER)].map(([, what, series, quarter, lever, position]) => ({ what, series, quarter: quarterOf(quarter), lever, position })));
}

/** The worlds that the numbers of a text need, by what is moved in them. */
async function numbersOf(step, texts) {
  const wanted = numbersIn(texts), worlds = {}, series = [...new Set(wanted.map(one => one.series))];
  const base = ["alone", "same"].includes(step.view) ? null : scenarioRow(step.scenario).compare_to;  // nothing is compared where the picture does not
  for (const { lever, position } of [{}, ...wanted]) {
    const key = lever ? `${lever}=${position}` : "";
    const moved = !lever ? {} : lever === "theory" ? { theory: position } : { levers: { [lever]: position } };
    const isChoice = moved.levers && DATA.levers.find(one => one.id === lever).changes[position].add;  // made in one world; a number is moved in both
    worlds[key] = worlds[key] || Promise.all([{ scenario: step.scenario, ...moved },
      isChoice ? { scenario: step.scenario } : base && { scenario: base, ...moved }].map(choice => choice && simulated(choice, series).result));
  }
  for (const key of Object.keys(worlds)) worlds[key] = await worlds[key];
  return worlds;
}

function filled(text, worlds) {
  return text.replace(NUMBER, (_, what, series, name, lever, position) => {
    const found = worlds && worlds[lever ? `${lever}=${position}` : ""], quarter = quarterOf(name);
    if (!found) return "…";
    const [ours, theirs] = found;
    if (what === "level" && !theirs) return figure(series, bandsOf(ours, series)[quarter][2]);
    const effect = effectAt(ours, theirs, series, quarter), without = bandsOf(theirs, series)[quarter][2];
    if (what === "without" || what === "level") return figure(series, what === "level" ? without + effect.middle : without);  // as the chart draws it
    if (what === "higher" || what === "lower") return number(effect[what], 0);
    return figure(series, what === "effect" ? Math.abs(effect.middle) : effect[what], what === "effect" ? "negative" : "exceptZero");
  });
}
