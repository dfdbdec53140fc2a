/** Landscapes: against their products, over their size, and by one or two workers of the page's. */

import { compare, median } from "./compare.js";
import { engine, wasm } from "./engine.js";

/** Points along each side of a landscape. */
const SIDE = 51;

/** Samples that a landscape is measured on. */
const SAMPLES = 256;

/** @param {string} text @returns {Float32Array} Weights of a network that has trained a little. */
function trained(text) {
  const trainer = new wasm.Trainer(text);
  for (let i = 0; i < 50; i++) trainer.step();
  return trainer.weights();
}

/** @param {string} text @param {Float32Array} weights */
function placed(text, weights) {
  const surveyor = new wasm.Surveyor(text);
  surveyor.place(weights, "random", "batch", new Float32Array(0));
  return surveyor;
}

/** Points of a grid, again and again. @param {wasm.Surveyor} surveyor @param {number} side @returns {import("./compare.js").Work} */
function survey(surveyor, side) {
  let next = 0;
  return (points) => {
    for (let left = points; left > 0; ) {
      const to = Math.min(next + left, side ** 2);
      surveyor.plane(side, next, to);
      left -= to - next;
      next = to % side ** 2;
    }
  };
}

/** A landscape against its matrix products, and the time to the first, coarse picture. */
export function measureLandscape(text) {
  const weights = trained(text);
  const products = new wasm.Products(text, SAMPLES);
  const { rates, ratios } = compare([survey(placed(text, weights), SIDE), (points) => products.forward(points)], 60);
  const start = performance.now();
  placed(text, weights).plane(5, 0, 25);
  return { seconds: SIDE ** 2 / rates[0], share: ratios[1], first: performance.now() - start };
}

/**
 * Whole landscapes of some sizes, each so many rounds, in turn.
 *
 * @param {{text: string, side: number}[]} sizes
 * @returns Seconds of each.
 */
export function measureSizes(sizes) {
  const works = sizes.map(({ text, side }) => {
    const surveyor = placed(text, trained(text));
    return () => {
      const start = performance.now();
      surveyor.plane(side, 0, side ** 2);
      return (performance.now() - start) / 1000;
    };
  });
  for (const work of works) work();
  const rounds = Array.from({ length: 3 }, () => works.map((work) => work()));
  return sizes.map((_, i) => median(rounds.map((round) => round[i])));
}

/** Landscapes by one worker and by two, row by row, in turn. @returns Medians of the seconds and of their ratio. */
export async function measureWorkers(text) {
  const weights = trained(text);
  const crew = await Promise.all([hire(text, weights), hire(text, weights)]);
  const rounds = [];
  for (let round = 0; round < 5; round++) rounds.push([await divide(crew.slice(0, 1)), await divide(crew)]);
  for (const { worker } of crew) worker.terminate();
  const [one, two] = [0, 1].map((i) => median(rounds.map((round) => round[i])));
  return { one, two, ratio: median(rounds.map(([one, two]) => one / two)) };
}

/** @typedef {{worker: Worker, row: (row: number) => Promise<void>}} Hand */

/** A worker of the page's that has found the plane. @param {string} text @param {Float32Array} weights @returns {Promise<Hand>} */
async function hire(text, weights) {
  const worker = new Worker("../../www/landscape/worker.js", { type: "module" });
  worker.postMessage({ type: "init", bytes: engine.bytes, glue: engine.glue });
  const section = { plane: "random", stats: "batch", line: false };
  const measure = (/** @type {number} */ from, /** @type {number} */ to, /** @type {object} */ rest) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.type === "measured" ? resolve(undefined) : reject(new Error(JSON.stringify(data))));
      worker.postMessage({ type: "measure", id: 0, key: 0, side: "a", text, section, points: SIDE, from, to, ...rest });
    });
  await measure(0, 0, { through: { weights, more: new Float32Array(0) } });
  return { worker, row: (row) => measure(row * SIDE, (row + 1) * SIDE, {}) };
}

/** Seconds that some workers take for all rows, whoever is free taking the next. @param {Hand[]} crew */
async function divide(crew) {
  const start = performance.now();
  let next = 0;
  await Promise.all(
    crew.map(async (hand) => {
      while (next < SIDE) await hand.row(next++);
    }),
  );
  return (performance.now() - start) / 1000;
}
