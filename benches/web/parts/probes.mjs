/** What measuring costs while a run trains, at the interval that the page starts with. */

import { count, head, percent, row } from "../format.mjs";
import { DEFAULT } from "../nets.mjs";

/** @typedef {{name: string, every: number, own: number, curves: boolean}} Probe */

/** @param {import("../bench.mjs").Stage} stage */
export default async function ({ page }) {
  console.log("Training and evaluating with and without a measurement, and with the two dearest at once: as many as the page shows.");
  console.log("Curvature takes 20 products with the Hessian; the page says how far it has come\n");
  head("net", "measured", "every:", "steps/s without:", "with:", "longer by:");
  for (const { name, text } of DEFAULT) {
    /** @type {Probe[]} */
    const probes = await page.evaluate((text) => globalThis.wasm.probes(text), text);
    const measure = async (/** @type {Probe[]} */ probes) => {
      const [names, steps] = [probes.map((p) => p.name).join(), Math.max(...probes.map((p) => p.own))];
      const interval = { every: probes[0].every, steps };
      const { plain, watched, overhead } = await page.evaluate((...args) => globalThis.measureProbes(...args), text, names, interval);
      row(name, probes.map((p) => p.name).join(" and "), probes.map((p) => p.own).join(" and "), count(plain), count(watched), percent(overhead));
      return overhead;
    };
    /** @type {[Probe, number][]} */
    const all = [];
    for (const probe of probes.filter((p) => !p.curves)) all.push([probe, await measure([probe])]);
    all.sort((a, b) => b[1] - a[1]);
    await measure(all.slice(0, 2).map(([probe]) => probe));
    await measure(probes.filter((p) => p.curves));
  }
}
