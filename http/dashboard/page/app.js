import { html, render, useEffect, useRef, useState } from "./vendor/preact.js";
import { connect, isFresh, useLive, useNow } from "./live.js";
import { duration } from "./text.js";
import { logIn, logOut } from "./api.js";
import { Badge, Problem, useTask } from "./parts.js";
import { Overview } from "./views/overview.js";
import { Tree } from "./views/tree.js";
import { Actions } from "./views/actions.js";
import { Audit } from "./views/audit.js";
import { Services } from "./views/services.js";
import { Alerts } from "./views/alerts.js";

const views = {
  overview: ["Overview", Overview],
  tree: ["Supervision", Tree],
  actions: ["Actions", Actions],
  services: ["Services", Services],
  alerts: ["Alerts", Alerts],
  audit: ["Audit", Audit],
};

const placeOf = () => {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  if (!Object.hasOwn(views, name)) return { name: "overview", rest: "" };
  try {
    return { name, rest: rest.map(decodeURIComponent).join("/") };
  } catch {
    return { name, rest: "" };
  }
};

function usePlace() {
  const [place, set] = useState(placeOf());
  useEffect(() => {
    const moved = () => {
      set(placeOf());
      document.querySelector("main")?.focus();
    };
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return place;
}

// What every page shows: whether what it shows is true now.
function Connection() {
  const live = useLive("status");
  const now = useNow();
  const heard = live.loadedAt.status;
  const word = isFresh("status", now) ? (live.streaming ? "live" : "polling") : heard ? "lost" : "connecting";
  return html`<span class="connection">
    <span role="status"><${Badge} word=${word} /></span>
    ${word === "lost" ? ` what you see is ${duration((now - heard) / 1000)} old` : ""}
  </span>`;
}

const count = (n) => (n ? html`<span class="count">${n}</span>` : null);

function Navigation({ at }) {
  const live = useLive("pending", "alerts");
  const counts = {
    actions: live.pending?.length,
    alerts: live.alerts?.alerts.filter((x) => x.state === "firing").length,
  };
  return html`<nav aria-label="Views">
    <ul>
      ${Object.entries(views).map(
        ([name, [title]]) => html`<li key=${name}>
          <a href="#/${name}" aria-current=${at === name ? "page" : null}>${title}${count(counts[name])}</a>
        </li>`)}
    </ul>
  </nav>`;
}

function Login() {
  const token = useRef(null);
  const task = useTask(async () => {
    await logIn(token.current.value.trim());
    location.reload();
  });
  return html`<main id="main" tabindex="-1"><h1>ClosedPaw</h1>
    <form onSubmit=${(e) => {
      e.preventDefault();
      task.start();
    }}>
      <p>You come from another machine. <code>closedpaw tokens create</code> on the daemon's own makes a token.</p>
      <p><label>Token <input type="password" autocomplete="off" required ref=${token} /></label>
        <button disabled=${task.busy}>Log in</button></p>
    </form>
    <${Problem} text=${task.problem} /></main>`;
}

function LogOut() {
  const task = useTask(async () => {
    await logOut();
    location.reload();
  });
  return location.protocol === "https:" &&
    html`<button type="button" disabled=${task.busy} onClick=${() => task.start()}>Log out</button>`;
}

function App() {
  const { stranger } = useLive();
  return stranger ? html`<${Login} />` : html`<${Page} />`;
}

function Page() {
  const place = usePlace();
  const [title, View] = views[place.name];
  useEffect(() => {
    document.title = `${title} – ClosedPaw`;
  }, [title]);
  return html`<a class="skip" href="#main" onClick=${(e) => {
      e.preventDefault();
      document.querySelector("main").focus();
    }}>Skip to content</a>
    <header>
      <strong>ClosedPaw</strong>
      <${Navigation} at=${place.name} />
      <${Connection} />
      <${LogOut} />
    </header>
    <main id="main" tabindex="-1">
      <h1>${title}</h1>
      <${View} place=${place.rest} />
    </main>`;
}

connect();
render(html`<${App} />`, document.getElementById("app"));
