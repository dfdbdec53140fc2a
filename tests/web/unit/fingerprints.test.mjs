/** The runner, Node, Chromium and Firefox compute the same bits, in both editions. */

import assert from "node:assert/strict";
import test from "node:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BROWSERS } from "../support/browsers.mjs";
import { combinations, CONFIGURATIONS, drawn, FEW, STEPS } from "../support/configurations.mjs";
import { FOLDERS, full, wasm } from "../support/engine.mjs";
import { normlab, trained } from "../support/native.mjs";
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

/** All that a run gave: losses and accuracies under every policy of evaluation, its end, its fingerprint. Self-contained too. */
function outcomes(/** @type {any} */ { Cell }, /** @type {string[]} */ configurations, /** @type {number} */ steps) {
  return configurations.map((text) => {
    const cell = new Cell(text, steps, 0.5);
    while (cell.train(steps));
    const outcome = cell.outcome();
    cell.free();
    return outcome;
  });
}

/** What a sweep's cell and the runner's summary both know. */
const SHARED = [
  "steps",
  "fingerprint",
  "diverged_at",
  "diverged_layer",
  ...["", "_batch", "_precise"].flatMap((by) => [`val_loss${by}`, `val_accuracy${by}`]),
];

/** @param {Record<string, unknown>} from What is absent counts as null. */
const shared = (from) => Object.fromEntries(SHARED.map((key) => [key, from[key] ?? null]));

const DRAWN = drawn(full, 120, 1);
const outcome = outcomes(full, DRAWN, FEW);

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
  const named = (/** @type {any[]} */ view) =>
    view.map((field) => ({ ...field, choices: field.choices.map(({ name, label }) => ({ name, label })) }));
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

test("the headless runner computes what Node computes: all combinations, and settings drawn at random, evaluations too", {
  timeout: 600_000,
}, () => {
  for (const [all, steps, prints] of /** @type {[string[], number, string[]][]} */ ([
    [CONFIGURATIONS, STEPS, expected],
    [COMBINATIONS, FEW, combined],
  ])) {
    all.forEach((text, i) => {
      if (prints[i].startsWith("refused")) return;
      const summary = trained(text, steps);
      assert.equal(`${summary.steps} ${summary.fingerprint}`, prints[i], text);
    });
  }
  for (const [i, text] of DRAWN.entries()) assert.deepEqual(shared(trained(text, FEW)), shared(JSON.parse(outcome[i])), text);
});

test("the headless runner goes on from weights as Node does", { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "normlab-weights-"));
  try {
    const file = join(folder, "w.safetensors");
    for (const text of DRAWN.slice(0, 20)) {
      const before = new full.Exporter(text);
      before.advance(3);
      const weights = before.weights();
      writeFileSync(file, weights);
      const here = full.Trainer.start_from(text, weights);
      for (let i = 0; i < FEW; i++) here.step();
      assert.equal(trained(text, FEW, ["--load", file]).fingerprint, here.fingerprint(), text);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the headless runner's sweeps are the page's", { timeout: 300_000 }, () => {
  const base = "model=cnn&depth=2&width=8&data=shapes&norm=batch&shift_scale=0.5&adapt=20&prior=8&freeze=8";
  const sets = base.split("&").flatMap((setting) => ["--set", setting]);
  const lines = normlab(["sweep", ...sets, "--x", "lr=0.01,0.1,3", "--y", "norm=none,batch,group", "--seeds", "2", "--steps", "12"]);
  const cells = lines.slice(1);
  assert.equal(cells.length, 18);
  for (const cell of cells) {
    const [here] = outcomes(full, [`${base}&lr=${cell.lr}&norm=${cell.norm}&seed=${cell.seed}`], 12);
    for (const [key, value] of Object.entries(JSON.parse(here))) assert.deepEqual(cell[key], value, `${key} of cell ${cell.cell}`);
  }
});

for (const { name, launch } of BROWSERS) {
  test(`${name} computes what Node computes`, { timeout: 120_000 }, async () => {
    const server = await serve();
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(`${server.url}LICENSE-MIT`);
      const inPage = (
        /** @type {Function} */ what,
        /** @type {string} */ folder,
        /** @type {string[]} */ configurations,
        /** @type {number} */ steps,
      ) =>
        page.evaluate(
          async (base, source, configurations, steps) => {
            const module = await import(`${base}/normlab.js`);
            globalThis.normlabPanicked = () => {};
            await module.default({ module_or_path: await (await fetch(`${base}/normlab_bg.wasm`)).arrayBuffer() });
            return new Function(`return ${source}`)()(module, configurations, steps);
          },
          server.url + folder,
          what.toString(),
          configurations,
          steps,
        );
      assert.deepEqual(await inPage(train, FOLDERS[0], CONFIGURATIONS, STEPS), expected);
      assert.deepEqual(await inPage(train, FOLDERS[1], COMBINATIONS, FEW), combined);
      assert.deepEqual(await inPage(outcomes, FOLDERS[1], DRAWN, FEW), outcome);
    } finally {
      await browser.close();
      await server.close();
    }
  });
}
