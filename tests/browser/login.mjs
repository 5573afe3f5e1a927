// The operator's page from another machine, in a real Chromium: over TLS, with a
// token, and with the owner secret for what is critical.
// node login.mjs '{"url": "https://localhost:PORT", "chromium": "/usr/bin/…",
//   "token": "cpt_…", "secret": "…", "action": "ID"}'
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import puppeteer from "puppeteer-core";

const told = JSON.parse(process.argv[2]);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const patience = { timeout: 30_000 };

const browser = await puppeteer.launch({
  executablePath: told.chromium,
  acceptInsecureCerts: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});

const says = (page, where, text) =>
  page.waitForFunction(
    (w, t) => [...document.querySelectorAll(w)].some((x) => x.innerText.includes(t)),
    patience, where, text);
const button = (page, label) =>
  page.waitForSelector(`::-p-aria([name="${label}"][role="button"])`, patience);

try {
  const page = await browser.newPage();
  await page.goto(`${told.url}/dashboard#/actions`);
  const field = await page.waitForSelector('input[type="password"]', patience);
  await page.evaluate(axe);
  const found = await page.evaluate(async () =>
    (await window.axe.run(document, { resultTypes: ["violations"] })).violations
      .map((x) => `${x.id}: ${x.nodes.map((n) => n.html).join(" | ")}`));
  assert.deepEqual(found, [], "accessible");
  await field.type("cpt_wrong");
  await (await button(page, "Log in")).click();
  await says(page, "main", "has not the form of one");
  await field.click({ count: 3 });
  await field.type(told.token);
  await Promise.all([page.waitForNavigation(patience),
    (await button(page, "Log in")).click()]);
  await says(page, "header", "live");
  // No script sees what lets us in.
  assert.equal(await page.evaluate(() => document.cookie), "");
  assert.equal(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage])), "[{},{}]");
  await says(page, "article", told.action);
  const approve = await page.waitForFunction(
    () => [...document.querySelectorAll("article button")].find((x) => x.innerText === "Approve…"), patience);
  await approve.click();
  const sure = await page.waitForSelector("article button.danger:not([disabled])", patience);
  await sure.click();
  const secret = await page.waitForSelector('article input[type="password"]', patience);
  await says(page, "article", "the owner secret is needed");
  await secret.type(told.secret);
  await (await page.waitForSelector("article button.danger:not([disabled])", patience)).click();
  await says(page, "main", "Nothing waits for approval.");
  await (await button(page, "Log out")).click();
  await page.waitForSelector('input[type="password"]', patience);
  console.log("ok");
} finally {
  await browser.close();
}
