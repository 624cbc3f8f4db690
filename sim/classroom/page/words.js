// Words: whole sentences from a catalogue, with plurals, numbers and dates as the language writes them.
"use strict";

const { html, render, useState, useEffect, useRef, useMemo, useLayoutEffect } = htmPreact;
const block = id => JSON.parse(document.getElementById(id).textContent);
const DATA = block("data"), CATALOGUES = block("catalogues"), JOIN = block("join");
DATA.doubles = doublesOf(DATA.numbers);

const MINUS = "−";

const CYRILLIC = Object.fromEntries("lj љ nj њ dž џ a а b б c ц č ч ć ћ d д đ ђ e е f ф g г h х i и j ј k к l л m м n н o о p п r р s с š ш t т u у v в z з ž ж".split(" ")
  .map((one, n, all) => n % 2 ? null : [one, all[n + 1]]).filter(Boolean));

/** Names that no table of letters turns: as Serbian writes them, and in Cyrillic as they are said. */
const SPELT = { Vuckovic: "Vučković" }, SAID = { Ekinci: "Екинџи", Uğur: "Угур" };

/** Serbian in Cyrillic letters; names of values, of files and of commands stay as they are. */
function inCyrillic(text) {
  return text.replace(/\{[^}]*\}|armsrace(?: run)?|\S+\.(?:json|org)|Skydagger|Ekinci|Uğur|(?:lj|nj|dž|[a-zčćđšž])/gi, (found, at) => {
    if (/[AB]/.test(found) && !/\p{L}/u.test(text.slice(Math.max(0, at - 1), at) + text.slice(at + 1, at + 2))) return found; // the two nations of the race
    if (SAID[found]) return SAID[found];
    const letter = CYRILLIC[found.toLowerCase()];
    return !letter ? found : found[0] === found[0].toLowerCase() ? letter : letter.toUpperCase();
  });
}

if (CATALOGUES.sr) {
  const turned = told => typeof told === "string" ? inCyrillic(told) : Object.fromEntries(Object.entries(told).map(([form, text]) => [form, inCyrillic(text)]));
  CATALOGUES["sr-cyrl"] = { ...Object.fromEntries(Object.entries(CATALOGUES.sr).map(([key, told]) => [key, turned(told)])), tag: "sr-Cyrl", language: "Српски (ћирилица)" };
}
let language = "en", plurals, number;

function speak(wanted) {
  language = Object.hasOwn(CATALOGUES, wanted) ? wanted : "en";
  const tag = CATALOGUES[language].tag || language, written = [tag, "fi"];  // a browser that does not know the language writes 1 234,5
  document.documentElement.lang = tag;
  plurals = new Intl.PluralRules([tag, "en"]);
  number = (value, digits, sign) => new Intl.NumberFormat(written, { minimumFractionDigits: digits, maximumFractionDigits: digits,
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
  const about = [event.who.map(nameOf).join(/^(agreement|trade_shock)$/.test(event.kind) ? " – " : " → "), event.class && say(`class.${event.class}`)].filter(Boolean).join(", ");
  const kind = say(`kind.${isFelt && event.due_words ? "deliver" : event.kind}`);
  return about ? `${kind}: ${about}` : kind;
}
/** Where a source stands, in brackets; "" where nothing is said of it. */
const leaningOf = key => DATA.sources[key].leaning ? ` (${tell(`leaning.${key}`, DATA.sources[key].leaning)})` : "";
const titleOf = id => { const row = scenarioRow(id); return tell(`scenario.${id}.title`, row ? row.title : id); };
const scenarioRow = id => DATA.scenarios.find(row => row.id === id);
const seriesRow = key => DATA.series.find(row => row.key === key);
const seriesName = key => say(`series.${key}`);
const quarterOf = name => DATA.quarter_names.indexOf(name);
const quarterWords = quarter => {
  const [year, part] = DATA.quarter_names[Math.max(0, Math.min(DATA.quarters - 1, Math.round(quarter)))].split("Q");
  return say("quarter", { year, quarter: part });
};
/** A place of a slider as the language writes it: a quarter, or a number. */
const positionWords = position => quarterOf(position) >= 0 ? quarterWords(quarterOf(position)) : Number.isFinite(Number(position)) ? number(Number(position), (String(Number(position)).split(".")[1] || "").length) : position;
const leverWords = (lever, position) => position === "untouched" ? say("untouched_at", { usual: positionWords(lever.usual) }) : positionWords(position);
/** A source in short, in the page's language. */
function shortOf(key) {
  const named = DATA.sources[key].short.replace("unsigned text", say("source.unsigned")), short = /^\d+$/.test(key) ? named.replace(" and ", ` ${say("and")} `) : named;  // of the documents; an office keeps its name
  const written = language.startsWith("sr") ? short.replace(/Vuckovic/, name => SPELT[name]) : short;
  return language === "sr-cyrl" ? written.replace(/Arsenije Vučković|Nedim Emin|Mehmet Uğur Ekinci/g, inCyrillic) : written;
}
const yearOf = quarter => 2018 + quarter / 4;
