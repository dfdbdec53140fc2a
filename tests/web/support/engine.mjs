/** Both editions of the engine in Node. */

import { readFileSync } from "node:fs";
import { ROOT } from "./server.mjs";

/** Where the editions lie, the first one first. */
export const FOLDERS = ["www/pkg", "www/pkg/full"];

/** @type {any} */ (globalThis).normlabPanicked = (/** @type {string} */ message) => {
  throw new Error(message);
};

/** @param {string} folder */
async function load(folder) {
  const wasm = await import(`${ROOT}${folder}/normlab.js`);
  const { memory } = wasm.initSync({ module: readFileSync(`${ROOT}${folder}/normlab_bg.wasm`) });
  return { wasm, memory };
}

export const { wasm, memory } = await load(FOLDERS[0]);
export const { wasm: full } = await load(FOLDERS[1]);
