"use strict";
// Lessons: steps that set the page, reveal it part by part and ask; and the teacher's page, which prints on one sheet.
const Lessons = {
  open(root) {
    add(root, el("p", {}, T("lessons_intro")), el("div", { class: "columns" }, State.data.lessons.map((lesson) => el("section", { class: "stage" },
      el("h3", {}, lesson.title), el("p", {}, lesson.question), el("p", { class: "quiet" }, T("lesson_size", { minutes: lesson.minutes, count: lesson.steps.length })),
      el("div", { class: "row" }, button(T("start_lesson"), () => startLesson(lesson.id), { class: "main", "aria-label": T("start_of", { title: lesson.title }) }), button(T("guide"), () => this.guide(root, lesson), { "aria-label": T("guide_of", { title: lesson.title }) }))))));
  },

  guide(root, lesson) {
    document.body.classList.add("guide");
    const list = (title, items) => items.length > 0 && el("section", {}, el("h3", {}, title), el("ul", {}, items.map((item) => el("li", {}, item))));
    const part = (key, text) => text && el("p", {}, el("strong", {}, T(key)), " ", text);
    put(root,
      el("div", { class: "row no-print" }, button(T("all_lessons"), () => { document.body.classList.remove("guide"); this.open(empty(root)); byId("main").focus(); }), button(T("print"), () => window.print()), button(T("start_lesson"), () => startLesson(lesson.id), { class: "main" })),
      el("h2", {}, lesson.title), el("p", {}, el("strong", {}, lesson.question)), el("div", { class: "columns" }, list(T("guide_goals"), lesson.guide.goals), list(T("guide_before"), lesson.guide.before)),
      el("h3", {}, T("guide_plan", { minutes: lesson.minutes })), el("ol", { class: "plan" }, lesson.steps.map((step) => el("li", {}, el("p", {}, el("strong", {}, `${step.title} (${T("minutes", { count: step.minutes })})`)), part("guide_do", step.do), part("guide_ask", step.question), part("guide_expect", step.expect)))),
      el("div", { class: "columns" }, list(T("guide_care"), lesson.guide.care), list(T("guide_beyond"), lesson.guide.beyond)),
      el("h3", {}, T("sources")), el("p", { class: "quiet" }, T("sources_say"), " ", T("footer_kosovo")), el("ul", {}, lesson.sources.map((cited) => el("li", {}, `${T("in_document", { key: cited.document, locator: cited.locator })}: ${cited.says}. `, sourceLine(cited.document)))));
    byId("main").focus();
  },
};

const lessonNow = () => State.data.lessons.find((one) => one.id === State.lesson);

function startLesson(id) {
  document.body.classList.remove("guide");
  State.lesson = id;
  goToStep(0);
}

function goToStep(number) {
  const lesson = lessonNow();
  State.step = Math.max(0, Math.min(lesson.steps.length - 1, number));
  const step = lesson.steps[State.step];
  State.mode = step.mode;
  if (step.scenario) State.scenario = step.scenario;
  Object.assign(State, { theory: "", compare: "" });
  if (step.at) State.at = step.at;
  State.hide = step.hide;
  State.levers = { ...step.levers };
  State.view = step.view;
  if (step.race) { State.race = structuredClone(step.race); State.starts = []; }
  openMode();
  byId("lesson-title").focus();
}

function leaveLesson() {
  State.lesson = "";
  State.step = 0;
  State.hide = false;
  openMode();
}

const stepNow = () => (lessonNow() ? lessonNow().steps[State.step] : null);

// The strip above the page: where the lesson is, what is said and asked. What is said can be folded away for more room.
let isFolded = false;
function showLesson() {
  const strip = byId("lesson"), lesson = lessonNow();
  strip.hidden = !lesson;
  if (!lesson) return;
  State.step = Math.min(State.step, lesson.steps.length - 1);
  const step = lesson.steps[State.step], isLast = State.step === lesson.steps.length - 1;
  const said = el("p", { id: "said", hidden: isFolded }, step.say);
  const fold = button(T(isFolded ? "unfold" : "fold"), () => { isFolded = !isFolded; said.hidden = isFolded; fold.textContent = T(isFolded ? "unfold" : "fold"); fold.setAttribute("aria-expanded", String(!isFolded)); }, { "aria-expanded": String(!isFolded), "aria-controls": "said" });
  put(strip, el("div", {},
    el("div", { class: "row" }, el("h1", { id: "lesson-title", tabindex: "-1" }, `${State.step + 1}/${lesson.steps.length} ${step.title}`), el("span", { class: "quiet" }, T("minutes", { count: step.minutes })),
      button(T("back"), () => goToStep(State.step - 1), { disabled: State.step === 0 }), button(T("next"), () => goToStep(State.step + 1), { class: "main", disabled: isLast }), fold, button(T("leave_lesson"), leaveLesson)),
    said, step.question && el("p", { class: "question" }, step.question)));
}

// Covers the panels that the steps so far have not revealed; a step that names none shows all.
function coverPanels() {
  const lesson = lessonNow(), step = stepNow();
  const isOpen = !step || step.mode !== State.mode || !step.show.length, from = step && step.only ? State.step : 0;
  const shown = new Set(isOpen ? [] : lesson.steps.slice(from, State.step + 1).filter((one) => one.mode === State.mode).flatMap((one) => one.show));
  for (const panel of document.querySelectorAll("#main [data-panel]")) panel.hidden = !isOpen && !shown.has(panel.dataset.panel);
}
