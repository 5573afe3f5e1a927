// The operator's page in a real Chromium, against a real daemon:
// node dashboard.mjs '{"url": "http://127.0.0.1:PORT", "chromium": "/usr/bin/…"}'
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import puppeteer from "puppeteer-core";

const told = JSON.parse(process.argv[2]);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const views = ["overview", "tree", "actions", "services", "alerts", "audit"];
const patience = { timeout: 30_000 };

async function call(method, path, body) {
  const answer = await fetch(told.url + path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

const browser = await puppeteer.launch({
  executablePath: told.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});

// What a page must never do.
async function open(view, prepare = async () => {}) {
  const page = await browser.newPage();
  page.troubles = [];
  page.on("console", (m) => m.type() === "error" && page.troubles.push(m.text()));
  page.on("pageerror", (e) => page.troubles.push(String(e)));
  page.on("dialog", (d) => {
    page.troubles.push(`dialog: ${d.message()}`);
    d.dismiss();
  });
  page.on("request", (r) => {
    if (!r.url().startsWith(told.url) && !r.url().startsWith("data:"))
      page.troubles.push(`a request to ${r.url()}`);
  });
  await prepare(page);
  await page.goto(`${told.url}/dashboard#/${view}`);
  await page.waitForSelector("main h1", patience);
  await says(page, "header", "live");
  return page;
}

async function close(page) {
  assert.deepEqual(page.troubles, []);
  await page.close();
}

const textOf = (page, where) => page.$eval(where, (x) => x.innerText);
const says = (page, where, text) =>
  page.waitForFunction(
    (w, t) => [...document.querySelectorAll(w)].some((x) => x.innerText.includes(t)),
    patience, where, text);
const gone = (page, where, text) =>
  page.waitForFunction(
    (w, t) => ![...document.querySelectorAll(w)].some((x) => x.innerText.includes(t)),
    patience, where, text);
const button = (page, label) =>
  page.waitForSelector(`::-p-aria([name="${label}"][role="button"])`, patience);

async function accessible(page, what) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () =>
    (await window.axe.run(document, { resultTypes: ["violations"] })).violations
      .map((x) => `${x.id}: ${x.nodes.map((n) => n.html).join(" | ").slice(0, 400)}`));
  assert.deepEqual(found, [], what);
}

