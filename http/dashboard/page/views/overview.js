import { html } from "../vendor/preact.js";
import { isFresh, useLive, useNow } from "../live.js";
import { Badge, Empty, Facts, Problem, named } from "../parts.js";
import { ago, duration, inert, secondsSince, until } from "../text.js";
import { Charts } from "./charts.js";

// Everything in the tree that does not run.
export const troubled = (node) =>
  node ? [...(node.state === "running" ? [] : [node]), ...node.children.flatMap(troubled)] : [];

// Good only where everything is known to be.
function judge({ status, tree, alerts, loadedAt }, now) {
  const old = ["status", "tree", "alerts"].find((x) => !isFresh(x, now));
  if (old)
    return { tone: "between", title: loadedAt[old]
      ? `Not known for ${duration((now - loadedAt[old]) / 1000)}` : "Not known yet" };
  const firing = alerts.alerts.filter((x) => x.state === "firing" && !x.silenced_by);
  if (status.degraded_because.length || firing.some((x) => x.severity === "critical"))
    return { tone: "bad", title: "Degraded" };
  if (troubled(tree).length || firing.length || status.notices.length)
    return { tone: "between", title: "Works, with something to look at" };
  return { tone: "good", title: "Everything works" };
}

function Verdict({ live, now }) {
  const { status } = live;
  const { tone, title } = judge(live, now);
  const causes = status ? [...status.degraded_because, ...status.notices] : [];
  return html`<section class="verdict ${tone}" aria-labelledby="verdict">
    <h2 id="verdict">${title}</h2>
    ${causes.length > 0 && html`<ul>${causes.map((x) => html`<li key=${x}>${inert(x)}</li>`)}</ul>`}
    ${status && html`<p>version ${status.version}, up ${duration(secondsSince(status.started_at, now))};
      audit log: ${inert(status.durability_note)}</p>`}
  </section>`;
}

const repairs = {
  starting: "it is starting",
  recovering: "it was restarted and has to prove itself",
  hung: "it will be abandoned and replaced",
  stopping: "it is being stopped",
  stopped: "it was stopped on purpose, or has ended",
};

// Why, since when, and whether it is being repaired.
function Repair({ node, now }) {
  return html`<li>
    <a href="#/tree/${node.path.split("/").map(encodeURIComponent).join("/")}">${inert(node.path)}</a> <${Badge} word=${node.state} />
    for ${duration(secondsSince(node.state_since, now))}
    ${node.last_exit && node.state !== "stopped" ? `: ${inert(node.last_exit.reason)}` : ""}
    ${"; "}${node.next_attempt ? `next attempt ${until(node.next_attempt, now)}` : repairs[node.state] ?? "no attempt is planned"}
  </li>`;
}

function Firing({ alerts, now }) {
  const firing = alerts.filter((x) => x.state === "firing");
  if (!firing.length) return html`<${Empty}>No alert fires.<//>`;
  return html`<ul class="plain">${firing.map(
    (x) => html`<li key=${x.fingerprint}>
      <${Badge} word=${x.severity} tone=${x.severity === "critical" ? "bad" : "between"} /> <a href="#/alerts">${inert(x.summary)}</a>, for ${duration(secondsSince(x.firing_at, now))}
      ${x.cause && html`<br /><small>${inert(x.cause)}</small>`}
    </li>`)}</ul>`;
}

function Waiting({ pending, now }) {
  if (!pending.length) return html`<${Empty}>Nothing waits for you.<//>`;
  return html`<ul class="plain">${pending.slice(0, 5).map(
    (x) => html`<li key=${x.id}>
      <${Badge} word=${x.security_level} /> <a href="#/actions">${named(x)}</a>,
      ${" "}asked ${ago(x.created_at, now)} by ${inert(x.requested_by)}
    </li>`)}
    ${pending.length > 5 && html`<li><a href="#/actions">and ${pending.length - 5} more</a></li>`}
  </ul>`;
}

const works = (all, good) => {
  const on = Object.values(all).filter((x) => x.enabled);
  return `${on.filter(good).length} of ${on.length} work`;
};

export function Overview() {
  const live = useLive("status", "tree", "alerts", "pending");
  const now = useNow();
  const { status, tree, alerts, pending } = live;
  const broken = troubled(tree);
  return html`
    ${[...new Set(["status", "tree", "alerts", "pending"].map((x) => live.errors[x]).filter(Boolean))]
      .map((x) => html`<${Problem} key=${x} text=${x} />`)}
    <${Verdict} live=${live} now=${now} />
    <div class="columns ${isFresh("status", now) ? "" : "stale"}">
      <section aria-labelledby="o-parts"><h2 id="o-parts">Parts</h2>
        ${status && html`<${Facts} of=${[
          ["Providers", works(status.providers, (x) => x.healthy)],
          ["Channels", works(status.channels, (x) => ["connected", "quiet"].includes(x.state))],
          ["Actions", `${status.pending_actions} wait, ${status.executing_actions} run`],
          ["Durability", status.durability],
        ]} />`}
        ${tree && (broken.length
          ? html`<ul class="plain">${broken.map((x) => html`<${Repair} key=${x.path} node=${x} now=${now} />`)}</ul>`
          : html`<${Empty}>Every actor runs.<//>`)}
      </section>
      <section aria-labelledby="o-alerts"><h2 id="o-alerts">Alerts</h2>
        ${alerts && html`<${Firing} alerts=${alerts.alerts} now=${now} />`}
      </section>
      <section aria-labelledby="o-waiting"><h2 id="o-waiting">Waits for approval</h2>
        ${pending && html`<${Waiting} pending=${pending} now=${now} />`}
      </section>
    </div>
    <${Charts} />`;
}
