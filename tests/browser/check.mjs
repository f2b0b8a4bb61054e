// Opens the pages of `--format html` in a real Chromium: each has to be drawn without an error and
// without a request, to be whole without script, to be used by keyboard, and to pass axe-core. What
// is seen is left as pictures, light and dark.
//
// node check.mjs CHROMIUM PAGES PICTURES

import { mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

const [chromium, pages, pictures] = process.argv.slice(2);
const SCHEMES = ["light", "dark"];
// How long the largest page may take to open, in milliseconds: the best of a few tries.
const OPENS_WITHIN = 1_000;
// Pages of which all that can be unfolded is more than axe-core goes through in a minute.
const FOLDED = ["large", "hundred", "many-findings"];
// Pages that are too long to be drawn as a whole, or to be walked through.
const LARGE = ["large", "hostile", "hostile-several", "hundred", "many-findings"];

const faults = [];
const fault = (page, what) => {
  faults.push(`${page}: ${what}`);
  console.log(`  FAULT ${what}`);
};

/** A tab that notes whatever a page may not do. */
async function tab(browser, name) {
  const opened = await browser.newPage();
  await opened.setViewport({ width: 1280, height: 900 });
  opened.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warn") fault(name, `console: ${message.text()}`);
  });
  opened.on("pageerror", (error) => fault(name, `script: ${error.message}`));
  opened.on("dialog", async (dialog) => {
    fault(name, `dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  opened.on("request", (request) => {
    if (!request.url().startsWith("file:") || request.resourceType() !== "document") {
      fault(name, `request: ${request.url().slice(0, 100)}`);
    }
  });
  return opened;
}

const openAll = (opened) =>
  opened.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));

/** No name of the tree has become a part of the page. */
async function isInert(opened, name) {
  const ran = await opened.evaluate(() => window.ran);
  if (ran !== undefined) fault(name, `a name ran: ${ran}`);
  const foreign = await opened.evaluate(() => document.querySelectorAll("img, iframe, object, embed, base, form").length);
  if (foreign !== 0) fault(name, `${foreign} elements that the page does not have`);
  const schemas = await opened.evaluate(() =>
    [JSON.parse(document.getElementById("report").textContent)].flat().map((report) => report.schema));
  for (const schema of schemas) {
    if (schema !== "sensortree-report/1") fault(name, `the embedded report is ${schema}`);
  }
}

async function passesAxe(opened, name) {
  await opened.evaluate(axe.source);
  const { violations } = await opened.evaluate(() => window.axe.run());
  for (const { id, help, nodes } of violations) {
    fault(name, `axe ${id}: ${help}: ${nodes.slice(0, 2).map((node) => node.html.slice(0, 120)).join(" | ")}`);
  }
}

const focused = (opened) =>
  opened.evaluate(() => {
    const element = document.activeElement;
    const { width, height } = element.getBoundingClientRect();
    const outline = getComputedStyle(element).outlineStyle;
    return { tag: element.tagName.toLowerCase(), kind: element.className, seen: width > 0 && height > 0, outline };
  });

/** Goes through a page by keyboard: everything is reached and seen, and what can be done is done. */
async function keyboard(opened, name) {
  await opened.evaluate(() => document.activeElement.blur());
  const wanted = await opened.evaluate(
    () => [...document.querySelectorAll("a[href], button:not([hidden]), summary, input, [tabindex='0']")]
      .filter((element) => element.checkVisibility()).length,
  );
  const met = [];
  for (let at = 0; at < wanted; at += 1) {
    await opened.keyboard.press("Tab");
    met.push(await focused(opened));
  }
  if (!met[0].kind.includes("skip")) fault(name, `the first that is reached is ${JSON.stringify(met[0])}`);
  for (const { tag, kind, seen, outline } of met) {
    if (tag === "body") fault(name, "the focus is lost on the way");
    if (!seen || outline === "none") fault(name, `the focus on ${tag}.${kind} is not seen`);
  }
  const scene = await opened.$("details.scene");
  if (!scene) return;
  await opened.evaluate(() => { document.querySelector("details.scene").open = false; });
  await (await scene.$("summary")).focus();
  await opened.keyboard.press("Enter");
  if (!(await scene.evaluate((details) => details.open))) fault(name, "Enter opens no scene");
  await (await scene.$(".scrolls")).focus();
  await opened.keyboard.press("Home");
  await opened.keyboard.press("ArrowRight");
  const read = await scene.$eval(".reading", (reading) => reading.textContent);
  if (!/\d/.test(read)) fault(name, `the arrow keys read ${JSON.stringify(read)}`);
}

/** The table in front leads to each dataset, which opens, and whose scenes can be read. */
async function datasets(opened, name) {
  const links = await opened.$$("table.datasets a");
  if (links.length === 0) fault(name, "the table leads nowhere");
  for (const link of links) {
    const id = await link.evaluate((anchor) => anchor.hash.slice(1));
    await link.focus();
    await opened.keyboard.press("Enter");
    await opened.waitForFunction((id) => document.getElementById(id).open, { timeout: 5_000 }, id)
      .catch(() => fault(name, `Enter on the link to ${id} does not open it`));
    const { kind, within } = await opened.evaluate((id) => ({
      kind: document.activeElement.tagName, within: document.getElementById(id).contains(document.activeElement),
    }), id);
    if (kind !== "SUMMARY" || !within) fault(name, `behind the link to ${id} the focus is on ${kind}`);
    // A cell of the map leads to a scene of the same dataset, which opens.
    const cell = await opened.$(`#${id} svg.map a`);
    if (!cell) continue;
    const scene = await cell.evaluate((anchor) => anchor.getAttribute("href").slice(1));
    if (!scene.startsWith(`${id}-scene-`)) fault(name, `a cell of ${id} leads to ${scene}`);
    await opened.evaluate((scene) => { document.getElementById(scene).open = false; }, scene);
    await cell.evaluate((anchor) => anchor.focus());
    await opened.keyboard.press("Enter");
    await opened.waitForFunction((scene) => document.getElementById(scene).open, { timeout: 5_000 }, scene)
      .catch(() => fault(name, `Enter on a cell does not open ${scene}`));
    await (await opened.$(`#${scene} .scrolls`)).focus();
    await opened.keyboard.press("End");
    const read = await opened.$eval(`#${scene} .reading`, (reading) => reading.textContent);
    if (!/\d/.test(read)) fault(name, `the arrow keys read ${JSON.stringify(read)} in ${scene}`);
  }
}

/** The picture of docs/report.md. */
async function illustrate(opened) {
  await opened.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
  const box = async (selector) => (await opened.$(selector)).boundingBox();
  const [from, to] = [await box("section[aria-labelledby=sensors]"), await box("section#pictures")];
  const clip = { x: from.x - 8, y: from.y - 4, width: from.width + 16, height: to.y + to.height - from.y + 8 };
  await opened.screenshot({ path: join(pictures, "docs.png"), clip });
}

/** All that a page says is there without script. */
async function withoutScript(browser, file, name) {
  const opened = await tab(browser, name);
  await opened.setJavaScriptEnabled(false);
  await opened.goto(pathToFileURL(file).href);
  const said = await opened.$$eval("h1, h2", (headings) => headings.map((heading) => heading.textContent));
  if (said.length < 3) fault(name, `without script it says ${said}`);
  await opened.close();
}

async function look(browser, file) {
  const name = basename(file, ".html");
  const opened = await tab(browser, name);
  let fastest = Infinity;
  for (let tries = 0; tries < 3; tries += 1) {
    await opened.goto(pathToFileURL(file).href);
    const took = await opened.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd);
    fastest = Math.min(fastest, took);
  }
  console.log(`${name}: ${statSync(file).size} bytes, opened in ${fastest.toFixed(0)} ms`);
  if (fastest > OPENS_WITHIN) fault(name, `it takes ${fastest} ms to open`);
  await isInert(opened, name);
  for (const scheme of SCHEMES) {
    await opened.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await opened.screenshot({ path: join(pictures, `${name}-${scheme}.png`), fullPage: !LARGE.includes(name) });
  }
  if (await opened.$("table.datasets")) {
    await datasets(opened, name);
    await opened.goto(pathToFileURL(file).href);
  }
  if (name === "example") await illustrate(opened);
  if (!FOLDED.includes(name)) await openAll(opened);
  for (const scheme of SCHEMES) {
    await opened.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    if (name === "several") {
      await opened.screenshot({ path: join(pictures, `${name}-open-${scheme}.png`), fullPage: true });
    }
    await passesAxe(opened, `${name}, ${scheme}`);
  }
  await isInert(opened, name);
  if (!LARGE.includes(name)) await keyboard(opened, name);
  await opened.close();
  await withoutScript(browser, file, name);
}

mkdirSync(pictures, { recursive: true });
const files = readdirSync(pages).filter((file) => file.endsWith(".html")).map((file) => resolve(pages, file));
if (files.length === 0) throw new Error(`there is no page in ${pages}`);
// Chromium runs no sandbox of its own as root, as CI services start it.
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browser = await puppeteer.launch({ executablePath: chromium, args });
try {
  for (const file of files) await look(browser, file);
} finally {
  await browser.close();
}
console.log(`${files.length} pages, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
