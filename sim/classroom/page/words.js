"use strict";
// The catalogue: every word the page says comes from here. {name} stands for a value.
const WORDS = JSON.parse(document.getElementById("words").textContent);

function T(key, values = {}) {
  const text = WORDS[key];
  if (text === undefined) throw new Error(`no words for "${key}"`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// Numbers as the page writes them: a true minus, thousands parted, as many digits as its size needs.
function num(value, digits) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  const wanted = digits !== undefined ? digits : size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const text = size.toLocaleString("en-US", { minimumFractionDigits: wanted, maximumFractionDigits: wanted });
  return value < 0 && Number(text.replace(/,/g, "")) !== 0 ? `−${text}` : text;
}

function signed(value, digits) {
  const text = num(value, digits);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}
