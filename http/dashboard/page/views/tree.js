import { html, useEffect, useState } from "../vendor/preact.js";
import { getPage } from "../api.js";
import { useLive, useNow } from "../live.js";
import { Badge, Empty, Facts, Problem, Time } from "../parts.js";
import { ago, clock, counted, duration, inert, secondsSince, until } from "../text.js";

const exitText = (x) =>
  x ? `${inert(x.reason)}, ${clock(x.at)}` : "none";

// Its own events: the search also finds those of its children.
async function historyOf(path, most = 20) {
  let page = { next: undefined };
  const rows = [];
  for (let pages = 0; pages < 10 && rows.length < most && page.next !== null; ++pages) {
    page = await getPage("/api/audit-logs",
      { action_type: "supervision", q: path, limit: 100, before: page.next });
    rows.push(...page.rows.filter((x) => x.details?.path === path));
  }
  return { rows: rows.slice(0, most), searched: page.next };
}

function History({ path, since }) {
  const [at, set] = useState({ rows: null, searched: null, problem: "" });
  useEffect(() => {
    let gone = false;
    const load = () => historyOf(path)
      .then((x) => gone || set({ ...x, problem: "" }))
      .catch((e) => gone || set({ rows: null, searched: null, problem: e.message }));
    load();
    // The change is told before its event is in the log.
    const again = setTimeout(load, 1500);
    return () => {
      gone = true;
      clearTimeout(again);
    };
  }, [path, since]);
  if (at.problem) return html`<${Problem} text=${at.problem} />`;
  if (!at.rows) return html`<p>Reading the audit log…</p>`;
  if (!at.rows.length)
    return html`<${Empty}>${at.searched === null ? "The audit log has nothing about it."
      : `Nothing about it since event ${at.searched}.`}<//>`;
  return html`<ol class="history">${at.rows.map(
    (x) => html`<li key=${x.sequence}>
      <${Time} at=${x.timestamp} /> <${Badge} word=${x.status} />
      ${" "}${Object.entries(x.details ?? {}).filter(([k]) => k !== "path")
        .map(([k, v]) => `${k.replaceAll("_", " ")}: ${inert(typeof v === "string" ? v : JSON.stringify(v))}`).join("; ")}
    </li>`)}</ol>`;
}

// Nobody is told of it.
const isQuiet = (x) => x.silenced_by || x.inhibited_by;

function NodeDetails({ node, now }) {
  const said = node.last_exchange;
  return html`<div class="details">
    <${Facts} of=${[
      ["State", html`<${Badge} word=${node.state} /> for ${duration(secondsSince(node.state_since, now))}`],
      ...node.alerts.map((x) => [x.rule, `${inert(x.summary)}, since ${clock(x.since)}${x.cause ? `: ${inert(x.cause)}` : ""}${x.silenced_by ? ", silenced" : ""}${x.inhibited_by ? `, follows from ${inert(x.inhibited_by)}` : ""}; ${inert(x.runbook)}`]),
      ["Last proof", said && `${said.ok ? "" : "failed: "}${inert(said.detail)}, ${ago(said.at, now)}`],
      ["Last exit", exitText(node.last_exit)],
      ["Next attempt", node.next_attempt && until(node.next_attempt, now)],
      ["Restarts", `${node.restarts}, ${node.ineffective_restarts} of them without effect`],
      ["Last recovery took", node.last_recovery_ms !== null && `${node.last_recovery_ms} ms`],
      ["Budget", `${node.intensity.used} of ${node.intensity.limit} within ${node.intensity.period_s} s`],
      ["Restart", inert(node.restart)],
      ["Strategy", inert(node.strategy ?? "")],
      ["Mailbox", `${node.mailbox.depth} waiting, the oldest for ${node.mailbox.oldest_ms} ms`],
      ["Messages", `${node.messages}, busy for ${duration(node.busy_ms / 1000)} in all`],
    ]} />
    <h2>History</h2>
    <${History} path=${node.path} since=${node.state_since} />
  </div>`;
}

function Node({ node, now, open, toggle }) {
  const shown = open.has(node.path);
  const id = `node-${node.path}`;
  return html`<li>
    <button type="button" class="node ${node.state === "running" && node.alerts.every(isQuiet) ? "" : "troubled"}"
      aria-expanded=${String(shown)} aria-controls=${shown ? id : null}
      data-path=${node.path} onClick=${() => toggle(node.path)}>
      <span class="name">${inert(node.id)}</span>
      <${Badge} word=${node.state} />
      ${node.restarts > 0 && html`<span class="quiet">${counted(node.restarts, "restart", "restarts")}</span>`}
      ${node.mailbox.depth > 0 && html`<span class="quiet">${node.mailbox.depth} in the mailbox</span>`}
      ${node.state !== "running" && html`<span class="cause">${inert(node.last_exit?.reason ?? node.last_exchange?.detail)}</span>`}
      ${node.alerts.map((x) => html`<span class="cause" key=${x.rule}>${inert(x.summary)}</span>`)}
    </button>
    ${shown && html`<div id=${id}><${NodeDetails} node=${node} now=${now} /></div>`}
    ${node.children.length > 0 && html`<ul class="tree">${node.children.map(
      (x) => html`<${Node} key=${x.path} node=${x} now=${now} open=${open} toggle=${toggle} />`)}</ul>`}
  </li>`;
}

export function Tree({ place }) {
  const { tree, errors } = useLive("tree");
  const now = useNow();
  const [open, setOpen] = useState(new Set(place ? [place] : []));
  useEffect(() => {
    if (place) setOpen(new Set([...open, place]));
  }, [place]);
  useEffect(() => {
    if (place && tree)
      document.querySelector(`[data-path="${CSS.escape(place)}"]`)?.scrollIntoView({ block: "center" });
  }, [place, Boolean(tree)]);
  const toggle = (path) => {
    const next = new Set(open);
    if (!next.delete(path)) next.add(path);
    setOpen(next);
  };
  return html`<${Problem} text=${errors.tree} />
    <p>Every actor, under the supervisor that restarts it. Open one to see its history.</p>
    ${tree && html`<ul class="tree root"><${Node} node=${tree} now=${now} open=${open} toggle=${toggle} /></ul>`}`;
}
