// Words: whole sentences from a catalogue, with plurals, numbers and dates as the language writes them.
"use strict";

const { html, render, useState, useEffect, useRef, useMemo, useLayoutEffect } = htmPreact;
const block = id => JSON.parse(document.getElementById(id).textContent);
const DATA = block("data"), CATALOGUES = block("catalogues"), JOIN = block("join");
DATA.doubles = doublesOf(DATA.numbers);

// Serbian in Cyrillic is Serbian in Latin letters, letter by letter; what stands in braces is filled in later.
const LETTERS = Object.fromEntries("a а b б v в g г d д đ ђ e е ž ж z з i и j ј k к l л lj љ m м n н nj њ o о p п r р s с t т ć ћ u у f ф h х c ц č ч dž џ š ш".split(" ")
  .flatMap((letter, place, all) => place % 2 ? [] : [[letter, all[place + 1]]]));
const STAYS = /\{[^}]*\}|armsrace( run)?|sim\/\S+|Skydagger|\b[AB]\b|dž|lj|nj|\p{L}/giu;
const cyrillic = text => typeof text === "object" ? Object.fromEntries(Object.entries(text).map(([form, words]) => [form, cyrillic(words)])) :
  text.replace(STAYS, part => { const letter = LETTERS[part.toLowerCase()]; return !letter ? part : part[0] === part[0].toLowerCase() ? letter : letter.toUpperCase(); });
if (CATALOGUES.sr) CATALOGUES["sr-Cyrl"] = { ...cyrillic(CATALOGUES.sr), tag: "sr-Cyrl", language: "српски (ћирилица)" };

const MINUS = "−";
let language = "en", plurals, number;

function speak(wanted) {
  language = CATALOGUES[wanted] ? wanted : "en";
  const tag = CATALOGUES[language].tag || language;
  document.documentElement.lang = tag;
  plurals = new Intl.PluralRules(tag);
  number = (value, digits, sign) => new Intl.NumberFormat(tag, { minimumFractionDigits: digits, maximumFractionDigits: digits,
    signDisplay: sign || "negative" }).format(value).replace("-", MINUS);
  document.title = say("title");
}

/** The sentence of a key with its values filled in; {count} chooses among plural forms. English where a language has none. */
function say(key, values = {}) { return tell(key, `[${key}]`, values); }

/** The same for a text that the data hold in English: lessons, scenarios, sliders, policies, names. */
function tell(key, english, values = {}) {
  let text = CATALOGUES[language][key] ?? CATALOGUES.en[key] ?? english;
  if (typeof text === "object") text = text[plurals.select(values.count)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => name in values ? values[name] : whole);
}

const nameOf = code => tell(`actor.${code}`, DATA.actors[code] || code);
/** An event in short; the data tell it in English, other languages by its type, between whom, and which arms. */
function eventName(event, isFelt = true) {
  if (language === "en" || !event.kind) return event.due_words || event.words;
  const about = [event.who.map(nameOf).join(" → "), event.class && say(`class.${event.class}`)].filter(Boolean).join(", ");
  const kind = say(`kind.${isFelt && event.due_words ? "deliver" : event.kind}`);
  return about ? `${kind}: ${about}` : kind;
}
const titleOf = id => { const row = scenarioRow(id); return tell(`scenario.${id}.title`, row ? row.title : id); };
const scenarioRow = id => DATA.scenarios.find(row => row.id === id);
const seriesRow = key => DATA.series.find(row => row.key === key);
const seriesName = key => say(`series.${key}`);
const quarterOf = name => DATA.quarter_names.indexOf(name);
const quarterWords = quarter => {
  const [year, part] = DATA.quarter_names[Math.max(0, Math.min(DATA.quarters - 1, Math.round(quarter)))].split("Q");
  return say("quarter", { year, quarter: part });
};
const yearOf = quarter => 2018 + quarter / 4;
