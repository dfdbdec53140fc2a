// @ts-check
/** A worker's end of the engine: binds the edition that comes with the first message, then passes on all others. */

/** @typedef {import("../engine.js").First | import("../engine.js").Full} Wasm */

/**
 * @template {{type: string}} T
 * @param {(order: T, wasm: Wasm) => void} obey
 */
export function listen(obey) {
  const tell = (/** @type {import("../types.js").EngineNews} */ news) => /** @type {any} */ (self).postMessage(news);
  /** @type {any} */ (globalThis).normlabPanicked = (/** @type {string} */ message) => tell({ type: "panic", message });
  self.onmessage = async ({ data }) => {
    /** @type {Wasm} */
    let wasm;
    try {
      wasm = await import(data.glue);
    } catch (error) {
      return tell({ type: "unloaded", message: String(error) });
    }
    try {
      wasm.initSync({ module: data.bytes });
    } catch (error) {
      return tell({ type: "panic", message: String(error) });
    }
    self.onmessage = ({ data }) => obey(data, wasm);
    tell({ type: "ready" });
  };
}
