import { html } from "../vendor/preact.js";
import { post, remove } from "../api.js";
import { refresh, useLive, useNow } from "../live.js";
import { Badge, Empty, Facts, Problem, Table, Time, useTask } from "../parts.js";
import { ago, clock, duration, inert, parseTime, secondsSince } from "../text.js";

const labelsOf = (x) =>
  Object.entries(x).map(([k, v]) => `${inert(k)}=${inert(v)}`).join(" ");

function Silence({ alert }) {
  const task = useTask(async (e) => {
    const form = Object.fromEntries(new FormData(e.target));
    await post("/api/alerts/silences", {
      matchers: [{ name: "alertname", value: alert.rule },
        ...Object.entries(alert.labels).map(([name, value]) => ({ name, value }))],
      duration_s: Number(form.duration_s),
      comment: form.comment,
    });
    refresh("alerts");
  });
  const submit = (e) => {
    e.preventDefault();
    task.start(e);
  };
  return html`<details><summary>Silence</summary>
    <form class="filter" onSubmit=${submit} aria-label="Silence ${inert(alert.summary)} (${labelsOf(alert.labels)})">
      <label>For <select name="duration_s">
        <option value="3600">1 hour</option><option value="14400">4 hours</option><option value="86400">1 day</option>
      </select></label>
      <label>Why <input name="comment" required maxlength="200" /></label>
      <button disabled=${task.busy}>Silence it</button>
    </form>
    <${Problem} text=${task.problem} />
  </details>`;
}

function Alert({ alert, now }) {
  const since = alert.firing_at ?? alert.active_at;
  return html`<article aria-labelledby="al-${alert.fingerprint}">
    <h3 id="al-${alert.fingerprint}">${inert(alert.summary)} <${Badge} word=${alert.state} />
      ${" "}<${Badge} word=${alert.severity} tone=${alert.severity === "critical" ? "bad" : "between"} /></h3>
    <${Facts} of=${[
      ["Rule", inert(alert.rule)],
      ["About", labelsOf(alert.labels)],
      ["Since", html`<${Time} at=${since} />`],
      ["For", duration(secondsSince(since, alert.resolved_at ? parseTime(alert.resolved_at) : now))],
      ["Cause", inert(alert.cause)],
      ["What to do", inert(alert.runbook)],
      ["Follows from", inert(alert.inhibited_by)],
      ["Silenced by", inert(alert.silenced_by)],
      ["Resolved", alert.resolved_at && ago(alert.resolved_at, now)],
    ]} />
    ${alert.state !== "resolved" && !alert.silenced_by && html`<${Silence} alert=${alert} />`}
  </article>`;
}

function EndSilence({ silence }) {
  const task = useTask(async () => {
    await remove(`/api/alerts/silences/${encodeURIComponent(silence.id)}`);
    refresh("alerts");
  });
  return html`<button type="button" disabled=${task.busy} aria-label="End silence ${silence.comment}"
      onClick=${() => task.start()}>End</button>
    <${Problem} text=${task.problem} />`;
}

const order = ["firing", "pending", "resolved"];

export function Alerts() {
  const { alerts, errors } = useLive("alerts");
  const now = useNow();
  if (!alerts) return html`<${Problem} text=${errors.alerts} />`;
  const sorted = [...alerts.alerts].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return html`<${Problem} text=${errors.alerts} />
    <section aria-labelledby="l-alerts"><h2 id="l-alerts">Now and lately</h2>
      ${sorted.length ? sorted.map((x) => html`<${Alert} key=${x.fingerprint} alert=${x} now=${now} />`)
        : html`<${Empty}>No alert is pending or fires.<//>`}</section>
    <section aria-labelledby="l-silences"><h2 id="l-silences">Silences</h2>
      ${alerts.silences.length ? html`<${Table} caption="Silences" columns=${["Of", "Until", "By", "Why", "End"]}>
        ${alerts.silences.map((x) => html`<tr key=${x.id}>
          <td>${x.matchers.map((m) => `${inert(m.name)}${m.negated ? "≠" : "="}${(m.values ?? [m.value]).map(inert).join("|")}`).join(" ")}</td>
          <td>${clock(x.ends_at)}</td><td>${inert(x.created_by)}</td><td>${inert(x.comment)}</td>
          <td><${EndSilence} silence=${x} /></td></tr>`)}<//>`
        : html`<${Empty}>Nothing is silenced.<//>`}</section>
    <section aria-labelledby="l-receivers"><h2 id="l-receivers">Receivers</h2>
      <${Table} caption="Receivers" columns=${["Name", "Type", "Delivered", "Failed", "Waiting", "Last success", "Trouble"]}>
        ${alerts.receivers.map((x) => html`<tr key=${x.name}>
          <th scope="row">${inert(x.name)}</th><td>${inert(x.type)}</td><td>${x.delivered}</td><td>${x.failed}</td>
          <td>${x.waiting}</td><td>${ago(x.last_success, now)}</td><td>${inert(x.trouble)}</td></tr>`)}<//></section>`;
}
