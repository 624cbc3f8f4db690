// The page: home, and which mode the address asks for.
"use strict";

let chosen = "";  // language of the address, also where a link leaves it out

function App() {
  const state = useAddress(), [isReady, setReady] = useState(false), [error, setError] = useState("");
  useMemo(() => { chosen = state.lang || chosen; speak(chosen || remembered("lang") || "en"); }, [state.lang]);
  useEffect(() => { startModel().then(() => setReady(true), problem => setError(String(problem))); }, []);
  useEffect(() => { const main = document.getElementById("main"); if (main) main.focus({ preventScroll: true }); }, [state.lesson, state.step, state.mode]);
  if (error) return html`<main id="main" class="screen"><h1>${say("cannot")}</h1><p>${error}</p></main>`;
  const known = key => DATA.lessons.some(lesson => lesson.id === state[key]);
  const [Mode] = known("guide") ? [GuideMode] : known("sheet") ? [SheetMode] : known("lesson") ? [LessonMode] :
    state.mode === "race" ? [RaceMode] : state.mode === "teams" ? [TeamsMode] : state.mode === "explore" || state.scenario ? [ExploreMode] : [Home];
  return html`<a class="skip" href="#main" onclick=${event => { event.preventDefault(); document.getElementById("main").focus(); }}>${say("skip")}</a>${isReady || Mode === Home ? html`<${Mode} state=${state} isReady=${isReady} />` : html`<main id="main" class="screen"><p class="busy">${say("busy")}</p></main>`}`;
}

const remembered = name => { try { return localStorage.getItem(`armsrace.${name}`); } catch { return null; } };
const remember = (name, value) => { try { localStorage.setItem(`armsrace.${name}`, value); } catch { /* a page from disk may have no memory */ } };

const MINIATURES = { "what-is-an-arms-race": null, "skydagger-delivery": ["skydagger-delivery", "attitude.SRB.TUR"], "friend-of-both-sides": ["serbian-drone-purchase", "attitude.XKX.TUR"], "what-can-a-mediator-do": ["dialogue-and-mediation", "tension.SRB.XKX"] };

function Home({ isReady }) {
  const tags = Object.entries(CATALOGUES);
  return html`<main id="main" class="home-page" tabindex="-1"><header class="top"><h1>${say("home.title")}</h1>
      <span class="buttons">${tags.length > 1 && html`<${Choose} label=${say("language_choice")} value=${language} set=${wanted => { remember("lang", wanted); open_({ lang: wanted }); }} groups=${[["", tags.map(([code, words]) => [code, words.language])]]} />`}</span></header>
    <p class="lead">${say("home.lead")}${CATALOGUES[language].awaits ? html` <em>${say("awaits")}</em>` : ""}</p>
    <div class="lesson-cards">${DATA.lessons.map(lesson => html`<article class="lesson-card"><a href=${`#lesson=${lesson.id}`}><${Miniature} id=${lesson.id} isReady=${isReady} /><h2>${lesson.number} ${tell(`lesson.${lesson.id}.title`, lesson.title)}</h2>
      <p>${tell(`lesson.${lesson.id}.question`, lesson.question)}</p></a><p class="quiet">${say("minutes", { count: lesson.minutes })} · <a href=${`#guide=${lesson.id}`}>${say("guide")}</a> · <a href=${`#sheet=${lesson.id}`}>${say("sheet")}</a></p></article>`)}</div>
    <nav class="more-ways"><a class="button main" href="#mode=explore">${say("explore")}</a><a class="button" href="#mode=race">${say("race.kicker")}</a><a class="button" href="#mode=teams">${say("teams")}</a><${Follow} /></nav>
    ${JOIN.address && html`<section class="join"><img src=${JOIN.picture} alt="" /><p>${say("join", JOIN)}</p></section>`}
    <footer class="quiet small-print"><p>${say("note", { members: DATA.members })}</p><p>${say("kosovo")}</p></footer></main>`;
}

/** To where the teacher is: the code from the screen. */
function Follow() {
  const [isWrong, setWrong] = useState(false);
  return html`<form class="follow" onsubmit=${event => {
    event.preventDefault();
    const state = stateOf(event.target.code.value);
    if (state) open_(state); else setWrong(true);
  }}><label>${say("follow")} <input name="code" size="5" autocomplete="off" autocapitalize="none" aria-invalid=${isWrong} oninput=${() => setWrong(false)} /></label><button>${say("go")}</button>${isWrong && html`<span class="error" role="alert">${say("follow.wrong")}</span>`}</form>`;
}

/** A live miniature of what a lesson is about. */
function Miniature({ id, isReady }) {
  return html`<div class="miniature" aria-hidden="true">${isReady && (MINIATURES[id] ? html`<${MiniLine} of=${MINIATURES[id]} />` : MINIATURES[id] === null && html`<${MiniRace} />`)}</div>`;
}

function MiniLine({ of: [scenario, series] }) {
  const base = scenarioRow(scenario).compare_to, { results } = useWorlds([[{ scenario }, [series]], [{ scenario: base }, [series]]]);
  if (!results.length) return null;
  const panel = panelOf(series, results[0], results[1]), quarters = Array.from({ length: 33 }, (_, n) => quarterOf("2022Q1") + n);
  const all = quarters.flatMap(quarter => [panel.line(quarter), panel.theirs[quarter][2]]), low = Math.min(...all), high = Math.max(...all);
  const line = value => pathOf(quarters.map((quarter, n) => [6 + n * 5.9, 122 - 112 * (value(quarter) - low) / (high - low)]));
  return html`<svg viewBox="0 0 200 130" style=${`--hue:${hueOf(series)}`}><path class="other" d=${line(quarter => panel.theirs[quarter][2])} /><path class="main draw" d=${line(panel.line)} pathLength="1" /></svg>`;
}

function MiniRace() {
  const { path } = raceOf({ ...RACE, reaction: [1.25, 1.25], fatigue: [1, 1], start: [1, 6] }, 110), most = Math.max(...path[path.length - 1]);
  return html`<svg viewBox="0 0 200 130">${[0, 1].map(side => html`<path class=${`grow side-${"ab"[side]} draw`} pathLength="1" d=${pathOf(path.map((one, n) => [6 + n * 1.7, 122 - 112 * one[side] / most]))} />`)}</svg>`;
}

render(html`<${App} />`, document.getElementById("page"));
