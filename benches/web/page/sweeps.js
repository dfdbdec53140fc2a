/** Cells of the preset sweep over learning rates: against their products, and by one or two workers. */

import { CellPool } from "../../../www/sweep/pool.js";
import { compare, median, repeat } from "./compare.js";
import { engine, wasm } from "./engine.js";

const hash = wasm.sweep_preset("learning-rate", "");

/** @returns The sweep, new. */
const fresh = () => new wasm.Sweep(hash, document.createElement("canvas"));

/** Samples of the digits for training and for validation. */
const [TRAINING, VALIDATION] = [1437, 360];

/**
 * A cell, from its first step to its outcome, against the products of its steps and of its evaluations: the
 * validation set with both statistics, and where there are running ones once more with precise statistics, for
 * which the training set passes.
 *
 * @param {string} norm
 */
export function measureCell(norm) {
  const sweep = fresh();
  const orders = Array.from({ length: sweep.cells() }, (_, i) => sweep.order(i));
  const own = orders.filter(({ text }) => `&${text}&`.includes(`&norm=${norm}&`));
  // In the middle of the rates, where the run neither diverges nor rests.
  const { text, steps, share } = own[own.length >> 1];
  const train = () => {
    const cell = new wasm.Cell(text, steps, share);
    while (cell.train(1000));
    cell.outcome();
    cell.free();
  };
  const step = new wasm.Products(text, 0);
  const evaluation = new wasm.Products(text, norm === "batch" ? 3 * VALIDATION + TRAINING : 2 * VALIDATION);
  const products = () => {
    step.step(steps);
    evaluation.forward(1);
  };
  const { rates, ratios } = compare([train, products].map(repeat), 25);
  return { steps, milliseconds: 1000 / rates[0], share: ratios[1] };
}

/** Every so many cells by one worker and by two, in turn. @returns Medians of the seconds and of their ratio. */
export async function measureCrews() {
  const rounds = [];
  for (let round = 0; round < 5; round++) rounds.push([await train(1), await train(2)]);
  const [one, two] = [0, 1].map((i) => median(rounds.map((round) => round[i])));
  return { cells: cells(fresh()).length, one, two, ratio: median(rounds.map(([one, two]) => one / two)) };
}

/** @param {wasm.Sweep} sweep */
const cells = (sweep) => Array.from({ length: sweep.cells() }, (_, i) => i).filter((i) => i % 3 === 0);

/** Seconds that a pool of so many workers takes. @param {number} workers */
async function train(workers) {
  const sweep = fresh();
  const start = performance.now();
  await new Promise((resolve, reject) => {
    const lost = (/** @type {number} */ cell) => reject(new Error(`cell ${cell} was lost`));
    const pool = new CellPool(engine, {
      order: (cell) => sweep.order(cell),
      done: (cell, outcome) => sweep.take(cell, outcome),
      lost,
      over: () => resolve(undefined),
    });
    pool.limit = workers;
    pool.start(cells(sweep));
  });
  return (performance.now() - start) / 1000;
}
