// @ts-check
/** The WebAssembly module: loaded once, handed to every worker as bytes. */

import init, * as wasm from "./pkg/normlab.js";
import { load, once } from "./load.js";

/** @typedef {{wasm: typeof wasm, bytes: ArrayBuffer, tables: import("./types.js").Tables}} Engine */

/** A module of one function that uses a 128-bit constant: valid only where SIMD is known. */
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** Tells of panics on the page itself, after which the module is unusable. */
export const panics = new EventTarget();

/** Why the lab cannot run here, in words for people. */
export class Unsupported extends Error {}

/** The engine. */
export const loadEngine = once(start);

/** @returns {Promise<Engine>} */
async function start() {
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(SIMD)) {
    throw new Unsupported(
      "This browser cannot run WebAssembly with SIMD, which the lab needs. Chrome and Edge 91, Firefox 89, Safari 16.4 and their successors can.",
    );
  }
  if (typeof Worker !== "function") {
    throw new Unsupported("This page may not start Web Workers, in which the lab trains its networks.");
  }
  /** @type {any} */ (globalThis).normlabPanicked = () => panics.dispatchEvent(new Event("panic"));
  const answer = await load("./pkg/normlab_bg.wasm", "The WebAssembly module");
  // Not streamed: that needs a MIME type which plain file servers do not always send.
  const bytes = await answer.arrayBuffer();
  try {
    await init({ module_or_path: bytes.slice(0) });
  } catch (error) {
    if (error instanceof WebAssembly.CompileError || error instanceof EvalError) {
      throw new Unsupported("This page's security policy forbids WebAssembly: it needs 'wasm-unsafe-eval' in script-src.");
    }
    throw error;
  }
  return { wasm, bytes, tables: wasm.tables() };
}
