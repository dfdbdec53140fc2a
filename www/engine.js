/**
 * The WebAssembly module: loaded once, handed to every worker as bytes. It comes in two editions: the first
 * is what a first visit needs, the full one is loaded when somebody asks for more.
 */

import * as first from "./pkg/normlab.js";
import { load, once, Unreachable } from "./load.js";
import { unpack } from "./unpack.js";

/** @typedef {typeof first} First */
/** @typedef {typeof import("./pkg/full/normlab.js")} Full */
/**
 * An edition: its exports, its bytes, and the address of the script that binds them, for workers.
 *
 * @template {First | Full} [T=First | Full]
 * @typedef {{wasm: T, bytes: ArrayBuffer, glue: string}} Engine
 */

/** A module of one function that uses a 128-bit constant: valid only where SIMD is known. */
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** Tells of panics on the page itself, after which the module is unusable. */
export const panics = new EventTarget();

/** Why the lab cannot run here, in words for people. */
export class Unsupported extends Error {}

/** The first edition. */
export const loadEngine = once(start);

/** The full edition. */
export const loadFull = once(more);

/** How often the full edition was asked for: a script that failed to load is not tried again under its old address. */
let attempts = 0;

/** @returns {Promise<Engine<First>>} */
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
  try {
    return await bind(first, "./pkg/", "normlab.js");
  } catch (error) {
    if (error instanceof WebAssembly.CompileError || error instanceof EvalError) {
      throw new Unsupported("This page's security policy forbids WebAssembly: it needs 'wasm-unsafe-eval' in script-src.");
    }
    throw error;
  }
}

/** @returns {Promise<Engine<Full>>} */
async function more() {
  const script = attempts === 0 ? "normlab.js" : `normlab.js?${attempts}`;
  attempts += 1;
  /** @type {Full} */
  const full = await import(`./pkg/full/${script}`).catch(() => {
    throw new Unreachable("The part of the lab that these settings need could not be loaded.");
  });
  return bind(full, "./pkg/full/", script);
}

/**
 * @template {First | Full} T
 * @param {T} wasm
 * @param {string} folder
 * @param {string} script
 * @returns {Promise<Engine<T>>}
 */
async function bind(wasm, folder, script) {
  const answer = await load(`${folder}normlab_bg.wasm.lzma`, "The WebAssembly module");
  // Not streamed: that needs a MIME type which plain file servers do not always send.
  const bytes = unpack(new Uint8Array(await answer.arrayBuffer())).buffer;
  await wasm.default({ module_or_path: bytes.slice(0) });
  return { wasm, bytes, glue: new URL(folder + script, import.meta.url).href };
}
