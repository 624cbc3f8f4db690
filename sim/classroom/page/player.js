"use strict";
// Play, pause, step, rewind, scrub. The run is there already; only the date moves, and with it what the panels show.
const SPEEDS = [["1", 1], ["2", 2], ["4", 4], ["8", 8]];
// A sign that stands alone where there is little room; its words are there for all who need them.
const signButton = (sign, key, act) => el("button", { type: "button", onclick: act, "aria-label": T(key) }, el("span", { "aria-hidden": "true" }, `${sign} `), el("span", { class: "long" }, T(key)));
const goTo = (quarter) => { Player.pause(); Player.go(quarter); };
const Player = {
  position: 0, first: 0, last: 71, speed: 4, isPlaying: false, onmove: () => {}, marks: [], frames: 0,

  build() {
    this.date = el("output", { class: "date", "aria-live": "off", id: "date" });
    this.playButton = button(T("play"), () => this.toggle(), { class: "main" });
    this.slider = el("input", { type: "range", step: 1, "aria-label": T("date"), oninput: () => { this.pause(); this.go(Number(this.slider.value)); } });
    const more = el("div", { class: "row more" },
      signButton("«", "rewind", () => { this.pause(); this.go(this.first); }), signButton("‹", "step_back", () => this.step(-1)),
      signButton("›", "step_forward", () => this.step(1)), signButton("»", "next_event", () => this.nextMark()),
      choice(T("speed"), SPEEDS.map(([key]) => [key, T("per_second", { count: key })]), String(this.speed), (value) => { this.speed = Number(value); }));
    put(byId("player"), el("div", { class: "bar" },
      el("div", { class: "row" }, this.date, this.playButton), this.slider, more));
  },

  // first, last: quarters between which it moves, less where a step of a lesson stops; marks: quarters worth a jump
  show(first, last, marks, onmove) {
    const step = stepNow(), until = step && step.mode === State.mode && step.until ? State.data.quarters.indexOf(step.until) : last;
    Object.assign(this, { first, last: Math.min(last, until), marks, onmove });
    this.slider.min = first;
    this.slider.max = this.last;
    byId("player").hidden = false;
    this.go(quarterNow());
  },

  hide() { this.pause(); byId("player").hidden = true; },

  go(position) {
    this.position = Math.max(this.first, Math.min(this.last, position));
    const quarter = Math.floor(this.position + 1e-6);
    const name = State.data.quarters[quarter];
    if (this.shown !== name) {
      this.shown = name;
      State.at = name;
      put(this.date, name, el("small", {}, T("quarter_of", { quarter: name[5], year: name.slice(0, 4) })));
      this.slider.value = quarter;
      this.slider.setAttribute("aria-valuetext", name);
      keepAddress();
    }
    this.onmove(this.position);
  },

  step(by) { this.pause(); this.go(Math.floor(this.position + 1e-6) + by); },

  nextMark() {
    const later = this.marks.find((mark) => mark > Math.floor(this.position + 1e-6));
    this.pause();
    if (later !== undefined) this.go(later);
  },

  toggle() { if (this.isPlaying) this.pause(); else this.play(); },

  play() {
    if (this.position >= this.last) this.go(this.first);
    this.isPlaying = true;
    this.playButton.textContent = T("pause");
    let before = null;
    const exact = !reducedMotion();
    let hidden = this.position;
    const frame = (now) => {
      if (!this.isPlaying) return;
      if (before !== null) hidden = Math.min(this.last, hidden + ((now - before) / 1000) * this.speed);
      before = now;
      this.frames += 1;
      const next = exact ? hidden : Math.floor(hidden);
      if (next !== this.position) this.go(next);
      if (this.position >= this.last) { this.pause(); return; }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  },

  pause() {
    this.isPlaying = false;
    if (this.playButton) this.playButton.textContent = T("play");
    if (this.shown) this.go(Math.floor(this.position + 1e-6));
  },
};
