/** The element in a page of somebody else's. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

const COURSE = `<!doctype html>
<html lang="en">
  <head><title>A course</title><link rel="icon" href="www/icon.svg"><script type="module" src="www/app.js"></script></head>
  <body><h1>Lecture 5</h1><norm-lab state="steps=20&depth=3"></norm-lab></body>
</html>`;

/** Opens the course's page. @param {import("../support/lab.mjs").LabPage} lab */
async function visit(lab) {
  lab.server.instead.set("course.html", COURSE);
  await lab.page.goto(`${lab.server.url}course.html#lecture-5`);
  await lab.until(() => Boolean(document.querySelector("norm-lab")?.lab));
  await lab.rest(20);
}

inBothBrowsers("The element", {
  "it leaves the page's address alone, and shares a link to the lab's own page": async (lab) => {
    await visit(lab);
    await lab.choose(".head-b select", "layer");
    await lab.rest(20);
    assert.equal(await lab.hash(), "#lecture-5");
    const fingerprints = await lab.fingerprints();
    await lab.page.evaluate(() => {
      Object.defineProperty(navigator, "clipboard", {
        value: { writeText: async (text) => (globalThis.copied = text) },
        configurable: true,
      });
    });
    await lab.click("[data-part=share]");
    await lab.until(() => Boolean(globalThis.copied));
    const link = await lab.page.evaluate(() => globalThis.copied);
    assert.ok(link.startsWith(`${lab.server.url}index.html#`), link);
    await lab.page.goto(link);
    await lab.until(() => Boolean(document.querySelector("norm-lab")?.lab));
    await lab.rest(20);
    assert.equal(await lab.value("b", "norm"), "layer");
    assert.equal(await lab.fingerprints(), fingerprints);
  },

  "after a crash, a link keeps what was set": async (lab) => {
    await visit(lab);
    await lab.enter("depth", "4");
    await lab.rest(20);
    await lab.page.evaluate(() => {
      try {
        document.querySelector("norm-lab").lab.engine.wasm.trap();
      } catch {
        // The trap itself.
      }
    });
    await lab.says("[role=alert]", /Your settings are kept in this link; .*Reload the page/);
    assert.equal(
      await lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.querySelector("[role=alert] a").href),
      `${lab.server.url}index.html#v=1&depth=4&steps=20`,
    );
    lab.complaints.splice(0, Infinity, ...lab.complaints.filter((text) => !/trap was asked for|unreachable|panicked/.test(text)));
  },

  "shortcuts act only inside it": async (lab) => {
    await visit(lab);
    await lab.page.keyboard.press("n");
    assert.equal(await lab.value("a", "seed"), "1");
    await (await lab.element(".play")).focus();
    await lab.page.keyboard.press("n");
    assert.equal(await lab.value("a", "seed"), "2");
  },

  "it folds its settings away by its own width, not by the window's": async (lab) => {
    await visit(lab);
    const open = () => lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.querySelector(".settings").open);
    assert.equal(await open(), true);
    for (const [width, unfolded] of [
      [899, false],
      [900, true],
      [500, false],
    ]) {
      await lab.page.evaluate((width) => (document.querySelector("norm-lab").style.width = `${width}px`), width);
      await lab.until((unfolded) => document.querySelector("norm-lab").shadowRoot.querySelector(".settings").open === unfolded, unfolded);
    }
    await lab.click(".settings summary");
    await lab.page.evaluate(() => (document.querySelector("norm-lab").style.width = "480px"));
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(await open(), true, "what was unfolded by hand stays so");
  },
});
