import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { post, showsExactNumbers } from "../api.js";
import { refresh, useLive, useNow } from "../live.js";
import { Badge, Empty, Facts, Json, Problem, Table, Time, named, useTask } from "../parts.js";
import { ago, inert } from "../text.js";

// A key that is held down, or a second click of a double one, decides nothing.
const pause_ms = 500;

function Confirm({ sure, what, task, back, secret }) {
  const button = useRef(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setReady(true), pause_ms);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    if (ready) button.current.focus();
  }, [ready]);
  return html`<p class="buttons">
      <span>${sure ? "Exactly what is shown above will run." : "It will never run."}</span>
      <button type="button" class=${sure ? "danger" : ""} disabled=${!ready || task.busy} ref=${button}
        onKeyDown=${(e) => e.repeat && e.preventDefault()}
        onClick=${() => task.start(sure)}>${sure ? "Approve" : "Reject"} ${what}</button>
      <button type="button" disabled=${task.busy} onClick=${back}>Back</button>
    </p>
    ${sure && secret && html`<p><label>Owner secret
      <input type="password" autocomplete="off" ref=${secret} /></label></p>`}
    <${Problem} text=${task.problem} />`;
}

function Decision({ action }) {
  const [sure, setSure] = useState(null);
  const first = useRef(null);
  const secret = useRef(null);
  const [asksSecret, setAsksSecret] = useState(false);
  const task = useTask(async (approved) => {
    try {
      await post(`/api/actions/${action.id}/approve`, {
        approved,
        // Of what is shown here, whatever waits under this id by now.
        confirm: action.digest,
        ...(approved && secret.current ? { owner_secret: secret.current.value } : {}),
      });
    } catch (e) {
      setAsksSecret(asksSecret || e.wantsOwnerSecret);
      throw e;
    }
    refresh("actions");
    // Its article goes with this; the focus must not go with it.
    await refresh("pending");
    document.getElementById("pending")?.focus();
  });
  const what = `${action.action_type} ${action.digest.slice(0, 8)}`;
  if (sure !== null)
    return html`<${Confirm} key="confirm" sure=${sure} what=${what} task=${task} secret=${asksSecret && secret} back=${() => {
      setSure(null);
      setTimeout(() => first.current?.focus());
    }} />`;
  return html`<p class="buttons" key="choose">
      <button type="button" ref=${first} onClick=${() => setSure(true)} aria-label="Approve ${what}">Approve…</button>
      <button type="button" onClick=${() => setSure(false)} aria-label="Reject ${what}">Reject…</button>
    </p>`;
}

function Pending({ action, now }) {
  return html`<article aria-labelledby="a-${action.id}">
    <h3 id="a-${action.id}">${named(action)} <${Badge} word=${action.security_level} /></h3>
    <${Facts} of=${[
      ["Asked", ago(action.created_at, now)],
      ["By", inert(action.requested_by)],
      ["Says it is", inert(action.claimed_user)],
      ["Id", inert(action.id)],
      ["Digest", html`<code>${inert(action.digest)}</code>`],
    ]} />
    <p>What will run:</p>
    <${Json} value=${action.parameters} label="Parameters of ${action.action_type}" />
    <${Decision} action=${action} />
  </article>`;
}

function Row({ action }) {
  const [open, set] = useState(false);
  return html`<tr>
      <td><${Time} at=${action.created_at} /></td>
      <td>${named(action)}</td>
      <td><${Badge} word=${action.status} /></td>
      <td>${inert(action.security_level)}</td>
      <td>${inert(action.requested_by)}</td>
      <td><button type="button" aria-expanded=${String(open)} aria-label="Details of ${action.id}"
        onClick=${() => set(!open)}>${open ? "Less" : "More"}</button></td>
    </tr>
    ${open && html`<tr><td colspan="6">
      ${action.error && html`<${Problem} text=${action.error} />`}
      <${Json} value=${action} label="Action ${action.id}" />
    </td></tr>`}`;
}

export function Actions() {
  const { pending, actions, errors } = useLive("pending", "actions");
  const now = useNow();
  return html`<${Problem} text=${errors.pending ?? errors.actions} />
    <section aria-labelledby="pending"><h2 id="pending" tabindex="-1">Waits for you</h2>
      ${!showsExactNumbers && html`<${Problem} text="This browser rounds numbers beyond 2^53 in what is shown; closedpaw actions show tells them exactly." />`}
      ${pending && (pending.length
        ? pending.map((x) => html`<${Pending} key=${x.id} action=${x} now=${now} />`)
        : html`<${Empty}>Nothing waits for approval.<//>`)}
    </section>
    <section aria-labelledby="latest"><h2 id="latest">Latest</h2>
      ${actions && (actions.length
        ? html`<${Table} caption="The latest actions" columns=${["Asked", "Action", "Status", "Level", "By", "Details"]}>
            ${actions.map((x) => html`<${Row} key=${x.id} action=${x} />`)}<//>`
        : html`<${Empty}>There was no action yet.<//>`)}
    </section>`;
}
