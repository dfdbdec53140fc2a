/** Transport, settings, read-outs. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

inBothBrowsers("Controls", {
  "step, ten steps, reset to the same weights, a new seed as a separate act": async (lab) => {
    await lab.open("start=paused");
    await lab.rest(0);
    const initial = await lab.fingerprints();
    await lab.click(".transport button:nth-of-type(2)");
    await lab.rest(1);
    await lab.click(".transport button:nth-of-type(3)");
    await lab.rest(11);
    const eleven = await lab.fingerprints();
    assert.notEqual(eleven, initial);
    await lab.click(".transport button:nth-of-type(4)");
    await lab.rest(0);
    assert.equal(await lab.fingerprints(), initial);
    await lab.click(".transport button:nth-of-type(3)");
    await lab.rest(10);
    await lab.click(".transport button:nth-of-type(2)");
    await lab.rest(11);
    assert.equal(await lab.fingerprints(), eleven, "the same steps give the same bits, however they are taken");
    await lab.click(".transport button:nth-of-type(5)");
    await lab.until(() => document.querySelector("norm-lab").lab.store.get("a", "seed") === "2");
    await lab.says(".readout", /seed 2/);
    await lab.rest(0);
    assert.notEqual(await lab.fingerprints(), initial);
  },

  "it stops where the link says and goes on from there": async (lab) => {
    await lab.open("steps=30&speed=full");
    await lab.rest(30);
    await lab.says(".play", /Go on/);
    await lab.says(".readout", /finished/);
    await lab.click(".play");
    await lab.rest(60);
    await lab.until(() => location.hash.includes("steps=60"));
  },

  "who has paused stays in control; what has come to its end starts over": async (lab) => {
    await lab.open("steps=100000");
    await lab.reach(5);
    await lab.click(".play");
    await lab.says(".readout", /paused/);
    await lab.enter("batch", "64");
    await lab.rest(0);
    await lab.open("steps=30");
    await lab.rest(30);
    await lab.enter("batch", "64");
    await lab.rest(30);
    assert.equal(await lab.value("b", "batch"), "64");
  },

  "any field can be made to differ between the runs": async (lab) => {
    await lab.open("start=paused");
    await lab.click("[data-field=lr] .link");
    await lab.enter("lr", "0.5", 1);
    assert.deepEqual([await lab.value("a", "lr"), await lab.value("b", "lr")], ["0.1", "0.5"]);
    assert.match(await lab.hash(), /a\.lr=0\.1&b\.lr=0\.5/);
    await lab.says(".head-b .difference", /learning rate 0\.5/);
    await lab.click("[data-field=lr] .link");
    assert.deepEqual([await lab.value("a", "lr"), await lab.value("b", "lr")], ["0.1", "0.1"]);
  },

  "what cannot be is said, with the nearest that can": async (lab) => {
    await lab.open("start=paused");
    await lab.enter("depth", "99");
    await lab.says("[data-field=depth] .note", /“99” is not possible; allowed: a whole number from 1 to 40. Set to 40/);
    assert.equal(await lab.value("a", "depth"), "40");
    await lab.enter("lr", "fast");
    await lab.says("[data-field=lr] .note", /“fast” is not possible/);
    assert.equal(await lab.value("a", "lr"), "0.1");
  },

  "after Enter, the box and its slider show what is set, and go on doing so": async (lab) => {
    await lab.open("start=paused");
    const shown = () =>
      lab.page.evaluate(() => {
        const [slider, exact] = document.querySelector("norm-lab").shadowRoot.querySelectorAll("[data-field=depth] input");
        return [exact.value, slider.getAttribute("aria-valuetext"), exact.matches(":focus")];
      });
    await lab.enter("depth", "99");
    assert.deepEqual(await shown(), ["40", "40", true]);
    await lab.enter("depth", "deep");
    assert.deepEqual(await shown(), ["40", "40", true]);
    // Set from elsewhere, while the box has the focus: by Back, for one.
    await lab.page.evaluate(() => document.querySelector("norm-lab").lab.store.set("both", "depth", "7"));
    assert.deepEqual(await shown(), ["7", "7", true]);
    // What is being typed stays, and the slider tells the truth meanwhile.
    await lab.page.keyboard.press("End");
    await lab.page.keyboard.type("9");
    await lab.page.evaluate(() => document.querySelector("norm-lab").lab.store.set("both", "depth", "8"));
    assert.deepEqual(await shown(), ["79", "8", true]);
  },

  "an impossible combination is explained, the other run trains, and one click mends it": async (lab) => {
    await lab.open("batch=1&steps=40");
    await lab.says(
      ".finding .sentence",
      /^BatchNorm cannot be trained with batch size 1\. BatchNorm needs more than one value per channel/,
    );
    await lab.says(".head-b .badge", /^not trained$/);
    assert.equal(await lab.shown(".head-b .message"), false, "the reason is given once");
    await lab.rest(40);
    for (const chart of [".layers-b", ".landscape-b"]) {
      const label = await (await lab.element(`${chart} canvas`)).evaluate((canvas) => canvas.getAttribute("aria-label"));
      assert.match(label, /Not trained: see above$/);
    }
    await lab.says(".finding .sentence", /Batch size allowed: 2 to 1437; or normalization allowed: none, layer, group, rms, noise, dyt\.$/);
    await lab.says(".head-b .mend", /^Set batch size to 2\s*Set normalization to LayerNorm$/);
    await lab.click(".head-b .mend button");
    await lab.rest(40);
    assert.equal(await lab.value("b", "batch"), "2");
    assert.equal(await lab.value("a", "batch"), "1");
    await lab.says(".head-b .numbers", /validation \d/);
    await lab.choose(".head-b select", "instance");
    await lab.says(".finding .sentence", /InstanceNorm standardizes each channel over its positions/);
    await lab.open("batch=1&hide=finding&start=paused");
    await lab.says(
      ".head-b .message",
      /BatchNorm needs more than one value per channel.*Batch size allowed: 2 to 1437\. Normalization allowed: none, layer/,
    );
    await lab.open("batch=32&devices=32&steps=10");
    // The ways out come with the full edition.
    await lab.says(".head-b .mend", /^Set .*Set /s);
    await lab.click(".head-b .mend button:nth-child(2)");
    await lab.rest(10);
    assert.deepEqual([await lab.value("b", "batch"), await lab.value("b", "devices")], ["32", "16"]);
  },

  "every control explains itself": async (lab) => {
    await lab.open("start=paused");
    await lab.click("[data-field=batch] button[aria-expanded]");
    assert.ok(await lab.shown("[data-field=batch] .help"));
    const silent = await lab.page.evaluate(() => {
      const fields = [...document.querySelector("norm-lab").shadowRoot.querySelectorAll(".field")];
      return fields.filter((f) => !/\.$/.test(f.querySelector(".help").textContent.trim())).map((f) => f.dataset.field);
    });
    assert.deepEqual(silent, []);
  },

  "a pointer reads values on every chart, and a table stands behind each": async (lab) => {
    await lab.open("steps=30");
    await lab.rest(30);
    const charts = {
      ".curves": /step \d+.*validation/,
      ".layers-a": /layer \d.*mean/,
      ".layers-b": /layer/,
      ".landscape-a": /loss/,
      ".landscape-b": /loss/,
    };
    for (const side of ["a", "b"]) await lab.says(`.landscape-${side} .caption`, /step 30, \d+ × \d+ points/);
    for (const [chart, pattern] of Object.entries(charts)) {
      const canvas = await lab.element(`${chart} canvas`);
      await lab.until((s) => {
        const canvas = document.querySelector("norm-lab").shadowRoot.querySelector(`${s} canvas`);
        return new Set(new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size > 12;
      }, chart);
      await canvas.evaluate((e) => e.scrollIntoView({ block: "center" }));
      const box = await canvas.boundingBox();
      await lab.page.mouse.move(box.x + box.width * 0.45, box.y + box.height * 0.45);
      await lab.says(`${chart} .tip`, pattern);
      await lab.click(`${chart} .numbers-button`);
      await lab.says(`${chart} .sheet tbody`, /\d/);
      await lab.click(`${chart} .numbers-button`);
    }
  },

  "hide and embed leave away what they name": async (lab, { name }) => {
    await lab.open("start=paused&embed=1&hide=batch,finding,landscape");
    await lab.rest(0);
    // Only Chromium tells of a page's workers.
    if (name === "Chromium") assert.equal(lab.page.workers().length, 2, "one for each run, none to measure what nobody sees");
    for (const part of ["[data-part=header]", "[data-part=title]", "[data-field=batch]", ".finding", ".landscape-a", ".landscape-b"]) {
      assert.equal(await lab.shown(part), false, part);
    }
    for (const part of [".transport", "[data-field=lr]", ".curves", ".layers-a"]) assert.equal(await lab.shown(part), true, part);
  },

  "out of sight it rests and says so": async (lab) => {
    await lab.open("steps=100000");
    await lab.reach(5);
    await lab.page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await lab.says(".readout", /out of sight/);
    const steps = async () => lab.page.evaluate(() => document.querySelector("norm-lab").lab.conductor.step);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = await steps();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await steps(), before);
    await lab.page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: false, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await lab.reach(before + 5);
  },
});
