/** The WebAssembly module in Node. */

import { readFileSync } from "node:fs";
import { ROOT } from "./server.mjs";

/** @type {any} */ (globalThis).normlabPanicked = (/** @type {string} */ message) => {
  throw new Error(message);
};

const bytes = readFileSync(`${ROOT}www/pkg/normlab_bg.wasm`);
export const wasm = await import(`${ROOT}www/pkg/normlab.js`);
export const { memory } = wasm.initSync({ module: bytes });
