import { html, useEffect, useState } from "../vendor/preact.js";
import { get, getPage } from "../api.js";
import { Badge, Empty, Json, Problem, Table, Time, useTask } from "../parts.js";
import { rootFrom, saysTheSame } from "../proof.js";
import { inert } from "../text.js";

const page = 50;
const fields = [
  ["action_type", "Type"],
  ["status", "Status"],
  ["level", "Level"],
  ["user", "User"],
  ["action_id", "Action"],
  ["q", "Text"],
  ["since", "Since", "datetime-local"],
  ["until", "Until", "datetime-local"],
];

function Filter({ start, busy }) {
  const submit = (e) => {
    e.preventDefault();
    const filter = Object.fromEntries(new FormData(e.target));
    // They are entered in local time.
    for (const x of ["since", "until"])
      if (filter[x]) filter[x] = new Date(filter[x]).toISOString();
    start(filter);
  };
  return html`<form class="filter" role="search" aria-label="Audit events" onSubmit=${submit}>
    ${fields.map(([name, label, type = "text"]) => html`<label key=${name}>${label}
      <input name=${name} type=${type} autocomplete="off" /></label>`)}
    <button disabled=${busy}>Search</button>
  </form>`;
}

async function prove(row) {
  const head = await get("/api/audit-logs/head");
  const proof = await get("/api/audit-logs/proof/inclusion",
    { sequence: row.sequence, tree_size: head.tree_size });
  const root = await rootFrom(proof.event, row.sequence, head.tree_size, proof.audit_path);
  if (root !== head.root_hash)
    throw new Error("the proof does not lead to the log's head: the log, or what answers for it, was altered");
  if (!saysTheSame(row, proof.event))
    throw new Error("the log has another event at this place than the one shown");
  return `It is event ${row.sequence} of the ${head.tree_size} under the head ` +
    `${head.root_hash.slice(0, 16)}…, computed in this page from its text and ` +
    `${proof.audit_path.length} hashes. The head is the one that the daemon gives now; ` +
    "closedpaw audit verify compares it with the signed ones that were anchored.";
}

function Event({ row }) {
  const [open, set] = useState(false);
  const [proven, setProven] = useState("");
  const task = useTask(async () => {
    setProven("");
    setProven(await prove(row));
  });
  return html`<tr>
      <td><${Time} at=${row.timestamp} /></td>
      <td>${inert(row.action_type)}</td>
      <td><${Badge} word=${row.status} /></td>
      <td>${inert(row.level)}</td>
      <td>${inert(row.user)}</td>
      <td>${inert(row.actor)}</td>
      <td><button type="button" aria-expanded=${String(open)} aria-label="Event ${row.sequence}"
        onClick=${() => set(!open)}>${open ? "Less" : "More"}</button></td>
    </tr>
    ${open && html`<tr><td colspan="7">
      <${Json} value=${row} label="Event ${row.sequence}" />
      <p class="buttons"><button type="button" disabled=${task.busy} onClick=${() => task.start()}>Prove it</button>
        <span role="status">${proven}</span></p>
      <${Problem} text=${task.problem} />
    </td></tr>`}`;
}

export function Audit() {
  const [at, set] = useState({ filter: {}, rows: null, next: null });
  const task = useTask(async (filter, before) => {
    const { rows, next } = await getPage("/api/audit-logs", { ...filter, limit: page, before });
    set({ filter, rows: before === undefined ? rows : [...at.rows, ...rows], next });
  });
  useEffect(() => {
    task.start({});
  }, []);
  return html`<${Filter} start=${(filter) => task.start(filter)} busy=${task.busy} />
    <${Problem} text=${task.problem} />
    ${at.rows && (at.rows.length
      ? html`<${Table} caption="Audit events, the latest first" columns=${["When", "Type", "Status", "Level", "User", "Actor", "Details"]}>
          ${at.rows.map((x) => html`<${Event} key=${x.sequence} row=${x} />`)}<//>`
      : at.next === null && html`<${Empty}>No event meets this filter.<//>`)}
    ${at.next !== null && html`<p class="buttons">
      <button type="button" disabled=${task.busy} onClick=${() => task.start(at.filter, at.next)}>Older</button>
      <span class="quiet">searched back to event ${at.next}</span></p>`}`;
}
