/** What is measured is the same everywhere, and measuring changes nothing. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { BROWSERS } from "../support/browsers.mjs";
import { ROOT, serve } from "../support/server.mjs";

const full = await import(`${ROOT}www/pkg/full/normlab.js`);
full.initSync({ module: readFileSync(`${ROOT}www/pkg/full/normlab_bg.wasm`) });

/** Configurations, and what is measured of them. */
const CASES = [
  ["norm=batch", "loss_range,shift_cosine,rank,mean_gap,accuracy_precise"],
  ["norm=none&init=he&activation=tanh&batch=64&width=16", "sharpness,dead,mean_drift"],
  ["norm=layer&activation=gelu&batch=20", "predictiveness,effective_lr,gradient_slope"],
  ["norm=ghost&ghost=8", "mean_noise,deviation_gap"],
  ["model=transformer&norm=rms&optimizer=adamw&lr=0.003", "smoothness,gradient_norm,offset"],
];

/** Frames with all that was measured, and fingerprints with and without. Self-contained: it also runs inside a page. */
function measure(/** @type {any} */ { Trainer }, /** @type {string[][]} */ cases) {
  return cases.map(([text, measures]) => {
    const [watched, plain] = [new Trainer(text), new Trainer(text)];
    watched.watch(measures, 10);
    for (let i = 0; i < 25; i++) {
      while (watched.measure());
      watched.step();
      plain.step();
    }
    const bytes = watched.frame(6, true);
    const result = { frame: Array.from(bytes).join(), watched: watched.fingerprint(), plain: plain.fingerprint() };
    watched.free();
    plain.free();
    return result;
  });
}

const expected = measure(full, CASES);

test("a watched run is the same bit for bit, and the same is measured again", () => {
  for (const { watched, plain } of expected) assert.equal(watched, plain);
  assert.deepEqual(measure(full, CASES), expected);
  assert.equal(new Set(expected.map((e) => e.frame)).size, CASES.length);
});

for (const { name, launch } of BROWSERS) {
  test(`${name} measures what Node measures`, { timeout: 120_000 }, async () => {
    const server = await serve();
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(`${server.url}LICENSE-MIT`);
      const got = await page.evaluate(
        async (base, source, cases) => {
          const module = await import(`${base}www/pkg/full/normlab.js`);
          globalThis.normlabPanicked = () => {};
          await module.default({ module_or_path: await (await fetch(`${base}www/pkg/full/normlab_bg.wasm`)).arrayBuffer() });
          return new Function(`return ${source}`)()(module, cases);
        },
        server.url,
        measure.toString(),
        CASES,
      );
      assert.deepEqual(got, expected);
    } finally {
      await browser.close();
      await server.close();
    }
  });
}
