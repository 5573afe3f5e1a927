import { html, useState } from "./vendor/preact.js";
import { clock, inert, pretty } from "./text.js";

// Which words are good, which trouble and which in between.
const tones = {
  good: ["running", "connected", "completed", "resolved", "recovered", "live", "success",
    "healthy", "info"],
  bad: ["failed", "critical", "high", "down", "lost", "firing", "rejected", "exited", "hung",
    "ineffective", "refused", "never_connected", "disconnected"],
};
const toneOf = (word) =>
  Object.keys(tones).find((t) => tones[t].includes(word)) ?? "between";

export const Badge = ({ word, tone }) =>
  html`<span class="badge ${tone ?? toneOf(word)}">${inert(word).replaceAll("_", " ")}</span>`;

export const Problem = ({ text }) =>
  text ? html`<p class="problem" role="alert">${inert(text)}</p>` : null;

export const Json = ({ value, label }) =>
  html`<pre tabindex="0" role="group" aria-label=${label}>${pretty(value)}</pre>`;

export const Empty = ({ children }) => html`<p class="empty">${children}</p>`;

// The API's times lack the zone.
export const Time = ({ at }) => html`<time datetime="${at}Z">${clock(at)}</time>`;

// "file_operation shell"
export const named = (action) =>
  [action.action_type, action.skill_id].filter(Boolean).map(inert).join(" ");

export const Facts = ({ of }) => html`<dl class="facts">
  ${of
    .filter(([, v]) => v !== null && v !== undefined && v !== "" && v !== false)
    .map(([k, v]) => html`<div key=${k}><dt>${k}</dt><dd>${v}</dd></div>`)}
</dl>`;

// A table that scrolls by itself where the screen is narrow.
export const Table = ({ caption, columns, children }) => html`<div
  class="scroll"
  role="region"
  aria-label="${caption}, table"
  tabindex="0"
>
  <table>
    <caption class="hidden">${caption}</caption>
    <thead>
      <tr>${columns.map((c) => html`<th key=${c} scope="col">${c}</th>`)}</tr>
    </thead>
    <tbody>${children}</tbody>
  </table>
</div>`;

// Runs once at a time and shows what went wrong.
export function useTask(run) {
  const [at, set] = useState({ busy: false, problem: "" });
  const start = async (...args) => {
    if (at.busy) return;
    set({ busy: true, problem: "" });
    try {
      await run(...args);
      set({ busy: false, problem: "" });
    } catch (e) {
      set({ busy: false, problem: e.message });
    }
  };
  return { ...at, start };
}
