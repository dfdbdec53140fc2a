/** What a measurement costs in training steps. */

import { compare, repeat } from "./compare.js";
import { wasm } from "./engine.js";

/** Every instrument that has anything to measure in a run. @param {string} text */
export function measureProbes(text) {
  const found = [];
  for (let nth = 0; ; nth++) {
    const probe = wasm.Probe.nth(text, nth);
    if (!probe) return found;
    const { rates, ratios } = compare([() => probe.step(), () => probe.measure()].map(repeat), 25);
    found.push({
      label: probe.label(),
      count: probe.count(),
      every: probe.every(),
      curves: probe.curves(),
      milliseconds: 1000 / rates[1],
      steps: ratios[1],
    });
  }
}
