/** For those who do not use a mouse, or a large screen, or their eyes. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inBothBrowsers } from "../support/both.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong, in short. @param {import("../support/lab.mjs").LabPage} lab */
async function violations(lab) {
  await lab.page.evaluate(axe);
  return lab.page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document);
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.flat().at(-1)}: ${n.failureSummary.split("\n")[1]}`));
  });
}

/** The focused element, inside the lab. @param {import("../support/lab.mjs").LabPage} lab */
const focused = (lab) => lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.activeElement?.textContent ?? "");

inBothBrowsers("Access", {
  "axe finds nothing, light and dark, with everything opened": async (lab) => {
    for (const hash of ["theme=light&steps=30", "theme=dark&steps=30&b.norm=group", "theme=light&batch=1&nonsense=1&steps=30"]) {
      await lab.open(hash);
      await lab.rest(30);
      await lab.page.evaluate(() => {
        const root = document.querySelector("norm-lab").shadowRoot;
        for (const details of root.querySelectorAll("details")) details.open = true;
        for (const button of root.querySelectorAll(".field-head button[aria-expanded=false], .numbers-button")) button.click();
      });
      await lab.says(".curves .sheet tbody", /\d/);
      assert.deepEqual(await violations(lab), [], hash);
    }
  },

  "the keyboard alone plays, steps, changes settings and reads charts": async (lab) => {
    const { keyboard } = lab.page;
    await lab.open("start=paused");
    await lab.rest(0);
    await keyboard.press(".");
    await lab.rest(1);
    await keyboard.press(" ");
    await lab.reach(5);
    await keyboard.press(" ");
    await lab.until(() => !document.querySelector("norm-lab").lab.conductor.playing);
    await keyboard.press("r");
    await lab.rest(0);
    await keyboard.press("n");
    await lab.until(() => document.querySelector("norm-lab").lab.store.get("a", "seed") === "2");

    const seen = [];
    for (let i = 0; i < 60 && !seen.at(-1)?.includes("Play") && !seen.at(-1)?.includes("Pause"); i++) {
      await keyboard.press("Tab");
      seen.push(await focused(lab));
    }
    assert.match(seen.at(-1), /Play|Pause/, "Tab leads to the play button");

    await (await lab.element("[data-field=batch] input[type=range]")).focus();
    await keyboard.press("ArrowLeft");
    await lab.until(() => document.querySelector("norm-lab").lab.store.get("a", "batch") === "24");
    await (await lab.element(".head-b select")).focus();
    await keyboard.type("Layer");
    await lab.until(() => document.querySelector("norm-lab").lab.store.get("b", "norm") === "layer");
    await (await lab.element(".curves canvas")).focus();
    await keyboard.press(" ");
    await lab.reach(5);
    await keyboard.press("ArrowRight");
    await keyboard.press("ArrowLeft");
    await lab.says(".curves p.unseen", /step \d+; .*validation/);
    await keyboard.press("Escape");
    assert.equal(await lab.shown(".curves .tip"), false);
  },

  "a key held down only steps on, and Caps Lock changes nothing": async (lab) => {
    const { keyboard } = lab.page;
    await lab.open("start=paused");
    await lab.rest(0);
    await keyboard.down("n");
    for (let i = 0; i < 3; i++) await keyboard.down("n");
    await keyboard.up("n");
    await lab.until(() => document.querySelector("norm-lab").lab.store.get("a", "seed") !== "1");
    assert.equal(await lab.value("a", "seed"), "2");
    await lab.rest(0);
    await keyboard.down(".");
    for (let i = 0; i < 3; i++) await keyboard.down(".");
    await keyboard.up(".");
    await lab.rest(4);
    await lab.page.evaluate(() => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "R", bubbles: true, composed: true })));
    await lab.rest(0);
  },

  "shortcuts leave the rest of the page alone, and can be turned off": async (lab) => {
    const { keyboard } = lab.page;
    await lab.open("start=paused");
    await lab.rest(0);
    await lab.page.evaluate(() => {
      const other = document.createElement("div");
      other.tabIndex = 0;
      document.body.append(other);
      other.focus();
    });
    await keyboard.press("n");
    await lab.page.evaluate(() => document.activeElement.remove());
    await lab.page.evaluate(() => document.querySelector("norm-lab").setAttribute("keys", "off"));
    await keyboard.press("n");
    await (await lab.element(".play")).focus();
    await keyboard.press("n");
    assert.equal(await lab.value("a", "seed"), "1");
    await lab.page.evaluate(() => document.querySelector("norm-lab").removeAttribute("keys"));
    await keyboard.press("n");
    assert.equal(await lab.value("a", "seed"), "2");
  },

  "pinning and clearing ghosts keeps the focus": async (lab) => {
    await lab.open("steps=20&a.batch=16&b.batch=32");
    await lab.rest(20);
    const label = () => lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.activeElement?.getAttribute("aria-label"));
    await lab.page.evaluate(() => document.querySelector("norm-lab").lab.store.set("both", "depth", "3"));
    await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelectorAll(".ghosts li").length === 2);
    await (await lab.element(".ghosts li:first-child button[aria-pressed]")).focus();
    await lab.page.keyboard.press("Enter");
    assert.match(await label(), /^pinned: keep the curve of no norm/);
    await lab.page.keyboard.press("Enter");
    assert.match(await label(), /^pin: keep the curve of no norm/);
    await (await lab.element(".ghosts li:first-child button:last-child")).focus();
    await lab.page.keyboard.press("Enter");
    assert.match(await label(), /^× Clear the curve of BatchNorm/);
    await lab.page.keyboard.press("Enter");
    assert.equal(await label(), "Earlier curves");
  },

  "typing in a box is not taken for a shortcut": async (lab) => {
    await lab.open("start=paused");
    await lab.rest(0);
    await (await lab.element("[data-field=lr] input.exact")).type("nr.");
    assert.equal(await lab.value("a", "seed"), "1");
    await lab.rest(0);
  },
});

inBothBrowsers(
  "On a phone",
  {
    "it is one column, nothing sticks out, and axe finds nothing": async (lab) => {
      await lab.open("steps=30");
      await lab.rest(30);
      const wide = await lab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wide, 0);
      const lefts = await lab.page.evaluate(() => [...document.querySelector("norm-lab").shadowRoot.querySelectorAll(".card, .head")].map((e) => Math.round(e.getBoundingClientRect().left)));
      assert.equal(new Set(lefts).size, 1);
      assert.equal(await lab.shown("[data-field=batch]"), false, "settings start folded away");
      await lab.click(".settings summary");
      await lab.enter("batch", "8");
      await lab.rest(30);
      assert.deepEqual(await violations(lab), []);
    },
  },
  { size: { width: 390, height: 844 } },
);

inBothBrowsers("On a projector", {
  "the whole story fits one screen of 1440 × 900": async (lab) => {
    await lab.open("steps=30");
    await lab.rest(30);
    const below = await lab.page.evaluate(() => {
      const cards = [...document.querySelector("norm-lab").shadowRoot.querySelectorAll(".card, .head, .finding, .transport")];
      return cards.filter((e) => e.getBoundingClientRect().bottom > innerHeight).map((e) => e.className);
    });
    assert.deepEqual(below, []);
  },
});
