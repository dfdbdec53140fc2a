/** For those who do not use a mouse, or a large screen, or their eyes. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inBothBrowsers } from "../support/both.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong, in short. @param {import("../support/lab.mjs").LabPage} lab @param {string[]} [rules] These alone. */
async function violations(lab, rules) {
  if (!(await lab.page.evaluate(() => "axe" in globalThis))) await lab.page.evaluate(axe);
  return lab.page.evaluate(async (rules) => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"], ...(rules && { runOnly: rules }) });
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.flat().at(-1)}: ${n.failureSummary.split("\n")[1]}`));
  }, rules);
}

/** In one theme and the other, which differ in colours alone, on the page as it is. @param {import("../support/lab.mjs").LabPage} lab @param {string} when */
async function inBothThemes(lab, when) {
  for (const theme of ["light", "dark"]) {
    await lab.page.evaluate((theme) => document.querySelector("norm-lab").lab.store.setView("theme", theme), theme);
    assert.deepEqual(await violations(lab, theme === "dark" ? ["color-contrast"] : undefined), [], `${when}, ${theme}`);
  }
}

/** A sweep of 12 cells, with more steps than will be taken. @param {import("../support/lab.mjs").LabPage} lab */
async function openSweep(lab) {
  await lab.open("view=sweep&data=xor&width=4&depth=1&sweep_x=batch=1,4,8&sweep_y=norm=none,batch&sweep_seeds=2&sweep_amount=100000");
  await lab.until(() => document.querySelector("norm-lab").lab.views.sweep?.element.checkVisibility());
  await lab.says(".sweep-main", /Start/);
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

  "axe finds nothing in the dialogs, light and dark, and they keep the focus and give it back": async (lab) => {
    await lab.open("data=xor&width=8&depth=2&start=paused");
    await lab.rest(0);
    for (const name of ["experiments", "export"]) {
      await (await lab.element(`[data-part=${name}]`)).focus();
      await lab.page.keyboard.press("Enter");
      await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelector("dialog[open]"));
      await inBothThemes(lab, name);
      for (let i = 0; i < 3; i++) {
        await lab.page.keyboard.press("Tab");
        assert.ok(
          await lab.page.evaluate(() => Boolean(document.querySelector("norm-lab").shadowRoot.activeElement?.closest("dialog[open]"))),
          `${name} keeps the focus`,
        );
      }
      await lab.page.keyboard.press("Escape");
      await lab.until(() => !document.querySelector("norm-lab").shadowRoot.querySelector("dialog[open]"));
      assert.ok(
        await lab.page.evaluate(
          (name) => document.querySelector("norm-lab").shadowRoot.activeElement?.matches(`[data-part=${name}]`),
          name,
        ),
        `${name} gives the focus back`,
      );
    }
  },

  "axe finds nothing in the sweep, and the keyboard alone trains it and opens a run": async (lab) => {
    const { keyboard } = lab.page;
    await openSweep(lab);
    await inBothThemes(lab, "before it starts");
    await (await lab.element(".sweep-main")).focus();
    await keyboard.press("Enter");
    await lab.says(".sweep-main", /Cancel/);
    await inBothThemes(lab, "while it trains");
    await lab.page.evaluate(() => document.querySelector("norm-lab").lab.store.setView("sweep_amount", "20"));
    await lab.says(".sweep-main", /Start/);
    await (await lab.element(".sweep-main")).focus();
    await keyboard.press("Enter");
    await lab.says(".sweep-main", /Done/);
    await inBothThemes(lab, "once it is done");
    await lab.page.evaluate(() => {
      const root = document.querySelector("norm-lab").shadowRoot;
      for (const button of root.querySelectorAll(".sweep .field-head button[aria-expanded=false], .sweep .numbers-button")) button.click();
    });
    await inBothThemes(lab, "with everything opened");
    for (const button of [".sweep-lines .numbers-button", ".sweep-map .numbers-button"]) await lab.click(button);
    await (await lab.element(".sweep-map canvas")).focus();
    await keyboard.press("ArrowRight");
    await lab.says(".sweep-map .unseen[aria-live]", /BatchNorm|no norm|No norm/);
    await keyboard.press("Enter");
    await lab.until(() => document.querySelector("norm-lab").lab.store.view("view") === "lab");
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
      const lefts = await lab.page.evaluate(() =>
        [...document.querySelector("norm-lab").shadowRoot.querySelectorAll(".card, .head")].map((e) =>
          Math.round(e.getBoundingClientRect().left),
        ),
      );
      assert.equal(new Set(lefts).size, 1);
      assert.equal(await lab.shown("[data-field=batch]"), false, "settings start folded away");
      await lab.click(".settings summary");
      await lab.enter("batch", "8");
      await lab.rest(30);
      assert.deepEqual(await violations(lab), []);
      for (const name of ["experiments", "export"]) {
        await lab.click(`[data-part=${name}]`);
        await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelector("dialog[open]"));
        await inBothThemes(lab, name);
        await lab.page.keyboard.press("Escape");
      }
    },

    "the sweep is one column too, and its settings fold where it becomes one": async (lab) => {
      await openSweep(lab);
      const folded = () => lab.page.evaluate(() => !document.querySelector("norm-lab").shadowRoot.querySelector(".sweep .settings").open);
      const becomes = (/** @type {boolean} */ wanted) =>
        lab.until((wanted) => document.querySelector("norm-lab").shadowRoot.querySelector(".sweep .settings").open !== wanted, wanted);
      assert.equal(await folded(), true);
      await inBothThemes(lab, "before it starts");
      await lab.click(".sweep-main");
      await lab.says(".sweep-main", /Cancel/);
      await inBothThemes(lab, "while it trains");
      await lab.page.evaluate(() => document.querySelector("norm-lab").lab.store.setView("sweep_amount", "20"));
      await lab.says(".sweep-main", /Start/);
      await lab.click(".sweep-main");
      await lab.says(".sweep-main", /Done/);
      await lab.click(".sweep .settings summary");
      await inBothThemes(lab, "once it is done, with its settings");
      const wide = await lab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wide, 0);
      // Turned a little, what the reader has unfolded stays; across the border it follows.
      await lab.page.setViewport({ width: 420, height: 844 });
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(await folded(), false);
      await lab.click(".sweep .settings summary");
      await lab.page.setViewport({ width: 1200, height: 844 });
      await becomes(false);
      await lab.page.setViewport({ width: 390, height: 844 });
      await becomes(true);
    },
  },
  { size: { width: 390, height: 844 } },
);

inBothBrowsers("On a projector", {
  "the whole story fits one screen of 1440 × 900, whatever is measured": async (lab) => {
    const longest = ["layers=dead", "layers=shift_cosine&curve=loss_range&a.lr=0.2", "layers=effective_lr&slice=3d&plane=gradient"];
    for (const hash of ["steps=30", ...longest.map((view) => `steps=30&every=10&${view}`)]) {
      await lab.open(hash);
      await lab.rest(30);
      if (hash.includes("layers=")) await lab.says(".layers-b .moment", /^newest: step/);
      const below = await lab.page.evaluate(() => {
        const cards = [...document.querySelector("norm-lab").shadowRoot.querySelectorAll(".card, .head, .finding, .transport")];
        return cards.filter((e) => e.getBoundingClientRect().bottom > innerHeight).map((e) => e.className);
      });
      assert.deepEqual(below, [], hash);
    }
  },

  "the sweep fits it too": async (lab) => {
    await openSweep(lab);
    const bottoms = await lab.page.evaluate(() =>
      [...document.querySelector("norm-lab").shadowRoot.querySelectorAll(".sweep .card")].map((e) => e.getBoundingClientRect().bottom),
    );
    assert.ok(bottoms.length === 2 && bottoms.every((bottom) => bottom > 0 && bottom <= 900), `${bottoms}`);
  },
});
