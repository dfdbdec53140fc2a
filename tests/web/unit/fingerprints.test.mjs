/** Chromium, Firefox and Node compute the same bits. */

import assert from "node:assert/strict";
import test from "node:test";
import { BROWSERS } from "../support/browsers.mjs";
import { CONFIGURATIONS, STEPS } from "../support/configurations.mjs";
import { wasm } from "../support/engine.mjs";
import { serve } from "../support/server.mjs";

/** Trains every configuration. Self-contained: it also runs inside a page. */
function train(/** @type {any} */ { Trainer }, /** @type {string[]} */ configurations, /** @type {number} */ steps) {
  return configurations.map((text) => {
    const trainer = new Trainer(text);
    for (let i = 0; i < steps; i++) trainer.step();
    const print = `${trainer.steps()} ${trainer.fingerprint()}`;
    trainer.free();
    return print;
  });
}

const expected = train(wasm, CONFIGURATIONS, STEPS);

test("the configurations give different fingerprints, and the same ones again", () => {
  assert.equal(new Set(expected).size, CONFIGURATIONS.length);
  assert.deepEqual(train(wasm, CONFIGURATIONS, STEPS), expected);
});

for (const { name, launch } of BROWSERS) {
  test(`${name} computes what Node computes`, { timeout: 120_000 }, async () => {
    const server = await serve();
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(`${server.url}LICENSE-MIT`);
      const got = await page.evaluate(
        async (base, source, configurations, steps) => {
          const module = await import(`${base}www/pkg/normlab.js`);
          globalThis.normlabPanicked = () => {};
          await module.default({ module_or_path: await (await fetch(`${base}www/pkg/normlab_bg.wasm`)).arrayBuffer() });
          return new Function(`return ${source}`)()(module, configurations, steps);
        },
        server.url,
        train.toString(),
        CONFIGURATIONS,
        STEPS,
      );
      assert.deepEqual(got, expected);
    } finally {
      await browser.close();
      await server.close();
    }
  });
}
