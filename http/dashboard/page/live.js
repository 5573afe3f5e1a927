import { ApiError, get, getExactly } from "./api.js";
import { useEffect, useState } from "./vendor/preact.js";

// One copy of what the daemon says, fetched again when an event tells that it
// changed. What can be fetched, by name:
const sources = {
  status: () => get("/api/status"),
  tree: async () => (await get("/api/supervision")).root,
  alerts: () => get("/api/alerts"),
  pending: () => getExactly("/api/actions/pending"),
  actions: () => getExactly("/api/actions", { limit: 50 }),
  agents: () => get("/api/agents"),
  channels: async () => (await get("/api/channels", { detail: true })).channels,
  timeline: fetchTimeline,
};

// What a kind of event makes stale.
const touches = {
  supervision: ["tree", "status", "alerts", "agents"],
  action: ["pending", "actions", "status"],
  alert: ["alerts", "status", "tree"],
  provider: ["status", "alerts"],
  channel: ["status", "channels", "alerts"],
};

// `loadedAt`: when each source was last heard of, by the browser's clock.
// `stranger`: the daemon wants a token first.
const state = { streaming: false, stranger: false, errors: {}, loadedAt: {} };
const listeners = new Set();
// How many on the page read a source: only those are kept fresh.
const readers = new Map();
const busy = new Map();
const shortest_ms = 150;
const period_ms = 5000;
// What is older is not known to be true any more.
const stale_ms = 2.5 * period_ms;

const tell = () => listeners.forEach((f) => f());

async function fetchTimeline() {
  const known = state.timeline;
  const since = known?.times.at(-1);
  const fresh = await get("/api/timeline", { since });
  if (!known || !since || fresh.run !== known.run) return fresh;
  const keep = fresh.kept;
  return {
    ...fresh,
    times: [...known.times, ...fresh.times].slice(-keep),
    series: fresh.series.map((s, i) => ({
      ...s,
      values: [...known.series[i].values, ...s.values].slice(-keep),
    })),
  };
}

async function load(name) {
  try {
    state[name] = await sources[name]();
    state.loadedAt[name] = Date.now();
    delete state.errors[name];
  } catch (e) {
    state.errors[name] = e instanceof ApiError ? e.message : String(e);
    state.stranger ||= e instanceof ApiError && e.status === 401;
  }
  tell();
}

// At most one request at a time for each, and one more after it where something
// changed meanwhile.
export async function refresh(name) {
  if (busy.has(name)) {
    busy.set(name, true);
    return;
  }
  busy.set(name, false);
  await load(name);
  await new Promise((done) => setTimeout(done, shortest_ms));
  const changed = busy.get(name);
  busy.delete(name);
  if (changed) refresh(name);
}

const refreshRead = (names) =>
  names.filter((x) => readers.get(x) > 0).forEach((x) => refresh(x));

const setStreaming = (x) => {
  state.streaming = x;
  tell();
};

// The browser reconnects by itself and says which event it saw last; what it
// missed comes then, or an event "gap".
let stream = null;

function listen() {
  if (stream || document.hidden || state.stranger) return;
  stream = new EventSource("/api/events");
  stream.onopen = () => {
    setStreaming(true);
    refreshRead(Object.keys(sources));
  };
  stream.onerror = () => {
    setStreaming(false);
    // After an answer other than 200 the browser does not try again.
    if (stream?.readyState === EventSource.CLOSED) {
      stream = null;
      setTimeout(listen, 3000);
    }
  };
  for (const [type, names] of Object.entries(touches))
    stream.addEventListener(type, () => refreshRead(names));
  stream.addEventListener("gap", () => refreshRead(Object.keys(sources)));
}

// A page in the background gives up its connection: a browser has six of them for
// all its pages of one server.
export function connect() {
  listen();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return listen();
    stream?.close();
    stream = null;
    setStreaming(false);
  });
  setInterval(() => document.hidden || refreshRead(Object.keys(sources)), period_ms);
}

export const isFresh = (name, now) => now - (state.loadedAt[name] ?? 0) < stale_ms;

// The state, and these parts of it kept fresh while the caller is shown.
export function useLive(...names) {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((n) => n + 1);
    listeners.add(listener);
    for (const x of names) {
      readers.set(x, (readers.get(x) ?? 0) + 1);
      refresh(x);
    }
    return () => {
      listeners.delete(listener);
      for (const x of names) {
        readers.set(x, readers.get(x) - 1);
        if (readers.get(x) === 0) delete state.errors[x];
      }
    };
  }, [names.join()]);
  return state;
}

// The time, each second.
export function useNow() {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
