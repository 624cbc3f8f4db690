"use strict";
// Elements are made, never written as mark-up: no text of a user or a file can become a part of the page.
const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const button = (words, onclick, attributes) => el("button", { type: "button", onclick, ...attributes }, words);
const empty = (node) => { node.replaceChildren(); return node; };
const add = (node, ...children) => fill(node, {}, children);
const put = (node, ...children) => fill(empty(node), {}, children);
const byId = (id) => document.getElementById(id);
const reducedMotion = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// Until the browser has painted what was changed. A page in the background paints nothing, and is not waited for.
const painted = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); if (document.hidden) setTimeout(done); });

let lastId = 0;
const freshId = () => `e${++lastId}`;

function choice(label, options, value, onchange, kind = "") {
  const id = freshId();
  const select = el("select", { id, onchange: () => onchange(select.value) },
    options.map(([key, words]) => el("option", { value: key, selected: key === value }, words)));
  return el("span", { class: `pick ${kind}` }, el("label", { for: id }, label), select);
}

function tick(label, checked, onchange) {
  const box = el("input", { type: "checkbox", checked, onchange: () => onchange(box.checked) });
  return el("label", {}, box, " ", label);
}

function download(name, text, kind) {
  const url = URL.createObjectURL(new Blob([text], { type: `${kind};charset=utf-8` }));
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// Where the focus goes when what had it is gone.
const keepFocus = (node) => { if (node && document.activeElement === document.body) node.focus({ preventScroll: true }); };
const sayOnce = (message, isError) => { if (byId("notice").textContent !== message) say(message, isError); };

function say(message, isError) {
  put(byId("notice"), message && el("span", { class: isError ? "error" : "" }, message));
}
