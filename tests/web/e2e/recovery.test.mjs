/** A worker that crashes is replaced, and its run repeated. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

/** What a crash on purpose leaves in the console. @param {import("../support/lab.mjs").LabPage} lab */
function forgive(lab) {
  const others = lab.complaints.filter(
    (text) => !/trap was asked for|The worker of run [AB] crashed|A worker crashed|unreachable|panicked|404|worker\.js/.test(text),
  );
  lab.complaints.splice(0, Infinity, ...others);
}

inBothBrowsers("Recovery", {
  "a crashed run is replayed to the same bits, and the page says so": async (lab) => {
    await lab.open("steps=120");
    await lab.rest(120);
    const whole = await lab.fingerprints();
    await lab.open("steps=120");
    await lab.reach(40);
    await lab.page.evaluate(() => document.querySelector("norm-lab").lab.crash("a"));
    await lab.says(".notes", /The worker that trains run A crashed. It was replaced/);
    await lab.rest(120);
    assert.equal(await lab.fingerprints(), whole);
    forgive(lab);
  },

  "one that keeps crashing is given up, and the page stays alive": async (lab) => {
    await lab.open("steps=100000");
    for (const round of [1, 2, 3]) {
      await lab.reach(round);
      await lab.page.evaluate(() => document.querySelector("norm-lab").lab.crash("a"));
      await lab.until(
        (round) =>
          document
            .querySelector("norm-lab")
            .shadowRoot.querySelector(".notes")
            .textContent.includes(round === 3 ? "keeps crashing" : "was replaced"),
        round,
      );
      await lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.querySelector(".notes").replaceChildren());
    }
    const before = await lab.page.evaluate(() => document.querySelector("norm-lab").lab.conductor.runs.b.step);
    await lab.until((before) => document.querySelector("norm-lab").lab.conductor.runs.b.step > before + 10, before);
    await lab.click(".transport button:nth-of-type(4)");
    await lab.reach(5);
    forgive(lab);
  },

  "a worker that cannot be loaded is tried a few times, and then no more": async (lab) => {
    const { instead, asked } = lab.server;
    instead.set("www/runs/worker.js", null);
    try {
      await lab.open();
      await lab.says(".notes", /could not be loaded: the server does not answer\. Reset tries once more/);
      await lab.says(".readout", /ended/);
      const tried = asked.get("www/runs/worker.js");
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.equal(asked.get("www/runs/worker.js"), tried);
    } finally {
      instead.clear();
    }
    await lab.click(".transport button:nth-of-type(4)");
    await lab.click(".play");
    await lab.reach(5);
    forgive(lab);
  },

  "leaving while workers are being loaded is no crash": async (lab) => {
    for (let i = 0; i < 6; i++) {
      // What cannot be trained loads the full edition, in workers of its own.
      await lab.open("batch=1&hide=finding&start=paused");
      await lab.says(".head-b .message", /BatchNorm needs more than one value per channel/);
    }
  },

  "a landscape that cannot be measured says so": async (lab) => {
    const { instead, asked } = lab.server;
    instead.set(
      "www/landscape/worker.js",
      "onmessage = ({ data }) => postMessage(data.type === 'init' ? { type: 'ready' } : { type: 'panic', message: 'as always' });",
    );
    try {
      await lab.open("steps=20");
      for (const side of ["a", "b"]) await lab.says(`.landscape-${side} .reason`, /^The landscape cannot be measured here\.$/);
      await lab.rest(20);
      const tried = asked.get("www/landscape/worker.js");
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.equal(asked.get("www/landscape/worker.js"), tried);
    } finally {
      instead.clear();
    }
    await lab.choose(".head-b select", "layer");
    await lab.says(".landscape-a .caption", /step 20, \d+ × \d+ points/);
    assert.equal(await lab.text(".landscape-a .reason"), "");
    forgive(lab);
  },

  "a crash while weights are on their way does not stop the landscapes": async (lab) => {
    await lab.open("steps=100000");
    await lab.reach(20);
    await lab.page.evaluate(() => {
      const run = document.querySelector("norm-lab").lab.conductor.runs.a;
      // The next order that asks for weights finds the worker crashed.
      run.go = (order) => {
        if (order.weights) {
          run.crash();
          delete run.go;
        }
        Object.getPrototypeOf(run).go.call(run, order);
      };
    });
    await lab.says(".notes", /crashed/);
    const step = await lab.page.evaluate(() => document.querySelector("norm-lab").lab.conductor.runs.b.step);
    await lab.reach(step + 20);
    await lab.until((step) => Number(/step (\d+)/.exec(document.querySelector("norm-lab").lab.store.lab.moment(3))?.[1]) > step, step);
    forgive(lab);
  },

  "a crash of the page itself says so and offers a way on": async (lab) => {
    await lab.open("depth=3&steps=40");
    await lab.rest(40);
    await lab.page.evaluate(() => {
      try {
        document.querySelector("norm-lab").lab.engine.wasm.trap();
      } catch {
        // The trap itself.
      }
    });
    await lab.says("[role=alert]", /The lab has crashed.*Reload the page/);
    await lab.click("[role=alert] button");
    await lab.until(() => document.querySelector("norm-lab")?.lab?.store.get("a", "depth") === "3");
    await lab.rest(40);
    forgive(lab);
  },

  "the element ends its workers when it leaves the page, and starts anew when it comes back": async (lab, { name }) => {
    await lab.open("steps=100000");
    await lab.reach(5);
    // Only Chromium tells of a page's workers as they end.
    const workers = () => (name === "Chromium" ? lab.page.workers().length : undefined);
    if (name === "Chromium") assert.ok(workers() >= 3, "one for each run, and one to measure");
    await lab.page.evaluate(() => {
      globalThis.element = document.querySelector("norm-lab");
      globalThis.old = globalThis.element.lab;
      globalThis.element.remove();
    });
    assert.equal(await lab.page.evaluate(() => globalThis.element.lab), undefined);
    for (let i = 0; i < 50 && workers(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
    if (name === "Chromium") assert.equal(workers(), 0);
    await lab.page.evaluate(() => document.body.append(globalThis.element));
    await lab.until(() => document.querySelector("norm-lab").lab && document.querySelector("norm-lab").lab !== globalThis.old);
    await lab.reach(5);
  },
});
