"use strict";
// Questions to the model. A page that was exported carries its answers; else they come from the server that served it.
const CARRIED = byId("answers") ? JSON.parse(byId("answers").textContent) : null;
const isExported = CARRIED !== null;
let token = "";

const questionKey = (path, body) => `${path} ${JSON.stringify(body, sortedKeys(body))}`;

function sortedKeys(body) {
  const names = new Set();
  JSON.stringify(body, (name, value) => { names.add(name); return value; });
  return [...names].sort();
}

async function ask(path, body) {
  if (isExported) {
    const found = CARRIED[questionKey(path, body === undefined ? null : body)];
    if (found === undefined) throw new Error(T("not_in_file"));
    return found;
  }
  const answer = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...(token ? { "X-Armsrace-Token": token } : {}) },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => { throw new Error(T("server_gone")); });
  if (answer.status === 401) throw new NeedsToken();
  const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
  const content = isJson ? await answer.json() : await answer.text();
  if (!answer.ok) throw new Error(content.error || T("server_gone"));
  return content;
}

class NeedsToken extends Error {}

// One question at a time, and after it only the newest: a slider that is dragged does not queue up.
function latest(act) {
  let isBusy = false, next = null;
  return async function again(...values) {
    if (isBusy) { next = values; return; }
    isBusy = true;
    try { await act(...values); } catch (error) { sayError(error); }
    isBusy = false;
    if (next) { const values = next; next = null; await again(...values); }
  };
}

const runRequest = (extra = {}) => ({ scenario: State.scenario, levers: {}, theory: State.theory || null, ...extra });
