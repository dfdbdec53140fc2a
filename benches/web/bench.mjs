/** Measures the lab in one run of headless Chromium, and prints tables; see `parts/`. */

import { cpus } from "node:os";
import { BROWSERS } from "../../tests/web/support/browsers.mjs";
import { serve } from "../../tests/web/support/server.mjs";

/** @typedef {{page: import("puppeteer-core").Page, browser: import("puppeteer-core").Browser, server: {url: string}}} Stage */

const PARTS = ["steps", "families", "profile", "landscapes", "curvature", "probes", "sweeps", "pages"];

const wanted = process.argv.slice(2);
const unknown = wanted.find((part) => !PARTS.includes(part));
if (unknown) {
  console.error(`There is no bench '${unknown}'; there are ${PARTS.join(", ")}.`);
  process.exit(1);
}
const server = await serve();
const browser = await BROWSERS[0].launch();
try {
  console.log(`${await browser.version()}, ${cpus()[0].model}, ${cpus().length} cores; one thread unless said otherwise`);
  for (const part of PARTS.filter((part) => wanted.length === 0 || wanted.includes(part))) {
    const { default: measure } = await import(`./parts/${part}.mjs`);
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(String(error)));
    await page.goto(`${server.url}benches/web/bench.html`);
    await page.waitForFunction(() => globalThis.ready);
    console.log("");
    await measure({ page, browser, server });
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}
