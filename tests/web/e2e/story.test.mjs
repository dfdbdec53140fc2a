/** What a newcomer sees, and what a student does first. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

inBothBrowsers("The story", {
  "it plays on load and tells what separates the runs": async (lab) => {
    await lab.open();
    await lab.until(() => document.querySelector("norm-lab").lab.conductor.playing);
    await lab.reach(60);
    await lab.says(".finding .sentence", /BatchNorm classifies \d+\.\d % of the validation samples correctly, no norm \d+\.\d %/);
    await lab.says(".head-b .numbers", /validation \d+\.\d %/);
    for (const chart of [".curves", ".layers-a", ".layers-b"]) assert.ok((await lab.colors(chart)) > 20, `${chart} is drawn`);
    await lab.until(() => document.querySelector("norm-lab").lab.store.lab.caption(3).includes("step"));
    assert.ok((await lab.colors(".landscape-a")) > 20);
    assert.equal(await lab.hash(), "", "opening the page does not touch its address");
  },

  "a smaller batch breaks BatchNorm, and the finding says why": async (lab) => {
    await lab.open("steps=60");
    await lab.rest(60);
    await lab.enter("batch", "2");
    await lab.says(".finding .sentence", /each normalized value is \+1 or −1.*almost no gradient/);
    await lab.rest(60);
    assert.match(await lab.hash(), /batch=2/);
    await lab.says(".ghosts", /before: BatchNorm, batch size 32/);
    await lab.says(".layers-b .caption", /next mini-batch of 2/);
  },

  "another normalization restarts from the same seed and leaves a ghost, to be pinned or cleared": async (lab) => {
    await lab.open("steps=60");
    await lab.rest(60);
    await lab.choose(".head-b select", "layer");
    await lab.says(".ghosts", /before: BatchNorm/);
    await lab.rest(60);
    await lab.says(".finding .sentence", /LayerNorm/);
    assert.equal(await lab.value("a", "seed"), "1");
    await lab.click(".ghosts li button[aria-pressed]");
    await lab.choose(".head-b select", "rms");
    await lab.says(".ghosts", /before: BatchNorm.*before: LayerNorm/);
    await lab.click(".ghosts li button:last-child");
    await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelectorAll(".ghosts li").length === 1);
  },

  "divergence is a state: the badge names layer and step, the other run goes on": async (lab) => {
    await lab.open("a.lr=100&b.lr=0.1&steps=150");
    await lab.says(".head-a .badge", /^diverged: (linear|relu|head)\d*, step \d+$/);
    await lab.says(".finding .sentence", /overflowed at step \d+, first in/);
    await lab.rest(150);
    await lab.says(".head-b .numbers", /validation 9\d\.\d %/);
  },

  "each number of the finding says how it was measured": async (lab) => {
    await lab.open("steps=40");
    await lab.rest(40);
    await lab.click(".finding .measured");
    await lab.says(".finding .how", /after 40 steps/);
    assert.ok(await lab.shown(".finding .how"));
    await lab.page.keyboard.press("Escape");
    assert.ok(!(await lab.shown(".finding .how")));
  },

  "an opened explanation stays, keeps the focus and stays true while training goes on": async (lab) => {
    await lab.open("steps=100000&a.norm=layer&b.norm=layer&a.lr=0.1&b.lr=0.0001&speed=steady");
    await lab.says(".finding .sentence", /^After \d+ steps/);
    await lab.click(".finding .measured");
    await lab.says(".finding .how", /after \d+ steps/);
    const marked = await lab.page.evaluate(() => {
      const root = document.querySelector("norm-lab").shadowRoot;
      globalThis.number = root.activeElement;
      globalThis.how = root.querySelector(".how").textContent;
      return globalThis.number.className;
    });
    assert.equal(marked, "measured");
    const { sentence, step } = await lab.page.evaluate(() => ({
      sentence: document.querySelector("norm-lab").shadowRoot.querySelector(".sentence").textContent,
      step: document.querySelector("norm-lab").lab.conductor.step,
    }));
    await lab.reach(step + 60);
    await lab.until((before) => document.querySelector("norm-lab").shadowRoot.querySelector(".sentence").textContent !== before, sentence);
    const after = await lab.page.evaluate(() => {
      const root = document.querySelector("norm-lab").shadowRoot;
      const { number } = globalThis;
      return {
        there: number.isConnected,
        focused: root.activeElement === number,
        open: number.getAttribute("aria-expanded") === "true" && root.querySelector(".how").checkVisibility(),
        rewritten: root.querySelector(".how").textContent !== globalThis.how,
        fits: root.querySelector(".how").textContent === number.dataset.how,
      };
    });
    assert.deepEqual(after, { there: true, focused: true, open: true, rewritten: true, fits: true });
  },

  "an opened explanation lies above everything": async (lab) => {
    await lab.open("steps=40");
    await lab.rest(40);
    await lab.click(".finding .measured");
    const covered = await lab.page.evaluate(() => {
      const root = document.querySelector("norm-lab").shadowRoot;
      const how = root.querySelector(".how");
      const box = how.getBoundingClientRect();
      const below = root.querySelector(".head-a").getBoundingClientRect();
      if (box.bottom <= below.top) return "it does not reach the run's head";
      const y = Math.min(box.bottom, below.bottom) - 6;
      return [0.1, 0.5, 0.9].filter((share) => root.elementFromPoint(box.left + box.width * share, y) !== how).join();
    });
    assert.equal(covered, "");
  },

  "2-D data has a decision boundary": async (lab) => {
    await lab.open("data=circles&steps=50&layers=boundary");
    await lab.rest(50);
    await lab.says(".layers-a .caption", /Where the answer changes/);
    assert.ok((await lab.colors(".layers-a")) > 50);
  },
});
