/** A worker's end of the engine: binds the edition that comes with the first message, then passes on all others. */

/** @import { EngineReply, First, Full } from "../types.js" */

/** @typedef {First | Full} Wasm */

/**
 * @template {{type: string}} T
 * @param {(message: T, wasm: Wasm) => void} handle
 */
export function listen(handle) {
  const post = (/** @type {EngineReply} */ reply) => /** @type {any} */ (self).postMessage(reply);
  /** @type {any} */ (globalThis).normlabPanicked = (/** @type {string} */ message) => post({ type: "panic", message });
  self.onmessage = async ({ data }) => {
    /** @type {Wasm} */
    let wasm;
    try {
      wasm = await import(data.glue);
    } catch (error) {
      return post({ type: "unloaded", message: String(error) });
    }
    try {
      wasm.initSync({ module: data.bytes });
    } catch (error) {
      return post({ type: "panic", message: String(error) });
    }
    self.onmessage = ({ data }) => handle(data, wasm);
    post({ type: "ready" });
  };
}
