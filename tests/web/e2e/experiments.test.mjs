/** The menu of experiments, and the question of the one that is set. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

/** @typedef {import("../support/lab.mjs").LabPage} LabPage */

/** Opens the menu. @param {LabPage} lab */
async function openMenu(lab) {
  await lab.click("[data-part=experiments]");
  await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelector("dialog.experiments")?.open);
}

/** Whether the menu is open. @param {LabPage} lab */
const isOpen = (lab) =>
  lab.page.evaluate(() => Boolean(document.querySelector("norm-lab").shadowRoot.querySelector("dialog.experiments")?.open));

/** What has the focus. @param {LabPage} lab */
const focused = (lab) => lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.activeElement?.textContent ?? "");

inBothBrowsers("Experiments", {
  "a card sets both runs, starts them and shows its question until something is changed; back comes back": async (lab) => {
    await lab.open("start=paused&theme=dark");
    await lab.rest(0);
    assert.equal(await lab.shown(".question"), false);
    await openMenu(lab);
    await lab.click("[data-preset=two]");
    assert.equal(await isOpen(lab), false);
    await lab.reach(3);
    await lab.says(".question", /^A batch of two.*Which of the two nets learns\?$/);
    assert.deepEqual([await lab.value("a", "norm"), await lab.value("b", "norm"), await lab.value("b", "batch")], ["layer", "batch", "2"]);
    assert.equal(await lab.value("view", "theme"), "dark", "how it is shown stays");
    assert.match(await lab.hash(), /a\.norm=layer/);

    await openMenu(lab);
    assert.equal(
      await lab.page.evaluate(
        () => document.querySelector("norm-lab").shadowRoot.querySelector("dialog [aria-current=true]").dataset.preset,
      ),
      "two",
    );
    await lab.page.keyboard.press("Escape");
    await lab.choose(".head-a select", "group");
    await lab.until(() => !document.querySelector("norm-lab").shadowRoot.querySelector(".question").checkVisibility());
    await lab.page.goBack();
    await lab.says(".question", /^A batch of two/);
    await lab.page.goBack();
    await lab.until(() => document.querySelector("norm-lab").lab.store.get("a", "batch") === "32");
    assert.equal(await lab.shown(".question"), false);
  },

  "one of another family loads what it needs, and starts": async (lab) => {
    await lab.open("start=paused");
    await openMenu(lab);
    await lab.click("[data-preset=small]");
    await lab.reach(20);
    assert.equal(await lab.value("b", "model"), "cnn");
    await lab.says(".question", /^Small batches of images/);
  },

  "a link to an experiment shows its question": async (lab) => {
    await lab.open("batch=128&depth=20&width=32&steps=20");
    await lab.rest(20);
    await lab.says(".question", /^Twenty layers/);
    await lab.open("batch=128&depth=20&width=32&steps=20&hide=question,experiments");
    assert.deepEqual([await lab.shown(".question"), await lab.shown("[data-part=experiments]")], [false, false]);
  },

  "the keyboard alone opens, closes and chooses; shortcuts rest meanwhile": async (lab) => {
    const { keyboard } = lab.page;
    await lab.open("start=paused");
    await lab.rest(0);
    await (await lab.element("[data-part=experiments]")).focus();
    await keyboard.press("Enter");
    await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelector("dialog.experiments")?.open);
    await keyboard.press("n");
    await keyboard.press(".");
    assert.equal(await lab.value("a", "seed"), "1");
    await keyboard.press("Escape");
    assert.equal(await isOpen(lab), false);
    assert.equal(await focused(lab), "Experiments", "the focus comes back");
    await keyboard.press("Enter");
    await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelector("dialog.experiments")?.open);
    for (let i = 0; i < 6 && !(await focused(lab)).startsWith("A batch of two"); i++) await keyboard.press("Tab");
    assert.match(await focused(lab), /^A batch of two/);
    await keyboard.press("Enter");
    await lab.reach(1);
    assert.equal(await lab.value("a", "batch"), "2");
  },

  "a dialog that cannot be loaded says so, and can be tried again": async (lab) => {
    lab.server.instead.set("www/dialogs/experiments.js", null);
    await lab.open("start=paused");
    await lab.click("[data-part=experiments]");
    await lab.says(".lab > .status", /could not be loaded/);
    lab.server.instead.delete("www/dialogs/experiments.js");
    await openMenu(lab);
    assert.doesNotMatch(await lab.text(".lab"), /could not be loaded/);
    lab.complaints.splice(0, Infinity, ...lab.complaints.filter((text) => !/404|experiments\.js/.test(text)));
  },
});

inBothBrowsers(
  "Experiments on a phone",
  {
    "all cards are there, one below the other, and nothing is wider than the screen": async (lab) => {
      await lab.open("start=paused");
      await openMenu(lab);
      const { lefts, width, wide } = await lab.page.evaluate(() => {
        const cards = [...document.querySelector("norm-lab").shadowRoot.querySelectorAll("dialog.experiments li")];
        return {
          lefts: new Set(cards.map((c) => Math.round(c.getBoundingClientRect().left))).size,
          width: document.documentElement.scrollWidth,
          wide: innerWidth,
        };
      });
      assert.equal(lefts, 1);
      assert.ok(width <= wide, `${width} of ${wide}`);
      await lab.click("[data-preset=mean]");
      await lab.says(".question", /^Without the mean/);
    },
  },
  { size: { width: 375, height: 740, isMobile: false, hasTouch: true } },
);
