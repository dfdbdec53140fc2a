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
    await lab.until(() => document.querySelector("norm-lab").lab.store.lab.moment(3).startsWith("step"));
    assert.ok((await lab.colors(".landscape-a")) > 20);
    assert.equal(await lab.hash(), "", "opening the page does not touch its address");
  },

  "a smaller batch breaks BatchNorm, and the finding says why": async (lab) => {
    await lab.open("steps=60");
    await lab.rest(60);
    await lab.enter("batch", "2");
    await lab.says(".finding .sentence", /each normalized value, before γ and β, is \+1 or −1.*almost no gradient/);
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
    await lab.says(".head-a .badge", /^diverged in (the output layer|(the matrix product|ReLU) of layer \d), step \d+$/);
    await lab.says(".finding .sentence", /overflowed at step \d+, first in (the|ReLU)/);
    assert.ok(
      await lab.page.evaluate(() => {
        const badge = document.querySelector("norm-lab").shadowRoot.querySelector(".head-a .badge");
        return (
          badge.scrollWidth <= badge.clientWidth &&
          badge.getBoundingClientRect().right <= badge.closest(".head").getBoundingClientRect().right
        );
      }),
      "the badge is not cut",
    );
    await lab.rest(150);
    await lab.says(".head-b .numbers", /validation 9\d\.\d %/);
  },

  "the title counts the differences, and the heads name them all": async (lab) => {
    await lab.open("start=paused");
    await lab.says("h1", /^Same data, same weights, same batches. One difference.$/);
    await lab.open("start=paused&a.batch=64&a.lr=0.01&a.optimizer=adam");
    await lab.says("h1", /^4 differences: the cause cannot be told apart.$/);
    await lab.says(".lede", /batch size, learning rate, optimizer and normalization/);
    await lab.says(".head-a .difference", /^batch size 64, learning rate 0\.01, optimizer Adam$/);
    for (const side of ["a", "b"]) {
      const cut = await lab.page.evaluate((side) => {
        const words = document.querySelector("norm-lab").shadowRoot.querySelector(`.head-${side} .difference`);
        return words.scrollWidth > words.clientWidth || words.scrollHeight > words.clientHeight;
      }, side);
      assert.equal(cut, false, `the differences of ${side} are not cut`);
    }
    await lab.open("start=paused&norm=layer");
    await lab.says("h1", /No difference\.$/);
    await lab.says(".finding .headline", /^A = B$/);
  },

  "identical runs are said to be so": async (lab) => {
    await lab.open("norm=layer&steps=30");
    await lab.rest(30);
    await lab.says(".finding .sentence", /identical, bit for bit: after 30 steps both have the fingerprint [0-9a-f]{4}/);
  },

  "both histograms are on one axis in every frame": async (lab) => {
    await lab.open("a.norm=none&a.init=he&a.lr=0.3&b.lr=0.01&steps=400&speed=full");
    const seen = await lab.page.evaluate(
      () =>
        new Promise((resolve) => {
          const { lab } = document.querySelector("norm-lab");
          const axes = new Set();
          let frames = 0;
          let apart = 0;
          const draw = lab.panels.draw.bind(lab.panels);
          lab.panels.draw = (display) => {
            draw(display);
            // The first row of the read-out at the left edge says where its bin, and so the axis, begins.
            const from = [1, 2].map((panel) => lab.store.lab.read(panel, 90, 40, false)?.rows[0]?.name.split(" to ")[0]);
            if (from.some((text) => text === undefined)) return;
            frames += 1;
            axes.add(from[0]);
            if (from[0] !== from[1]) apart += 1;
            if (!lab.conductor.playing && frames > 20) resolve({ apart, axes: axes.size });
          };
        }),
    );
    assert.equal(seen.apart, 0);
    assert.ok(seen.axes > 1, "the axis has changed meanwhile");
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

  "a boundary that the data do not have gives way to the activations": async (lab) => {
    await lab.open("layers=boundary&steps=30");
    await lab.rest(30);
    await lab.says(".layers-a .caption", /^Entering each ReLU/);
    assert.ok((await lab.colors(".layers-a")) > 20);
    await lab.says(".layers-a [data-switch=layers] [aria-pressed=true]", /^Activations$/);
  },

  "2-D data has a decision boundary": async (lab) => {
    await lab.open("data=circles&steps=50&layers=boundary");
    await lab.rest(50);
    await lab.says(".layers-a .caption", /Where the answer changes/);
    assert.ok((await lab.colors(".layers-a")) > 50);
  },
});
