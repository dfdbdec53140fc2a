/** Convolutional, recurrent and transformer networks: the page gets the full edition for them, and stays as it is. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

const FULL = "www/pkg/full/normlab_bg.wasm.lzma";
const FULL_GLUE = "www/pkg/full/normlab.js";

/** @param {import("../support/lab.mjs").LabPage} lab */
const editions = (lab) => ({ first: lab.server.asked.get("www/pkg/normlab_bg.wasm.lzma") ?? 0, full: lab.server.asked.get(FULL) ?? 0 });

/** What the page says of what it loads. @param {import("../support/lab.mjs").LabPage} lab */
const status = (lab) => lab.text(".status");

inBothBrowsers("Families of networks", {
  "the first edition is all that the default lab asks for, and the full one comes once": async (lab) => {
    lab.server.asked.clear();
    await lab.open("steps=40");
    await lab.rest(40);
    await lab.choose(".head-b select", "layer");
    await lab.enter("depth", "3");
    await lab.rest(40);
    assert.deepEqual(editions(lab), { first: 1, full: 0 });
    assert.equal(lab.server.asked.get(FULL_GLUE), undefined);
    for (const norm of ["ghost", "lp", "batch", "dyt"]) {
      await lab.choose(".head-b select", norm);
      await lab.says(".finding .sentence", norm === "batch" ? /BatchNorm/ : /./);
      await lab.rest(40);
    }
    assert.deepEqual(editions(lab), { first: 1, full: 1 });
  },

  "each family is chosen from the menu, brings its sizes along, trains, and is restored by its link": async (lab) => {
    await lab.open("steps=30&speed=full");
    await lab.rest(30);
    for (const [family, layer] of [
      ["cnn", "conv 1"],
      ["rnn", "step 1"],
      ["transformer", "block 1"],
    ]) {
      await lab.click(`[data-field=model] [data-value=${family}]`);
      await lab.says(".notes", new RegExp(`The ${family === "transformer" ? "Transformer" : family.toUpperCase()} came with`));
      await lab.says(".layers-b table", new RegExp(layer));
      await lab.rest(30);
      await lab.until(() => document.querySelector("norm-lab").lab.store.lab.moment(3).startsWith("step 30"));
      for (const chart of [".layers-a", ".layers-b", ".landscape-a", ".landscape-b"])
        assert.ok((await lab.colors(chart)) > 10, `${family}: ${chart} is drawn`);
      const [hash, prints] = [await lab.hash(), await lab.fingerprints()];
      assert.match(hash, new RegExp(`model=${family}`));
      await lab.open(hash.slice(1));
      await lab.rest(30);
      assert.equal(await lab.fingerprints(), prints, family);
    }
  },

  "focus, scroll, open menus, curves and ghosts survive the change": async (lab) => {
    await lab.open("steps=40");
    await lab.rest(40);
    await lab.enter("batch", "16");
    await lab.says(".ghosts", /before: BatchNorm, batch size 32/);
    await lab.rest(40);
    await lab.click(".ghosts li:last-child button[aria-pressed]");
    await lab.page.setViewport({ width: 1440, height: 600 });
    await lab.page.evaluate(() => {
      const root = document.querySelector("norm-lab").shadowRoot;
      root.querySelector("details.more").open = true;
      root.querySelector("[data-field=data] .quiet").click();
      root.querySelector(".lab").dataset.same = "yes";
      const select = root.querySelector(".head-b select");
      select.focus();
      select.value = "renorm";
      select.dispatchEvent(new Event("change"));
    });
    const top = await lab.page.evaluate(() => {
      window.scrollTo(0, 120);
      return window.scrollY;
    });
    await lab.says(".ghosts", /before: BatchNorm, batch size 32.*before: BatchNorm/);
    await lab.rest(40);
    assert.equal(await lab.page.evaluate(() => window.scrollY), top);
    assert.ok(top > 0);
    const kept = await lab.page.evaluate(() => {
      const root = document.querySelector("norm-lab").shadowRoot;
      return [
        root.querySelector(".lab").dataset.same,
        root.querySelector("details.more").open,
        root.querySelector("[data-field=data] .help").hidden,
        root.activeElement === root.querySelector(".head-b select"),
      ];
    });
    assert.deepEqual(kept, ["yes", true, false, true]);
    assert.match(await lab.text(".curves table"), /before/);
  },

  "if it cannot be loaded, the page says so, keeps its runs, and tries again when asked": async (lab) => {
    const { instead } = lab.server;
    instead.set(FULL, null);
    instead.set(FULL_GLUE, null);
    try {
      await lab.open("steps=40");
      await lab.rest(40);
      const before = await lab.fingerprints();
      await lab.click("[data-field=model] [data-value=rnn]");
      await lab.says(".status", /could not be loaded.*What is on show stays/);
      assert.equal(await lab.fingerprints(), before);
      // The page is alive: the old runs go on, and other settings are heard.
      await lab.click(".play");
      await lab.reach(60);
      await lab.click("[data-field=model] [data-value=mlp]");
      await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelector(".status").textContent === "");
      await lab.click("[data-field=model] [data-value=rnn]");
      await lab.says(".status", /could not be loaded/);
      instead.delete(FULL_GLUE);
      await lab.click(".status button");
      await lab.says(".status", /could not be loaded/);
    } finally {
      instead.clear();
    }
    await lab.click(".status button");
    await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelector(".status").textContent === "");
    await lab.says(".layers-b table", /step 1/);
    // Four failures, each of which the browser tells of.
    lab.complaints.splice(0, Infinity, ...lab.complaints.filter((text) => !/404|Failed to load|full/.test(text)));
  },

  "a link to what cannot be loaded opens a lab that can go elsewhere": async (lab) => {
    const { instead } = lab.server;
    instead.set(FULL_GLUE, null);
    try {
      await lab.open("steps=40&model=transformer&depth=2&width=32&data=recall");
      await lab.says(".status", /could not be loaded/);
      await lab.click("[data-field=model] [data-value=mlp]");
      await lab.rest(40);
      assert.equal(await status(lab), "");
      assert.equal(await lab.value("a", "data"), "digits", "a fully connected network reads no tokens");
    } finally {
      instead.clear();
    }
    lab.complaints.splice(0, Infinity, ...lab.complaints.filter((text) => !/404|Failed to load|full/.test(text)));
  },

  "one sample on each of eight devices trains with synchronized statistics, and the page says what they exchange": async (lab) => {
    await lab.open("steps=20&batch=8&devices=8&depth=2&width=16&a.norm=batch&b.norm=sync");
    await lab.says(".head-a .badge", /^not trained$/);
    await lab.rest(20);
    // Per layer: mean, scale and two sums of the gradient for each of 16 channels, and a count.
    await lab.says(".head-b .difference", /^devices exchange 130 values a step$/);
    assert.equal(await lab.shown(".head-a .difference"), false);
  },

  "what cannot be is explained, with a way out": async (lab) => {
    await lab.open("steps=20&model=rnn&depth=9&width=16&norm=layer");
    await lab.says(".finding", /at most 4 layers/);
    await lab.click(".head-a .mend button");
    await lab.rest(20);
    assert.deepEqual([await lab.value("a", "depth"), await lab.value("b", "depth")], ["4", "4"], "mended for both");
    await lab.choose(".head-b select", "instance");
    await lab.says(".finding", /InstanceNorm/);
    await lab.click(".head-b .mend button");
    await lab.rest(20);
    await lab.choose("[data-field=data] select", "spirals");
    await lab.says(".head-a .mend", /Set family to MLP/);
    await lab.click(".head-a .mend button");
    await lab.rest(20);
  },
});
