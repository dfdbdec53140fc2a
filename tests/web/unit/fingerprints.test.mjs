/** Chromium, Firefox and Node compute the same bits, in both editions. */

import assert from "node:assert/strict";
import test from "node:test";
import { BROWSERS } from "../support/browsers.mjs";
import { combinations, CONFIGURATIONS, FEW, STEPS } from "../support/configurations.mjs";
import { FOLDERS, full, wasm } from "../support/engine.mjs";
import { serve } from "../support/server.mjs";

/** Trains every configuration, or says what keeps it from training. Self-contained: it also runs inside a page. */
function train(/** @type {any} */ { Trainer }, /** @type {string[]} */ configurations, /** @type {number} */ steps) {
  return configurations.map((text) => {
    let trainer;
    try {
      trainer = new Trainer(text);
    } catch (problems) {
      return `refused: ${/** @type {any} */ (problems).map((/** @type {any} */ problem) => problem.field)}`;
    }
    for (let i = 0; i < steps; i++) trainer.step();
    const print = `${trainer.steps()} ${trainer.fingerprint()}`;
    trainer.free();
    return print;
  });
}

const COMBINATIONS = combinations(full);
const expected = train(wasm, CONFIGURATIONS, STEPS);
const combined = train(full, COMBINATIONS, FEW);

test("the configurations give different fingerprints, and the same ones again", () => {
  assert.equal(new Set(expected).size, CONFIGURATIONS.length);
  assert.deepEqual(train(wasm, CONFIGURATIONS, STEPS), expected);
});

test("the full edition computes what the first one does", () => {
  assert.deepEqual(train(full, CONFIGURATIONS, STEPS), expected);
  const [known, all] = [wasm.tables(), full.tables()];
  assert.deepEqual(known.fields, all.fields, "both know the same words");
  const named = (/** @type {any[]} */ view) => view.map((field) => ({ ...field, choices: field.choices.map(({ name, label }) => ({ name, label })) }));
  assert.deepEqual(named(known.view), named(all.view));
  // What is to be measured can be chosen in both; only the full edition explains and measures it.
  const choices = (/** @type {any[]} */ measures) => measures.map(({ name, label, group, inPanels }) => ({ name, label, group, inPanels }));
  assert.deepEqual(choices(known.measures), choices(all.measures));
});

test("every family trains with every normalization that can stand in it", () => {
  const refused = COMBINATIONS.filter((_, i) => !combined[i].startsWith(`${FEW} `)).map((text) => text.split("&data")[0]);
  assert.deepEqual(refused, ["model=mlp&norm=instance", "model=rnn&norm=instance"]);
  assert.equal(new Set(combined).size, COMBINATIONS.length - 1, "all others differ");
});

test("the first edition trains nothing beyond it", () => {
  const beyond = COMBINATIONS.filter((text) => !/model=mlp&norm=(none|batch|layer|group|instance|rms)&/.test(text));
  assert.deepEqual(new Set(train(wasm, beyond, FEW)), new Set(["refused: model"]));
});

for (const { name, launch } of BROWSERS) {
  test(`${name} computes what Node computes`, { timeout: 120_000 }, async () => {
    const server = await serve();
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(`${server.url}LICENSE-MIT`);
      const inPage = (/** @type {string} */ folder, /** @type {string[]} */ configurations, /** @type {number} */ steps) =>
        page.evaluate(
          async (base, source, configurations, steps) => {
            const module = await import(`${base}/normlab.js`);
            globalThis.normlabPanicked = () => {};
            await module.default({ module_or_path: await (await fetch(`${base}/normlab_bg.wasm`)).arrayBuffer() });
            return new Function(`return ${source}`)()(module, configurations, steps);
          },
          server.url + folder,
          train.toString(),
          configurations,
          steps,
        );
      assert.deepEqual(await inPage(FOLDERS[0], CONFIGURATIONS, STEPS), expected);
      assert.deepEqual(await inPage(FOLDERS[1], COMBINATIONS, FEW), combined);
    } finally {
      await browser.close();
      await server.close();
    }
  });
}
