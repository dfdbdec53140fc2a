/** A Hessian's product with a vector against gradients of the same loss. */

import { compare, repeat } from "./compare.js";
import { wasm } from "./engine.js";

/** @param {string} text */
export function measureProduct(text) {
  const slopes = new wasm.Slopes(text);
  const works = [() => slopes.product(), () => slopes.double(), () => slopes.single(), () => slopes.step()];
  const { rates, ratios } = compare(works.map(repeat), 25);
  const [double, single, step] = ratios.slice(1).map((ratio) => 1 / ratio);
  return { samples: slopes.samples(), milliseconds: 1000 / rates[0], double, single, step };
}
