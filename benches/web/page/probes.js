/** What measuring costs while a run trains. */

import { median } from "./compare.js";
import { wasm } from "./engine.js";

/** Steps that each of the two takes in all, at least. */
const STEPS = 8000;

/**
 * How much longer training takes, evaluations and all, when something is measured at the interval that the
 * page starts with. Both runs train over whole intervals of the rarest, in turn.
 *
 * @param {string} text
 * @param {string} measures Names, separated by commas.
 * @param {{every: number, steps: number}} interval Steps between measurements, and in one turn.
 */
export function measureProbes(text, measures, { every, steps }) {
  const [plain, watched] = [new wasm.Trainer(text), new wasm.Trainer(text)];
  watched.watch(measures, every);
  const timed = (/** @type {() => void} */ step) => {
    const start = performance.now();
    for (let i = 0; i < steps; i++) step();
    return performance.now() - start;
  };
  const turn = () => [
    timed(() => plain.step()),
    timed(() => {
      while (watched.measure());
      watched.step();
    }),
  ];
  turn();
  const turns = Array.from({ length: Math.ceil(STEPS / steps) }, turn);
  if (plain.diverged()) throw new Error("the run diverged");
  const rate = (/** @type {number} */ i) => (steps * 1000) / median(turns.map((times) => times[i]));
  return { plain: rate(0), watched: rate(1), overhead: median(turns.map(([plain, watched]) => watched / plain)) - 1 };
}
