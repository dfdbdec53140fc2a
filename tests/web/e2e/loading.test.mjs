/** Before there is a lab, and when there is none. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

const MODULE = "www/pkg/normlab_bg.wasm.lzma";

/** Leaves out of the complaints what a test brought about. @param {import("../support/lab.mjs").LabPage} lab @param {RegExp} what */
function forgive(lab, what) {
  lab.complaints.splice(0, Infinity, ...lab.complaints.filter((text) => !what.test(text)));
}

/** Opens the page, and does not wait for the lab. @param {import("../support/lab.mjs").LabPage} lab */
async function visit(lab, hash = "") {
  await lab.page.goto("about:blank");
  await lab.page.goto(`${lab.server.url}index.html#${hash}`, { waitUntil: "domcontentloaded" });
}

/** Tries once more, and sees the lab at work. @param {import("../support/lab.mjs").LabPage} lab */
async function again(lab) {
  await lab.click("[role=alert] button");
  await lab.until(() => Boolean(document.querySelector("norm-lab")?.lab));
  await lab.rest(20);
  assert.ok((await lab.colors(".curves")) > 20);
}

inBothBrowsers("Loading", {
  "what takes long says so, in the lab's own style": async (lab) => {
    let arrive = () => {};
    lab.server.instead.set(MODULE, new Promise((resolve) => (arrive = () => resolve(undefined))));
    try {
      await visit(lab, "steps=20");
      await lab.says("[role=status]", /^Loading the lab …$/);
      await lab.until(() => document.querySelector("norm-lab").shadowRoot.adoptedStyleSheets.length > 0);
      assert.equal(await lab.page.evaluate(() => Boolean(document.querySelector("norm-lab").lab)), false);
    } finally {
      arrive();
      lab.server.instead.clear();
    }
    await lab.until(() => Boolean(document.querySelector("norm-lab").lab));
    await lab.rest(20);
    assert.equal(await lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.querySelectorAll(".loading").length), 0);
  },

  "a module that is missing is named, and can be had later": async (lab) => {
    lab.server.instead.set(MODULE, null);
    try {
      await visit(lab, "steps=20");
      await lab.says("[role=alert]", /The WebAssembly module could not be loaded \(404\)/);
      const border = await lab.page.evaluate(
        () => getComputedStyle(document.querySelector("norm-lab").shadowRoot.querySelector("[role=alert]")).borderTopStyle,
      );
      assert.equal(border, "solid", "the message has styles");
    } finally {
      lab.server.instead.clear();
    }
    await again(lab);
    forgive(lab, /404/);
  },

  "so are styles": async (lab) => {
    const { NAMES } = await import("../../../www/styles.js");
    const file = `www/styles/${NAMES[0]}.css`;
    lab.server.instead.set(file, null);
    try {
      await visit(lab, "steps=20");
      await lab.says("[role=alert]", /The lab's styles could not be loaded \(404\)/);
    } finally {
      lab.server.instead.clear();
    }
    await again(lab);
    forgive(lab, /404/);
  },

  "a lab that could only be built in half leaves nothing behind": async (lab, { name }) => {
    await lab.page.evaluateOnNewDocument(() => {
      const Real = globalThis.Worker;
      let refused = false;
      globalThis.Worker = class extends Real {
        /** @param {URL} url @param {WorkerOptions} options */
        constructor(url, options) {
          // The second one cannot be had, once.
          if (globalThis.first && !refused) {
            refused = true;
            throw new Error("no worker to be had");
          }
          globalThis.first = true;
          super(url, options);
        }
      };
    });
    await visit(lab, "steps=20");
    await lab.says("[role=alert]", /The lab could not be started/);
    if (name === "Chromium") {
      for (let i = 0; i < 50 && lab.page.workers().length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(lab.page.workers().length, 0);
    }
    await lab.page.keyboard.press("n");
    await again(lab);
    await lab.page.keyboard.press("n");
    await lab.until(() => document.querySelector("norm-lab").lab.store.get("a", "seed") === "2");
    // Chromium only tells that an error was logged.
    forgive(lab, /no worker to be had|JSHandle@error/);
  },
});
