/** Paper, fingers, and colours that the system imposes. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

/** The colour of most of what is drawn of a chart: that of the grid. @param {import("../support/lab.mjs").LabPage} lab */
const ground = (lab) =>
  lab.page.evaluate(() => {
    const canvas = document.querySelector("norm-lab").shadowRoot.querySelector(".curves canvas");
    // Read from a copy: browsers warn of reading a canvas again and again.
    const copy = document.createElement("canvas");
    Object.assign(copy, { width: canvas.width, height: canvas.height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    const counts = new Map();
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] < 255) continue;
      const color = data.slice(i, i + 3).join();
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    return [...counts].sort((p, q) => q[1] - p[1])[0][0];
  });

/** A computed style. @param {import("../support/lab.mjs").LabPage} lab @param {string} selector @param {string} name */
const style = (lab, selector, name) =>
  lab.page.evaluate(
    (s, name) => getComputedStyle(document.querySelector("norm-lab").shadowRoot.querySelector(s)).getPropertyValue(name),
    selector,
    name,
  );

inBothBrowsers("On paper", {
  "a dark lab is printed light, and is dark again afterwards": async (lab, { name }) => {
    /** @type {string[]} */
    const grounds = [];
    for (const theme of ["light", "dark"]) {
      await lab.open(`theme=${theme}&steps=30`);
      await lab.rest(30);
      await lab.until(() => !document.querySelector("norm-lab").lab.panels.curves.stale);
      grounds.push(await ground(lab));
    }
    const [light, dark] = grounds;
    assert.notEqual(dark, light);
    const after = await lab.page.evaluate(() => {
      dispatchEvent(new Event("beforeprint"));
      return document.querySelector("norm-lab").dataset.theme;
    });
    assert.equal(after, "light");
    assert.equal(await ground(lab), light);
    await lab.page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await ground(lab), dark);
    if (name !== "Chromium") return;
    // Firefox cannot be told to lay out for paper; Chromium can, and then it also has no theme to go by.
    await lab.page.emulateMediaType("print");
    assert.equal(await style(lab, ".card", "background-color"), "rgb(255, 255, 255)");
    assert.equal(await style(lab, "canvas", "object-fit"), "contain");
    const buttons = await lab.page.evaluate(() =>
      [...document.querySelector("norm-lab").shadowRoot.querySelectorAll("button:not(.measured), .notes")]
        .filter((e) => e.checkVisibility())
        .map((e) => e.className),
    );
    assert.deepEqual(buttons, []);
    assert.equal((await lab.page.pdf()).length > 10_000, true);
    assert.equal(await lab.page.evaluate(() => document.querySelector("norm-lab").dataset.theme), "dark");
  },
});

inBothBrowsers(
  "With imposed colours",
  {
    "what is pressed, and which run is which, can be told": async (lab) => {
      const session = await lab.page.createCDPSession();
      await session.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "active" }] });
      await lab.open("steps=30");
      await lab.rest(30);
      const background = (/** @type {string} */ selector) => style(lab, selector, "background-color");
      assert.notEqual(await background(".curves .segment[aria-pressed=true]"), await background(".curves .segment[aria-pressed=false]"));
      assert.notEqual(await background(".head-a .marker"), await background(".head-b .marker"));
      assert.notEqual(await background(".head-b .marker"), await background(".head-b"));
    },
  },
  { only: "Chromium" },
);

inBothBrowsers(
  "With fingers",
  {
    "everything can be hit, and tapping a box does not zoom": async (lab) => {
      await lab.open("steps=30&b.norm=group");
      await lab.rest(30);
      assert.equal(await lab.page.evaluate(() => matchMedia("(pointer: coarse)").matches), true);
      await lab.click(".settings summary");
      const { small, fine, wide } = await lab.page.evaluate(() => {
        const root = document.querySelector("norm-lab").shadowRoot;
        for (const details of root.querySelectorAll("details")) details.open = true;
        const seen = (/** @type {string} */ s) => [...root.querySelectorAll(s)].filter((e) => e.checkVisibility());
        const name = (/** @type {Element} */ e) => `${e.localName}.${e.className} ${e.textContent}`;
        return {
          small: seen("button:not(.measured), select, input, summary")
            .filter((e) => e.getBoundingClientRect().height < 28 || e.getBoundingClientRect().width < 28)
            .map(name),
          fine: seen("select, input[type=text]")
            .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 16)
            .map(name),
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        };
      });
      assert.deepEqual({ small, fine, wide }, { small: [], fine: [], wide: 0 });
    },
  },
  { size: { width: 390, height: 844, isMobile: true, hasTouch: true }, only: "Chromium" },
);
