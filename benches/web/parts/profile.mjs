/** Where the rest of a step goes: its layers by kind, beside its matrix products. */

import { head, percent, row } from "../format.mjs";
import { CNN, RNN, TRAINING, TRANSFORMER } from "../nets.mjs";

const SMALL = "data=spirals&depth=4&width=16";

/** @param {import("../bench.mjs").Stage} stage */
export default async function ({ page }) {
  console.log("Shares of a training step at batch 32: its matrix products alone, and its layers by kind, each forward and back by itself.");
  console.log(
    "With weights: without the products with them. Attention has its own products. The rest: the loss, the update, skips, drawing a batch.\n",
  );
  head("net", "norm", "products:", "with weights:", "normalization:", "nonlinearity:", "pooling, attention:", "the rest:");
  for (const [name, text, norm] of [
    ["2-[16]×4-2", SMALL, "batch"],
    ["CNN 8-16, head 32", CNN, "batch"],
    ["CNN 8-16, head 32", CNN, "group"],
    ["RNN, 32 steps, [64]", RNN, "batch"],
    ["transformer, 8 tokens, [32]×2", TRANSFORMER, "layer"],
  ]) {
    const shares = await page.evaluate((text) => globalThis.measureLayers(text), `${text}&batch=32&norm=${norm}&${TRAINING}`);
    row(name, norm, ...shares.map(percent));
  }
}
