// What others wrote, made harmless and readable: controls, characters that
// change the direction of text, and invisible ones are shown by their number.
const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]|(?<!\p{Extended_Pictographic})\ufe0f/gu;

const number = (c) =>
  `\\u{${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}}`;

export const inert = (x) => String(x ?? "").replace(unseen, number);

// Line breaks and indentation are ours here: JSON escapes those of others.
export const pretty = (value) =>
  JSON.stringify(value, null, 2).split("\n").map(inert).join("\n");

// The API's times are UTC, without a zone.
export const parseTime = (x) =>
  x ? new Date(/[Z+]/.test(x) ? x : `${x}Z`) : null;

const two = (n) => String(n).padStart(2, "0");

export function clock(x) {
  const t = parseTime(x);
  if (!t) return "never";
  // The Swedish form is ISO 8601's; local time, and by how much it is off.
  const minutes = -t.getTimezoneOffset();
  const offset = minutes === 0 ? "Z"
    : `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  return `${t.toLocaleString("sv-SE")}${offset}`;
}

export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "";
  const s = Math.max(0, seconds);
  if (s < 1) return `${Math.round(s * 1000)} ms`;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${Math.floor(s % 60)} s`;
  if (s < 86400)
    return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

export const secondsSince = (x, now) =>
  x ? (now - parseTime(x)) / 1000 : NaN;

export const counted = (n, one, many) => `${n} ${n === 1 ? one : many}`;

// Of what has happened. Clocks of two machines differ a little.
export const ago = (x, now) =>
  x ? `${duration(Math.max(0, secondsSince(x, now)))} ago` : "never";

// Of what is to happen.
export const until = (x, now) => {
  const s = -secondsSince(x, now);
  return s > 0 ? `in ${duration(s)}` : "now";
};

const prefixes = ["", "k", "M", "G", "T"];

export function bytes(n) {
  let i = 0;
  for (; n >= 1024 && i + 1 < prefixes.length; ++i) n /= 1024;
  return `${i && n < 100 ? n.toFixed(1) : Math.round(n)} ${prefixes[i]}${i ? "i" : ""}B`;
}

export function quantity(n, unit) {
  if (n === null || n === undefined) return "–";
  if (unit === "bytes") return bytes(n);
  if (unit === "seconds") return n < 1 ? `${(n * 1000).toPrecision(3)} ms` : `${n.toPrecision(3)} s`;
  if (unit === "ratio") return `${(n * 100).toFixed(1)} %`;
  return n >= 100 || Number.isInteger(n) ? Math.round(n).toString() : n.toPrecision(2);
}
