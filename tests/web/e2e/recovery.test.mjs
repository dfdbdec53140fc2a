/** A worker that crashes is replaced, and its run repeated. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

/** What a crash on purpose leaves in the console. @param {import("../support/lab.mjs").LabPage} lab */
function forgive(lab) {
  const others = lab.complaints.filter((text) => !/trap was asked for|The worker of run A crashed|unreachable|panicked/.test(text));
  lab.complaints.splice(0, Infinity, ...others);
}

inBothBrowsers("Recovery", {
  "a trapped run is replayed to the same bits, and the page says so": async (lab) => {
    await lab.open("steps=120");
    await lab.rest(120);
    const whole = await lab.fingerprints();
    await lab.open("steps=120");
    await lab.reach(40);
    await lab.page.evaluate(() => document.querySelector("norm-lab").lab.trap("a"));
    await lab.says(".notes", /The worker that trains run A crashed. It was replaced/);
    await lab.rest(120);
    assert.equal(await lab.fingerprints(), whole);
    forgive(lab);
  },

  "one that keeps crashing is given up, and the page stays alive": async (lab) => {
    await lab.open("steps=100000");
    for (const round of [1, 2, 3]) {
      await lab.reach(round);
      await lab.page.evaluate(() => document.querySelector("norm-lab").lab.trap("a"));
      await lab.until((round) => document.querySelector("norm-lab").shadowRoot.querySelector(".notes").textContent.includes(round === 3 ? "keeps crashing" : "was replaced"), round);
      await lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.querySelector(".notes").replaceChildren());
    }
    const before = await lab.page.evaluate(() => document.querySelector("norm-lab").lab.conductor.runs.b.step);
    await lab.until((before) => document.querySelector("norm-lab").lab.conductor.runs.b.step > before + 10, before);
    await lab.click(".transport button:nth-of-type(4)");
    await lab.reach(5);
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

  "the element ends its workers when it leaves the page, and starts anew when it comes back": async (lab) => {
    await lab.open("steps=100000");
    await lab.reach(5);
    await lab.page.evaluate(() => {
      globalThis.element = document.querySelector("norm-lab");
      globalThis.old = globalThis.element.lab;
      globalThis.element.remove();
    });
    assert.equal(await lab.page.evaluate(() => globalThis.element.lab), undefined);
    await lab.page.evaluate(() => document.body.append(globalThis.element));
    await lab.until(() => document.querySelector("norm-lab").lab && document.querySelector("norm-lab").lab !== globalThis.old);
    await lab.reach(5);
  },
});
