/** What measuring costs while a run trains, at the interval that the page starts with. */

import { head, percent, row } from "../format.mjs";
import { CNN, DEFAULT } from "../nets.mjs";

/** @typedef {{label: string, count: number, every: number, curves: boolean, milliseconds: number, steps: number}} Cost */

/** @param {import("../bench.mjs").Stage} stage */
export default async function ({ page }) {
  console.log("What one measurement costs in training steps, and how much longer training takes at the interval that the page");
  console.log("starts with; two instruments are the most that it shows. Curvature takes 20 products with the Hessian.\n");
  head("net", "measured at once", "milliseconds:", "steps:", "every:", "training is longer by:");
  for (const { name, text } of [...DEFAULT, { name: "CNN 8-16, BatchNorm", text: `${CNN}&norm=batch` }]) {
    /** @type {Cost[]} */
    const costs = await page.evaluate((text) => globalThis.measureProbes(text), text);
    const share = (/** @type {Cost} */ cost) => cost.steps / cost.every;
    const names = (/** @type {Cost} */ { label, count }) => (count > 1 ? `${label} and ${count - 1} more` : label);
    for (const cost of costs) row(name, names(cost), cost.milliseconds.toFixed(2), cost.steps.toFixed(1), cost.every, percent(share(cost)));
    const [first, second] = costs
      .filter((c) => !c.curves)
      .map(share)
      .sort((a, b) => b - a);
    row(name, "the two dearest but curvature", "", "", "", percent(first + second));
  }
}
