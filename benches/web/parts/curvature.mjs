/** A product of the Hessian with a vector against gradients of the same loss. */

import { head, row, times } from "../format.mjs";
import { CNN, DEFAULT, LARGE } from "../nets.mjs";

/** @param {import("../bench.mjs").Stage} stage */
export default async function ({ page }) {
  console.log("A product of the Hessian with a vector, exact in double precision (dual numbers), against …\n");
  head("net", "samples:", "milliseconds:", "the gradient in double:", "in single precision:", "a training step on 32:");
  for (const { name, text } of [...DEFAULT, LARGE, { name: "CNN 8-16, BatchNorm", text: `${CNN}&norm=batch` }]) {
    const { samples, milliseconds, double, single, step } = await page.evaluate((text) => globalThis.measureProduct(text), text);
    row(name, samples, milliseconds.toFixed(2), times(double), times(single), times(step));
  }
}
