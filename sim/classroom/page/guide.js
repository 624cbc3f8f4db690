// For the teacher: a window that can stand on a second screen, and sheets to print.
"use strict";

const SPARE = 10;
function guideWindow(lesson, step) { window.open(`${location.href.split("#")[0]}#guide=${lesson.id}&step=${step}`, "armsrace-guide", "width=900,height=700"); }

/** The numbers of a whole lesson's texts, once they are there. */
function useNumbers(lesson, fields) {
  const [all, set] = useState([]);
  useEffect(() => { Promise.all(lesson.steps.map((step, n) => numbersOf(step, fields.map(field => stepText(lesson, n, field))))).then(set); }, [lesson.id]);
  return all;
}

function GuideMode({ state }) {
  const lesson = DATA.lessons.find(one => one.id === state.guide), numbers = useNumbers(lesson, ["finding", "say", "expect"]);
  const [began, setBegan] = useState(null), [now, setNow] = useState(Date.now()), here = Number(state.step || 0);
  useEffect(() => { const tick = setInterval(() => setNow(Date.now()), 1000); return () => clearInterval(tick); }, []);
  useKeys({ PageDown: () => go({ step: Math.min(lesson.steps.length - 1, here + 1) }, true), PageUp: () => go({ step: Math.max(0, here - 1) }, true) });
  const gone = began === null ? 0 : Math.floor((now - began) / 60000), planned = lesson.steps.slice(0, here + 1).reduce((sum, step) => sum + step.minutes, 0), sum = lesson.steps.reduce((all, step) => all + step.minutes, 0);
  const text = (n, field) => filled(stepText(lesson, n, field), numbers[n]);
  return html`<main id="main" class="guide" tabindex="-1"><header class="top"><a class="home" href="#" aria-label=${say("home")}>⌂</a><div class="kicker">${say("guide")}</div>
      <span class="buttons"><span class="clock">${say("guide.clock", { gone, planned })}</span><button onclick=${() => setBegan(began === null ? Date.now() : null)}>${began === null ? say("guide.start") : say("guide.stop")}</button>
      <button disabled=${!numbers.length} onclick=${() => print()}>${say("print")}</button><a class="button" href=${`#sheet=${lesson.id}`}>${say("sheet")}</a></span></header>
    ${!numbers.length && html`<p class="busy">${say("busy")}</p>`}<h1>${tell(`lesson.${lesson.id}.title`, lesson.title)}</h1><p>${tell(`lesson.${lesson.id}.question`, lesson.question)} ${say("guide.plan", { minutes: lesson.minutes, sum, spare: lesson.minutes - sum })}</p>
    <div class="lists">${["goals", "before", "care"].map(part => html`<section><h2>${say(`guide.${part}`)}</h2><ul>${lesson[part].map((line, n) => html`<li>${tell(`lesson.${lesson.id}.${part}.${n}`, line)}</li>`)}</ul></section>`)}
      <section class="cited"><h2>${say("sources")}</h2><ul>${lesson.sources.map((cited, n) => html`<li><b>${shortOf(cited.document)}</b>: ${tell(`lesson.${lesson.id}.sources.${n}`, cited.says)}<span class="leaning">${leaningOf(cited.document)}</span></li>`)}</ul></section></div>
    <ol class="plan">${lesson.steps.map((step, n) => html`<li class=${n === here ? "here" : ""}><h3><a href=${`#guide=${lesson.id}&step=${n}`}>${stepText(lesson, n, "title")}</a> <span class="quiet">${say("minutes", { count: step.minutes })}</span></h3>
      <p><b>${say("guide.ask")}</b> ${stepText(lesson, n, "ask")}${step.bets.length ? ` ${step.bets.map((bet, place) => tell(`lesson.${lesson.id}.${n}.bets.${place}`, bet)).join(" / ")}` : ""}</p>
      <p><b>${say("guide.do")}</b> ${stepText(lesson, n, "do")}</p><p><b>${say("guide.expect")}</b> ${text(n, "finding")} ${text(n, "expect")}</p></li>`)}</ol></main>`;
}

/** One sheet for a pupil: axes to sketch on, bets, and slips of choices. */
function SheetMode({ state }) {
  const lesson = DATA.lessons.find(one => one.id === state.sheet), drawn = lesson.steps.map((step, n) => [step, n]).filter(([step]) => step.picture !== "teams");
  const axes = step => ["why", "levers", "map"].includes(step.picture) ? html`<p class="write"></p><p class="write"></p>` : step.picture === "race" ? html`<${Axes} name=${say("race.name")} low=${0} high=${Math.max(10, ...step.race.start)} along=${[0, 4, 8, 12].map(year => [year / YEARS, say("race.year", { count: year })])} />` : html`<${RunAxes} step=${step} />`;
  const slips = lesson.steps.some(step => step.picture === "teams");
  return html`<main id="main" class="guide sheet" tabindex="-1"><header class="top"><a class="home" href="#" aria-label=${say("home")}>⌂</a><div class="kicker">${say("sheet")}</div><span class="buttons"><button onclick=${() => print()}>${say("print")}</button></span></header>
    <h1>${tell(`lesson.${lesson.id}.title`, lesson.title)}</h1><p>${say("sheet.name")} ____________________ ${tell(`lesson.${lesson.id}.question`, lesson.question)}</p>
    <div class="sketches">${drawn.slice(0, 6).map(([step, n]) => html`<section><h2>${n + 1}. ${stepText(lesson, n, "ask")}</h2>${axes(step)}
      ${step.bets.length > 0 && html`<p>${step.bets.map((bet, place) => html`<span class="box">☐ ${tell(`lesson.${lesson.id}.${n}.bets.${place}`, bet)}</span> `)}</p>`}</section>`)}</div>
    ${slips && html`<section class="slips"><h2>${say("sheet.slips")}</h2>${GAME.spans.map((_, n) => html`<p>${say("sheet.slip", { number: n + 1 })} ______________________</p>`)}</section>`}
    <p>${say("sheet.sentence")}</p><p class="write"></p><p class="write"></p></main>`;
}

/** Axes to sketch on, in the unit and the range of what will be drawn. */
function RunAxes({ step }) {
  const series = step.lines[0], base = scenarioRow(step.scenario).compare_to, lever = DATA.levers.find(one => one.id === step.control), from = quarterOf(step.start), to = quarterOf(step.end);
  const ours = { scenario: step.scenario, levers: lever && step.position ? { [lever.id]: step.position } : {} }, theirs = lever && lever.event === "" ? { scenario: step.scenario } : base && { scenario: base };
  const { results } = useWorlds([[ours, [series]], theirs && [theirs, [series]]]);
  if (!results.length) return html`<p class="busy">${say("busy")}</p>`;
  const panel = panelOf(series, results[0], results[1]), isChange = step.view === "change" && panel.effect, quarters = Array.from({ length: to - from + 1 }, (_, n) => from + n);
  const bands = quarters.flatMap(quarter => { const five = isChange ? panel.effect[quarter].bands : panel.ours[quarter]; return [five[0], five[4]]; }), seen = bands.some(Boolean) ? bands : singles(panel, quarters, isChange).flat();
  const most = Math.max(...seen.map(Math.abs));  // a difference may go either way, and the axis does not tell which
  const [low, high] = isChange ? [-most, most] : { attitude: [-1, 1], tension: [0, 1] }[series.split(".")[0]] || [Math.min(0, ...seen), Math.max(0, ...seen)];
  const name = `${isChange ? say("change.of", { name: seriesName(series) }) : seriesName(series)} (${unitOf(series)})`;
  return html`<${Axes} name=${name} low=${low} high=${high} sign=${isChange ? "exceptZero" : "negative"} along=${yearTicks(from, to, quarter => 260 * (quarter - from) / (to - from), 40).map(quarter => [(quarter - from) / (to - from), Math.floor(yearOf(quarter))])} />`;
}

/** An empty chart: its name, a scale upwards, and what stands along it at which share of its width. */
function Axes({ name, low, high, along, sign }) {
  const step = ticksOf(low, high, 3), size = step.length > 1 ? step[1] - step[0] : 1, first = Math.floor(low / size + 1e-9) * size, last = Math.ceil(high / size - 1e-9) * size;
  const y = value => 130 - 108 * (value - first) / (last - first), ticks = Array.from({ length: Math.round((last - first) / size) + 1 }, (_, n) => Number((first + n * size).toPrecision(6)));
  return html`<div class="sketch"><svg viewBox="0 0 300 150" width="100%" role="img" aria-label=${name}><text x="0" y="9" style=${`font-size:${Math.min(9, 296 / wideOf(name))}px`}>${name}</text><path d="M32 18V130H294" fill="none" stroke="currentColor" />
    ${ticks.map(tick => html`<g><line x1="29" x2=${tick === 0 ? 294 : 32} y1=${y(tick)} y2=${y(tick)} stroke="currentColor" /><text x="26" y=${y(tick) + 3} text-anchor="end">${number(tick, (String(tick).split(".")[1] || "").length, sign)}</text></g>`)}
    ${along.map(([share, words]) => html`<text x=${32 + 260 * share} y="144" text-anchor=${share > 0.95 ? "end" : share < 0.05 ? "start" : "middle"}>${words}</text>`)}</svg></div>`;
}
