// Bars: what each event does at a point, and which number matters most. Every bar is a run of its own against another.
"use strict";

const BACK = 6, TRIED = 16, SHOWN = 7, NUMBERS = 8, MOST_DIGITS = 4;  // quarters before the point; events that are tried; bars of events and of numbers

/** Events that may be behind a number in a quarter: those of the quarters before it, each to be left out in turn. */
function suspects(choice, quarter) {
  const events = worldOf(DATA, choice).events.filter(event => event.words && event.does.length);
  return events.filter(event => feltAt(event) <= quarter && feltAt(event) > quarter - BACK).sort((one, other) => feltAt(other) - feltAt(one)).slice(0, TRIED);
}

/** Why is it so? Each event that came before is left out in a run of its own. */
function Why({ choice, series, quarter }) {
  const events = suspects(choice, quarter), only = [series];
  const { results, isFresh } = useWorlds([[choice, only, quarter + 1], ...events.map(event => [{ ...choice, without: [event.id] }, only, quarter + 1])]);
  if (!isFresh) return html`<p class="busy">${say("busy")}</p>`;
  const rows = events.map((event, n) => ({ words: eventName(event), note: quarterWords(feltAt(event)), ...effectAt(results[0], results[n + 1], series, quarter) }))
    .filter(row => Number(row.middle.toFixed(digitsOf(series))) !== 0).sort((one, other) => Math.abs(other.middle) - Math.abs(one.middle)).slice(0, SHOWN);
  return html`<div class="why" tabindex="0"><h2>${say("why.title", { name: seriesName(series), date: quarterWords(quarter) })}</h2>
    ${rows.length ? html`<${Bars} rows=${rows} series=${series} />` : html`<p>${say("why.nothing")}</p>`}
    <p class="quiet">${say("why.note")}</p></div>`;
}

/** Which number matters most? Each slider that is a number of the model, from its lowest place to its highest. */
function Levers({ choice, series, quarter }) {
  const shown = DATA.levers.filter(lever => Object.values(lever.changes).some(change => change.patch) || lever.id === "delivery-size");
  const ends = lever => [lever.positions[0], lever.positions[lever.positions.length - 1]].filter(position => position !== "untouched");
  const base = scenarioRow(choice.scenario).compare_to, runs = shown.flatMap(lever => ends(lever).map(position => ({ lever, position })));
  const world = (scenario, lever, position) => [{ scenario, levers: lever ? { [lever.id]: position } : {} }, [series], quarter + 1];
  const { results, isFresh } = useWorlds([[null, null], ...runs.map(({ lever, position }) => [lever, position])].flatMap(([lever, position]) =>
    [world(choice.scenario, lever, position), world(base, lever, position)]));
  if (!isFresh) return html`<p class="busy">${say("busy")}</p>`;
  const effect = n => effectAt(results[2 * n], results[2 * n + 1], series, quarter).middle, untouched = effect(0);
  const rows = shown.map(lever => {
    const found = runs.map((run, n) => run.lever === lever ? effect(n + 1) : null).filter(one => one !== null);
    return { words: tell(`lever.${lever.id}.label`, lever.label), note: say(`word.${lever.word}.short`), low: Math.min(untouched, ...found), high: Math.max(untouched, ...found) };
  }).sort((one, other) => other.high - other.low - one.high + one.low).slice(0, NUMBERS), digits = barDigits(rows.map(row => row.high - row.low), series);
  return html`<div class="why" tabindex="0"><h2>${say("levers.title", { name: seriesName(series), date: quarterWords(quarter), value: figure(series, untouched, "exceptZero", digits) })}</h2>
    <${Bars} rows=${rows.map(row => ({ ...row, span: true, middle: untouched }))} series=${series} /><p class="quiet">${say("levers.note")}</p></div>`;
}

/** Digits in which the longest of some bars has two that count; those of the series where there is hardly a bar. */
function barDigits(sizes, series) {
  const longest = Math.max(0, ...sizes.map(Math.abs)), wanted = 1 - Math.floor(Math.log10(longest));
  return longest < 10 ** -MOST_DIGITS ? digitsOf(series) : Math.min(MOST_DIGITS, Math.max(digitsOf(series), wanted));
}

/** Bars from a line of nothing to the right and to the left; of a span, from its low to its high end. */
function Bars({ rows, series }) {
  const low = Math.min(0, ...rows.map(row => row.low)), high = Math.max(0, ...rows.map(row => row.high)), place = value => 100 * (value - low) / (high - low || 1);
  const digits = barDigits(rows.map(row => row.span ? row.high - row.low : row.middle), series), written = value => figure(series, value, "exceptZero", digits);
  const ends = row => [...new Set([written(row.low), written(row.high)])].join(" … ");
  return html`<div class="bars" style=${`--hue:${hueOf(series)}`}>${rows.map(row => {
    const from = row.span ? row.low : Math.min(0, row.middle), to = row.span ? row.high : Math.max(0, row.middle);
    return html`<div class="bar"><span class="bar-words">${row.words} <span class="quiet">${row.note}</span></span>
      <svg class="bar-line" width="100%" height="1.5em" role="img" aria-label=${`${row.words}: ${ends(row)}`}>
        ${!row.span && html`<rect class="wide" x=${`${place(row.low)}%`} width=${`${place(row.high) - place(row.low)}%`} y="40%" height="20%" />`}
        <rect class="main-bar" x=${`${place(from)}%`} width=${`${Math.max(0.4, place(to) - place(from))}%`} y="12%" height="76%" />
        <line class="zero" x1=${`${place(0)}%`} x2=${`${place(0)}%`} y1="0" y2="100%" />
        ${row.span && html`<line class="other" x1=${`${place(row.middle)}%`} x2=${`${place(row.middle)}%`} y1="0" y2="100%" />`}</svg>
      <b>${row.span ? ends(row) : written(row.middle)}</b></div>`;
  })}</div>`;
}
