// @ts-check
/** A worker's end of the engine: binds the edition that comes with the first order, and obeys all others. */

/** @typedef {import("./engine.js").First | import("./engine.js").Full} Wasm */

/**
 * @template {{type: string}} T
 * @param {(order: T, wasm: Wasm) => void} obey
 * @param {(message: string) => void} fail Tells the page that this worker is of no use.
 */
export function listen(obey, fail) {
  /** @type {Wasm | undefined} */
  let wasm;
  /** What came before the engine was there. @type {T[]} */
  const early = [];
  self.onmessage = ({ data }) => {
    if (data.type === "init") {
      bind(data)
        .then((bound) => {
          wasm = bound;
          for (const order of early.splice(0)) obey(order, bound);
        })
        .catch((error) => fail(String(error)));
    } else if (wasm) obey(data, wasm);
    else early.push(data);
  };
}

/** @param {import("./types.js").Init} engine @returns {Promise<Wasm>} */
async function bind({ glue, bytes }) {
  const wasm = await import(glue);
  wasm.initSync({ module: bytes });
  return wasm;
}
