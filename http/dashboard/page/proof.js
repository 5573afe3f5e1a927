// RFC 6962 and RFC 9162, section 2.1.3.2: that an event is in the log whose
// head the daemon signed. Everything is computed here, from the event's text.
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (x) => parseInt(x, 16));
const hexOf = (bytes) => [...bytes].map((x) => x.toString(16).padStart(2, "0")).join("");

async function hash(prefix, ...parts) {
  const all = new Uint8Array(1 + parts.reduce((n, x) => n + x.length, 0));
  all[0] = prefix;
  let at = 1;
  for (const x of parts) {
    all.set(x, at);
    at += x.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

// The root that the path leads to; null when it cannot belong to this place.
export async function rootFrom(eventText, index, size, path) {
  if (index >= size) return null;
  let node = await hash(0, new TextEncoder().encode(eventText));
  // Numbers of events are below 2^53; shifts would cut them at 2^31.
  let [f, s] = [index, size - 1];
  const half = (x) => Math.floor(x / 2);
  for (const step of path.map(bytesOf)) {
    if (s === 0) return null;
    if (f % 2 === 1 || f === s) {
      node = await hash(1, step, node);
      while (f % 2 === 0 && f !== 0) [f, s] = [half(f), half(s)];
    } else {
      node = await hash(1, node, step);
    }
    [f, s] = [half(f), half(s)];
  }
  return s === 0 ? hexOf(node) : null;
}

// What an event's row shows and its canonical text have in common.
export function saysTheSame(row, eventText) {
  const event = JSON.parse(eventText);
  const shown = new Date(`${row.timestamp.slice(0, 23)}Z`).getTime();
  return Math.floor(event.time_us / 1000) === shown &&
    (event.action_id ?? "") === row.action_id &&
    event.action_type === row.action_type && event.status === row.status &&
    event.actor === row.actor && event.user?.id === row.user &&
    (event.level ?? null) === row.level && (event.outcome ?? null) === row.outcome &&
    (event.skill_id ?? null) === row.skill_id && (event.request_id ?? "") === row.request_id &&
    same(event.details ?? null, row.details ?? null);
}

const same = (a, b) => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
const ordered = (x) =>
  Array.isArray(x) ? x.map(ordered)
    : x && typeof x === "object"
      ? Object.fromEntries(Object.keys(x).sort().map((k) => [k, ordered(x[k])]))
      : x;
