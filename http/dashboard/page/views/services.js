import { html } from "../vendor/preact.js";
import { post } from "../api.js";
import { refresh, useLive, useNow } from "../live.js";
import { Badge, Empty, Problem, Table, useTask } from "../parts.js";
import { ago, bytes, duration, inert, until } from "../text.js";

function Check({ name }) {
  const task = useTask(async () => {
    await post(`/api/providers/${encodeURIComponent(name)}/check`);
    refresh("status");
  });
  return html`<button type="button" disabled=${task.busy} aria-label="Check ${name} now"
      onClick=${() => task.start()}>Check now</button>
    <${Problem} text=${task.problem} />`;
}

function Providers({ of, now }) {
  const names = Object.keys(of);
  if (!names.length) return html`<${Empty}>None is configured.<//>`;
  return html`<${Table} caption="Providers" columns=${["Name", "State", "Last success", "Trouble", "Next probe", "Latency p50, p95", "Now", "Tokens", "Check"]}>
    ${names.map((name) => {
      const x = of[name];
      return html`<tr key=${name}>
        <th scope="row">${inert(name)} <small>${inert(x.type)}</small></th>
        <td><${Badge} word=${x.state} tone=${x.healthy ? "good" : x.enabled ? "bad" : "between"} /></td>
        <td>${ago(x.last_success, now)}</td>
        <td>${x.last_error ? inert(x.last_error.message) : ""}${x.down_since ? `, since ${ago(x.down_since, now)}` : ""}</td>
        <td>${x.next_probe ? until(x.next_probe, now) : ""}</td>
        <td>${x.latency_p50_ms} ms, ${x.latency_p95_ms} ms</td>
        <td>${x.in_flight} run, ${x.queued} wait</td>
        <td>${x.prompt_tokens} in, ${x.completion_tokens} out</td>
        <td>${x.enabled && html`<${Check} name=${name} />`}</td>
      </tr>`;
    })}<//>`;
}

function Channels({ of, now }) {
  const names = Object.keys(of);
  if (!names.length) return html`<${Empty}>None is configured.<//>`;
  return html`<${Table} caption="Channels" columns=${["Name", "State", "Since", "Trouble", "Last proof", "Messages", "Reconnects", "Backlog"]}>
    ${names.map((name) => {
      const x = of[name];
      return html`<tr key=${name}>
        <th scope="row">${inert(name)} <small>${inert(x.type)}</small></th>
        <td><${Badge} word=${x.state} /></td>
        <td>${ago(x.since, now)}</td>
        <td>${inert(x.why ?? x.last_error?.message ?? x.last_error ?? "")}</td>
        <td>${inert(x.last_exchange_text)} ${x.last_exchange ? ago(x.last_exchange, now) : ""}</td>
        <td>${x.messages_in} in, ${x.messages_out} out, ${x.refused} refused</td>
        <td>${x.reconnects}</td>
        <td>${x.backlog}</td>
      </tr>`;
    })}<//>`;
}

function Agents({ of, now }) {
  if (!of.length) return html`<${Empty}>No agent runs.<//>`;
  return html`<${Table} caption="Agents" columns=${["Id", "Skill", "State", "Runtime", "Created", "CPU", "Memory", "Requests", "End"]}>
    ${of.map((x) => html`<tr key=${x.id}>
        <th scope="row"><code>${inert(x.id.slice(-8))}</code></th>
        <td>${inert(x.skill_id)}</td>
        <td><${Badge} word=${x.state} /></td>
        <td>${inert(x.runtime)}</td>
        <td>${ago(x.created_at, now)}</td>
        <td>${duration(x.usage.cpu_seconds ?? 0)}</td>
        <td>${bytes(x.usage.memory_bytes ?? 0)} of ${bytes(x.limits.memory_bytes)}</td>
        <td>${x.requests}${x.busy ? ", one runs" : ""}</td>
        <td>${x.end && `${inert(x.end.cause)}: ${inert(x.end.why)}`}</td>
      </tr>`)}<//>`;
}

export function Services() {
  const { status, channels, agents, errors } = useLive("status", "channels", "agents");
  const now = useNow();
  return html`
    <section aria-labelledby="providers"><h2 id="providers">Providers</h2>
      <${Problem} text=${errors.status} />
      ${status && html`<${Providers} of=${status.providers} now=${now} />`}</section>
    <section aria-labelledby="channels"><h2 id="channels">Channels</h2>
      <${Problem} text=${errors.channels} />
      ${channels && html`<${Channels} of=${channels} now=${now} />`}</section>
    <section aria-labelledby="agents"><h2 id="agents">Agents</h2>
      <${Problem} text=${errors.agents} />
      ${agents && html`<${Agents} of=${agents} now=${now} />`}</section>`;
}
