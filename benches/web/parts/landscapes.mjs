/** Landscapes: against their matrix products, over grid size and samples, and by two workers. */

import { head, percent, row, times } from "../format.mjs";
import { DEFAULT, LARGE } from "../nets.mjs";

const SIDES = [13, 25, 51, 75];
const SAMPLES = [32, 64, 128, 256];

/** The exponent p of a cost ~ sizeᵖ, by least squares on logarithms. @param {number[]} sizes @param {number[]} costs */
function exponent(sizes, costs) {
  const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b) / values.length;
  const centred = (/** @type {number[]} */ values) => values.map(Math.log).map((v, _, all) => v - mean(all));
  const [x, y] = [centred(sizes), centred(costs)];
  return mean(x.map((v, i) => v * y[i])) / mean(x.map((v) => v * v));
}

/** @param {import("../bench.mjs").Stage} stage */
export default async function ({ page }) {
  console.log("A 51 × 51 loss landscape on 256 samples by one worker; share: of the speed of its matrix products alone\n");
  head("net", "seconds:", "share:", "first picture (5 × 5):");
  for (const { name, text } of [...DEFAULT, LARGE]) {
    const { seconds, share, first } = await page.evaluate((text) => globalThis.measureLandscape(text), text);
    row(name, seconds.toFixed(2), percent(share), `${first.toFixed(0)} ms`);
  }

  const { name, text } = DEFAULT[0];
  console.log(`\nWhat ${name} costs by size; the power of the size with which it grows: 1 is linear,`);
  console.log("a little less where each point has a part that does not grow, here to move the weights there\n");
  head("what", ...SIDES.map((_, i) => `size ${i + 1}:`), "power:");
  const sides = SIDES.map((side) => ({ text, side }));
  const samples = SAMPLES.map((n) => ({ text: `${text}&subset=${n}`, side: 25 }));
  for (const [what, sizes, counts] of /** @type {[string, typeof sides, number[]][]} */ ([
    ["points", sides, SIDES.map((side) => side ** 2)],
    ["samples", samples, SAMPLES],
  ])) {
    const seconds = await page.evaluate((sizes) => globalThis.measureSizes(sizes), sizes);
    row(`seconds for … ${what}`, ...seconds.map((s, i) => `${counts[i]}: ${s.toFixed(3)}`), exponent(counts, seconds).toFixed(2));
  }

  console.log("\nThe same landscape by one worker and by two\n");
  head("net", "one, seconds:", "two:", "speed-up:");
  for (const { name, text } of DEFAULT) {
    const { one, two, ratio } = await page.evaluate((text) => globalThis.measureWorkers(text), text);
    row(name, one.toFixed(2), two.toFixed(2), times(ratio));
  }
}
