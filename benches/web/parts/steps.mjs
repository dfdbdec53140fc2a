/** Training steps against TensorFlow.js and jax-js, and against their matrix products alone. */

import { count, head, percent, row, times } from "../format.mjs";

const NETS = [
  { name: "2-[16]×4-2", data: "spirals", inputs: 2, width: 16, depth: 4, classes: 2, batch: 32 },
  { name: "64-[64]×4-10", data: "digits", inputs: 64, width: 64, depth: 4, classes: 10, batch: 32 },
  { name: "64-[64]×4-10", data: "digits", inputs: 64, width: 64, depth: 4, classes: 10, batch: 256 },
  { name: "64-[128]×8-10", data: "digits", inputs: 64, width: 128, depth: 8, classes: 10, batch: 32 },
  { name: "64-[128]×8-10", data: "digits", inputs: 64, width: 128, depth: 8, classes: 10, batch: 256 },
];

/** @param {import("../bench.mjs").Stage} stage */
export default async function ({ page }) {
  const { version, simd, threads } = await page.evaluate(() => globalThis.backends());
  console.log(
    `Training steps per second, SGD with momentum; TensorFlow.js ${version}, wasm backend with SIMD ${simd}, threads ${threads}.`,
  );
  console.log("BatchNorm there: tf.moments and tf.batchNorm; by hand: written out in elementary operations.");
  console.log("jax-js 0.1.25: its wasm backend, the whole step compiled by jit, BatchNorm written out.");
  console.log("The limit: the step's matrix products alone, by the library that we use. Medians, all in one run.\n");
  head(
    "net",
    "batch:",
    "norm",
    "ours:",
    "jax-js:",
    "ours is:",
    "TF.js wasm:",
    "ours is:",
    "by hand:",
    "ours is:",
    "TF.js cpu:",
    "ours is:",
    "limit:",
    "GFLOP/s:",
    "share:",
  );
  for (const net of NETS) {
    for (const norm of [true, false]) {
      const { wasm, cpu, gflops } = await page.evaluate((net) => globalThis.measureSteps(net), { ...net, norm });
      const [own, limit, jax, library, byHand] = wasm.rates;
      const hand = norm ? [count(byHand), times(wasm.ratios[4])] : ["", ""];
      const others = [
        count(jax),
        times(wasm.ratios[2]),
        count(library),
        times(wasm.ratios[3]),
        ...hand,
        count(cpu.rates[1]),
        times(cpu.ratios[1]),
      ];
      row(
        net.name,
        net.batch,
        norm ? "BatchNorm" : "none",
        count(own),
        ...others,
        count(limit),
        gflops.toFixed(1),
        percent(wasm.ratios[1]),
      );
    }
  }
}
