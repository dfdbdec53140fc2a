/** Training steps of every family of networks, and of convolutional ones against TensorFlow.js. */

import { count, head, percent, row, times } from "../format.mjs";
import { CNN, RNN, TRAINING, TRANSFORMER } from "../nets.mjs";

const FAMILIES = [
  { name: "CNN 8-16, head 32", text: CNN, batch: 32 },
  { name: "CNN 8-16, head 32", text: CNN, batch: 256 },
  { name: "CNN 32-64, head 32", text: "model=cnn&depth=2&width=32&head=32", batch: 32 },
  { name: "RNN, 32 steps, [64]", text: RNN, batch: 32 },
  { name: "transformer, 8 tokens, [32]×2", text: TRANSFORMER, batch: 32 },
];

const CNNS = [
  { name: "CNN 8-16, head 32", side: 8, depth: 2, width: 8, head: 32, classes: 10, batch: 32 },
  { name: "CNN 8-16, head 32", side: 8, depth: 2, width: 8, head: 32, classes: 10, batch: 256 },
];

/** @param {import("../bench.mjs").Stage} stage */
export default async function ({ page }) {
  console.log("Each family of networks: training steps per second, SGD with momentum, and its matrix products alone, attention's too\n");
  head("net", "batch:", "norm", "steps/s:", "limit:", "GFLOP/s:", "share:");
  for (const { name, text, batch } of FAMILIES) {
    const grouped = text.includes("model=cnn") ? [["group", "GroupNorm"]] : [];
    for (const [norm, words] of [["batch", "BatchNorm"], ["layer", "LayerNorm"], ...grouped, ["none", "none"]]) {
      const whole = `${text}&batch=${batch}&norm=${norm}&${TRAINING}`;
      const { own, limit, share, gflops } = await page.evaluate((text) => globalThis.measureFamily(text), whole);
      row(name, batch, words, count(own), count(limit), gflops.toFixed(1), percent(share));
    }
  }
  const { version } = await page.evaluate(() => globalThis.backends());
  console.log(`\nThe convolutional networks against TensorFlow.js ${version}; its wasm backend has no gradient of conv2d's filter\n`);
  head("net", "batch:", "norm", "backend", "convolution", "TF.js steps/s:", "ours is:");
  for (const net of CNNS) {
    for (const norm of [true, false]) {
      const text = `${CNN}&batch=${net.batch}&norm=${norm ? "batch" : "none"}&${TRAINING}`;
      for (const { backend, name, rate, ratio } of await page.evaluate((net) => globalThis.measureCnn(net), { ...net, norm, text })) {
        row(net.name, net.batch, norm ? "BatchNorm" : "none", backend, name, count(rate), times(ratio));
      }
    }
  }
}
