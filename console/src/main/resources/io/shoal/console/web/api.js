// What the page asks the registry, and the one stream that it listens to.

const listeners = new Set();
const newest = { state: null, self: null, connected: false };

export function token() {
  return sessionStorage.getItem("shoal-token") ?? "";
}

export function name() {
  return newest.self?.name ?? localStorage.getItem("shoal-name") ?? "";
}

export function setName(by) {
  localStorage.setItem("shoal-name", by);
}

/** Whether the caller's role covers one of these. */
export function may(...roles) {
  const role = newest.self?.role;
  return role === "admin" || roles.includes(role);
}

export function self() {
  return newest.self;
}

/** The newest state; null before the first. */
export function state() {
  return newest.state;
}

function headers(more = {}) {
  return token() ? { ...more, authorization: `Bearer ${token()}` } : more;
}

/** Something that a person can be told. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function answer(response) {
  if (response.status === 204) return null;
  const text = await response.text();
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  if (!response.ok) throw new Refusal(response.status, body?.message ?? `the registry answered ${response.status}`);
  return body;
}

function query(parameters) {
  const set = Object.entries(parameters ?? {}).filter(([, v]) => v !== null && v !== undefined && v !== "");
  return set.length ? `?${new URLSearchParams(set)}` : "";
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new Refusal(0, "the registry does not answer");
  }
  return answer(response);
}

export function get(path, parameters, signal) {
  return ask(`api/v1/${path}${query(parameters)}`, { headers: headers(), signal });
}

export function send(method, path, body) {
  return ask(`api/v1/${path}`, {
    method,
    headers: headers({ "content-type": "application/json" }),
    body: JSON.stringify(body),
  });
}

export function upload(path, file) {
  return ask(`api/v1/${path}`, { method: "POST", headers: headers({ "content-type": "text/csv" }), body: file });
}

/** Keeps a token for this tab; says who it is of. One that the registry does not know changes nothing. */
export async function signIn(text) {
  const before = token();
  keep(text);
  try {
    newest.self = await get("console/self");
  } catch (e) {
    keep(before);
    throw e;
  }
  restart();
  return newest.self;
}

/** Forgets the token; who has none may see something or nothing. */
export async function signOut() {
  keep("");
  newest.self = await get("console/self").catch(() => null);
  restart();
}

function keep(text) {
  if (text) sessionStorage.setItem("shoal-token", text);
  else sessionStorage.removeItem("shoal-token");
}

/** Calls back with each state; returns what ends that. */
export function onState(listener) {
  listeners.add(listener);
  if (newest.state) listener(newest.state);
  return () => listeners.delete(listener);
}

function tell() {
  for (const listener of [...listeners]) listener(newest.state, newest.connected);
}

let stream = new AbortController();

function restart() {
  stream.abort();
}

/** Server-sent events by fetch: an EventSource cannot send a token. Calls back with each one's data, ends with the stream. */
export async function events(path, signal, each) {
  const response = await fetch(`api/v1/${path}`, { headers: headers(), signal });
  if (!response.ok) await answer(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const data = part.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
      if (data) each(JSON.parse(data));
    }
  }
}

function listen(signal) {
  return events("console/live", signal, (state) => {
    newest.state = state;
    newest.connected = true;
    tell();
  });
}

function visible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

// A browser opens six connections to one place: pages that nobody sees must not hold them.
addEventListener("visibilitychange", () => document.hidden && stream.abort());
addEventListener("pagehide", () => stream.abort());

/** Listens for ever while somebody looks, with pauses where nobody answers. */
export async function run() {
  for (let pause = 500; ; pause = Math.min(pause * 2, 10_000)) {
    await visible();
    stream = new AbortController();
    try {
      if (!newest.self) newest.self = await get("console/self");
      await listen(stream.signal);
      pause = 500;
    } catch (e) {
      newest.denied = e.status === 401 || e.status === 403;
    }
    if (!document.hidden) {
      newest.connected = false;
      tell();
    }
    await new Promise((resolve) => setTimeout(resolve, stream.signal.aborted ? 50 : pause));
  }
}

export function denied() {
  return newest.denied === true;
}
