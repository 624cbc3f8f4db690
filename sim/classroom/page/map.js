// The map: three capitals, patrons at the edge, a ribbon for every tie, arms as arrows; a diagram without borders.
"use strict";

const CAPITALS = ["SRB", "XKX", "TUR"], ON_MAP = Object.keys(DATA.places);

const isMain = tie => tie.split(".").every(code => CAPITALS.includes(code));

const mapSeries = () => {
  const shown = key => key.split(".").every(code => ON_MAP.includes(code));
  return { ties: DATA.ties.filter(shown), arms: Object.keys(DATA.rows).filter(key => key.startsWith("deliveries.") && shown(key.slice(11))) };
};

/** Attitudes at a quarter and arms of the year that ends with it. */
function Ties({ result, at, all }) {
  const [ref, [width, height]] = useSize(), em = parseFloat(getComputedStyle(document.documentElement).fontSize);
  if (!result || !width) return html`<div class="chart" ref=${ref}></div>`;
  const isWide = width > 30 * em, side = isWide ? 4 : 1.5;
  const along = (axis, code, room, from) => {
    const all_ = ON_MAP.map(one => DATA.places[one][axis]), low = Math.min(...all_);
    return from + (DATA.places[code][axis] - low) / (Math.max(...all_) - low) * room;
  };
  const place = code => [along("x", code, width - 2 * side * em, side * em), along("y", code, height - 4.4 * em, 1.9 * em)];
  const { ties, arms } = mapSeries(), shown = code => CAPITALS.includes(code) || all;
  const half = tie => {
    const [actor, other] = tie.split("."), [x1, y1] = place(actor), [x2, y2] = place(other);
    const value = bandsOf(result, `attitude.${tie}`)[at][2], main = isMain(tie);
    const length = Math.hypot(x2 - x1, y2 - y1), aside = main ? 0.42 * em : 0, [ox, oy] = [-(y2 - y1) / length * aside, (x2 - x1) / length * aside];
    const kind = value > 0.15 ? "warm" : value < -0.15 ? "hostile" : "neutral", mid = [(x1 + x2) / 2 + ox, (y1 + y2) / 2 + oy];
    const [wx, wy] = [x1 + 0.3 * (x2 - x1) + 2.6 * ox, y1 + 0.3 * (y2 - y1) + 0.3 * em + 3.4 * oy];
    return html`<g class=${`tie ${kind} ${main ? "main-tie" : ""}`}><line x1=${x1 + ox} y1=${y1 + oy} x2=${mid[0]} y2=${mid[1]} style=${`stroke-width:${(main ? 0.1 + 0.5 * Math.abs(value) : 0.08 + 0.15 * Math.abs(value)) * em}px`} />
      ${main && isWide && html`<text x=${wx} y=${wy} text-anchor=${ox > 2 ? "start" : ox < -2 ? "end" : "middle"}>${say(`tie.${kind}`)} ${number(value, 2)}</text>`}</g>`;
  };
  const flow = key => {
    const [, buyer, supplier] = key.split("."), year = [0, 1, 2, 3].reduce((sum, back) => sum + (at >= back ? membersAt(result, key, at - back).reduce((all_, one) => all_ + one, 0) / DATA.members : 0), 0);
    if (year < 1) return null;
    const [x1, y1] = place(supplier), [x2, y2] = place(buyer), length = Math.hypot(x2 - x1, y2 - y1), cut = 2.6 * em / length;
    const named = isWide && CAPITALS.includes(supplier) && CAPITALS.includes(buyer), at_ = named ? 0.34 : 0.5;
    return html`<g class="arms"><path d=${`M${x1 + cut * (x2 - x1)} ${y1 + cut * (y2 - y1) + 0.9 * em}L${x2 - cut * (x2 - x1)} ${y2 - cut * (y2 - y1) + 0.9 * em}`} marker-end="url(#head)" style=${`stroke-width:${Math.min(0.5, 0.08 + 0.03 * Math.sqrt(year)) * em}px`} />
      <text x=${x1 + at_ * (x2 - x1)} y=${y1 + at_ * (y2 - y1) + 2.1 * em} text-anchor="middle">${named ? say("map.arms", { from: say(`capital.${supplier}`), value: number(year, 0) }) : number(year, 0)}</text></g>`;
  };
  const actor = code => {
    const [x, y] = place(code), isCapital = CAPITALS.includes(code), towards = DATA.places[code].label, far = isCapital ? 1.5 : 0.7;
    const [dx, dy, anchor] = { above: [0, -far, "middle"], below: [0, far + 0.75, "middle"], left: [-far, 0.3, "end"], right: [far, 0.3, "start"] }[towards];
    return html`<g class=${isCapital ? "capital" : all ? "patron" : "patron faded"} style=${`--hue:${HUES[code] || "var(--quiet)"}`}>
      <circle cx=${x} cy=${y} r=${(isCapital ? 1.1 : 0.35) * em} />${(isCapital || isWide) && html`<text x=${x + dx * em} y=${y + dy * em} text-anchor=${anchor}>${isCapital ? say(`capital.${code}`) : nameOf(code)}</text>`}</g>`;
  };
  return html`<div class="chart" ref=${ref}><svg width=${width} height=${height} role="img" aria-label=${say("map.name", { date: quarterWords(at) })}>
    <defs><marker id="head" viewBox="0 0 10 10" refX="8" refY="5" markerWidth=${1.1 * em} markerHeight=${1.1 * em} markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10Z" /></marker></defs>
    ${[...ties].sort((one, other) => isMain(one) - isMain(other)).filter(tie => tie.split(".").every(shown)).map(half)}
    ${arms.filter(key => shown(key.split(".")[1]) && (shown(key.split(".")[2]))).map(flow)}
    ${ON_MAP.map(actor)}
  </svg></div>`;
}
