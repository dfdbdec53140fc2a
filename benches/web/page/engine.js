/** The module with the exports that only benches use, on the page and as workers take it. */

import init, * as wasm from "../../../target/bench-pkg/normlab.js";

const glue = new URL("../../../target/bench-pkg/normlab.js", import.meta.url).href;
const bytes = await (await fetch(new URL("normlab_bg.wasm", glue))).arrayBuffer();

globalThis.normlabPanicked = (/** @type {string} */ message) => {
  throw new Error(message);
};
await init({ module_or_path: bytes });

/** As `www/engine.js` hands it to workers. */
export const engine = { wasm, bytes, glue };
export { wasm };