const tests = {
  async "what is hostile is shown and does nothing"() {
    const made = await call("POST", "/api/actions", {
      action_type: "file_operation",
      parameters: {
        operation: "delete",
        path: "/etc/\u202edwssap",
        note: "<img src=x onerror=alert(1)><script>alert(2)</script>\u001b[31m",
      },
    });
    const page = await open("actions");
    await says(page, "article pre", "/etc/\\u{202E}dwssap");
    await says(page, "article pre", "<script>alert(2)</script>");
    assert.equal(await page.$$eval("article img, article script", (x) => x.length), 0);
    await page.goto(`${told.url}/dashboard#/audit`);
    await says(page, "tbody tr", "file_operation");
    await (await page.waitForSelector("tbody button", patience)).click();
    await says(page, "tbody pre", "\\u{202E}");
    await close(page);
    await call("POST", `/api/actions/${made.action_id}/approve`, { approved: false });
  },

  async "an approval by keyboard runs what was shown"() {
    const made = await call("POST", "/api/actions", {
      action_type: "config_change",
      parameters: { key: "log.level", value: "debug" },
    });
    const { digest } = await call("GET", `/api/actions/${made.action_id}`);
    const page = await open("actions");
    await says(page, "article pre", '"value": "debug"');
    await (await button(page, `Approve config_change ${digest.slice(0, 8)}`)).focus();
    // A key that is held down is one decision.
    for (let i = 0; i < 20; ++i) await page.keyboard.down("Enter");
    // The focus is now on the button that confirms.
    await page.waitForFunction(
      (d) => document.activeElement.innerText === `Approve config_change ${d}`,
      patience, digest.slice(0, 8));
    for (let i = 0; i < 20; ++i) await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
    assert.equal((await call("GET", `/api/actions/${made.action_id}`)).status, "pending");
    await page.keyboard.press("Enter");
    await gone(page, "article", digest);
    const after = await call("GET", `/api/actions/${made.action_id}`);
    assert.equal(after.status, "completed");
    await close(page);
  },

  async "a rejection keeps it from running"() {
    const made = await call("POST", "/api/actions", {
      action_type: "config_change",
      parameters: { key: "log.level", value: "trace" },
    });
    const { digest } = await call("GET", `/api/actions/${made.action_id}`);
    const page = await open("actions");
    await (await button(page, `Reject config_change ${digest.slice(0, 8)}`)).click();
    await says(page, "article", "It will never run.");
    await (await page.waitForSelector("article .buttons button:enabled:focus", patience)).click();
    await gone(page, "article", digest);
    assert.equal((await call("GET", `/api/actions/${made.action_id}`)).status, "rejected");
    await close(page);
  },

  async "a restart appears by its event, with its cause"() {
    const path = "root/monitoring/health";
    const page = await open("tree", (p) =>
      // Without the page's own polling, only the event can tell.
      p.evaluateOnNewDocument(() => {
        const real = window.setInterval;
        window.setInterval = (f, ms) => (ms === 5000 ? 0 : real(f, ms));
      }));
    await page.waitForSelector(`[data-path="${path}"]`, patience);
    assert.ok(!(await textOf(page, `[data-path="${path}"]`)).includes("restart"));
    const begun = performance.now();
    await call("POST", "/api/supervision/fault", { path, kind: "throw" });
    await says(page, `[data-path="${path}"]`, "1 restart");
    console.log(`a restart appeared after ${Math.round(performance.now() - begun)} ms`);
    await page.click(`[data-path="${path}"]`);
    await says(page, ".details", "threw: injected fault");
    await says(page, ".history", "exited");
    // So is the alert, at its node.
    await says(page, `[data-path="${path}"]`, "ended unplanned");
    await says(page, ".details", "ActorCrashed");
    await close(page);
  },

  async "an alert is silenced and heard again"() {
    const page = await open("alerts");
    await says(page, "article", "ActorCrashed");
    await page.evaluate(() => {
      for (const x of document.querySelectorAll("article"))
        if (x.innerText.includes("ActorCrashed")) x.querySelector("details").open = true;
    });
    await page.type('form[aria-label^="Silence root/monitoring/health"] input', "known, on purpose");
    await page.keyboard.press("Enter");
    await says(page, "td", "known, on purpose");
    await says(page, "article", "Silenced by");
    await (await button(page, "End silence known, on purpose")).click();
    await says(page, "section", "Nothing is silenced.");
    await close(page);
  },

  async "an event is proven in the page, and an altered one is not"() {
    let alter = false;
    const page = await open("audit", async (p) => {
      await p.setRequestInterception(true);
      p.on("request", async (r) => {
        if (!alter || !r.url().includes("/proof/inclusion")) return r.continue();
        const proof = await (await fetch(r.url())).json();
        proof.event = proof.event.replace('"status":"', '"status":"not ');
        return r.respond({ contentType: "application/json", body: JSON.stringify(proof) });
      });
    });
    await (await page.waitForSelector("tbody button", patience)).click();
    await (await button(page, "Prove it")).click();
    await says(page, "tbody [role=status]", "computed in this page");
    alter = true;
    await (await button(page, "Prove it")).click();
    await says(page, "tbody [role=alert]", "was altered");
    assert.equal(await textOf(page, "tbody [role=status]"), "");
    await close(page);
  },

  async "events are found by what is asked"() {
    const page = await open("audit");
    await page.waitForSelector("tbody tr", patience);
    await page.type("input[name=status]", "rejected");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => {
      const shown = [...document.querySelectorAll("tbody tr .badge")];
      return shown.length > 0 && shown.every((x) => x.innerText === "rejected");
    }, patience);
    await page.type("input[name=q]", "no event has this");
    await page.keyboard.press("Enter");
    await says(page, "main", "No event meets this filter.");
    await close(page);
  },

  async "the last hour is plotted"() {
    const page = await open("overview");
    await page.waitForSelector(".plot canvas", patience);
    await says(page, "figcaption", "Resident memory");
    // The curve's colour; axes and grid are grey.
    const drawn = await page.$eval(".plot canvas", (x) => {
      const { data } = x.getContext("2d").getImageData(0, 0, x.width, x.height);
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] > 200 && data[i + 2] - data[i] > 80) return true;
      return false;
    });
    assert.ok(drawn);
    await close(page);
  },

  async "a page that hears nothing says so, and says nothing is well"() {
    const page = await open("overview");
    await says(page, ".verdict h2", "Works, with something to look at");
    await page.setOfflineMode(true);
    await says(page, "header", "lost");
    await says(page, ".verdict h2", "Not known for");
    await says(page, "[role=alert]", "the daemon does not answer");
    await page.setOfflineMode(false);
    await says(page, ".verdict h2", "Works, with something to look at");
    await says(page, "header", "live");
    await page.close();
  },

  async "numbers are shown as they were sent"() {
    const parameters = '{"key": "log.level", "value": "info", "n": 9007199254740993, "x": 0.10}';
    const answer = await fetch(`${told.url}/api/actions`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: `{"action_type": "config_change", "parameters": ${parameters}}`,
    });
    const { action_id } = await answer.json();
    const page = await open("actions");
    await says(page, "article pre", "9007199254740993");
    await close(page);
    await call("POST", `/api/actions/${action_id}/approve`, { approved: false });
  },

  async "each view is accessible, light and dark, wide and narrow"() {
    // With everything on it that there can be.
    await call("POST", "/api/actions", {
      action_type: "config_change",
      parameters: { key: "log.level", value: "warn" },
    });
    const wide = { actions: "article pre", services: "table", alerts: "article", audit: "tbody tr",
      tree: "[data-path=root]", overview: ".plot canvas" };
    for (const view of views)
      for (const [scheme, width] of [["light", 1280], ["dark", 360]]) {
        const page = await open(view, async (p) => {
          await p.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
          await p.setViewport({ width, height: 800 });
        });
        await page.waitForSelector(`main ${wide[view]}`, patience);
        // Open what can be opened.
        await page.evaluate(() => {
          for (const x of document.querySelectorAll("details")) x.open = true;
          for (const x of document.querySelectorAll('tbody button[aria-expanded="false"], [data-path="root"]'))
            x.click();
          [...document.querySelectorAll("article button")].find((x) => x.innerText === "Approve…")?.click();
        });
        if (view === "actions") await says(page, "article .buttons", "Exactly what is shown");
        if (view === "tree") await page.waitForSelector(".details .facts", patience);
        await accessible(page, `${view}, ${scheme}, ${width}`);
        const overflows = await page.evaluate(
          () => document.documentElement.scrollWidth > document.documentElement.clientWidth);
        assert.equal(overflows, false, `${view} is wider than ${width}`);
        await close(page);
      }
  },
};

try {
  for (const [name, test] of Object.entries(tests)) {
    await test().catch((e) => {
      e.message = `${name}: ${e.message}`;
      throw e;
    });
    console.log(`ok: ${name}`);
  }
} finally {
  await browser.close();
}
