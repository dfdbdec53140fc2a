/** A worker that trains a sweep's cells, one after the other. */

import { listen } from "../workers/listen.js";

/** @import { CellMessage, CellReply } from "../types.js" */

/** Steps between two checks whether a cell is over. */
const STRIDE = 1000;

/** @param {CellReply} reply */
const post = (reply) => /** @type {any} */ (self).postMessage(reply);

/** @param {CellMessage & {id: number}} message @param {any} wasm The full edition. */
function handle(message, wasm) {
  if (message.type === "crash") return wasm.trap();
  const cell = new wasm.Cell(message.text, message.steps, message.share);
  try {
    while (cell.train(STRIDE));
    post({ type: "done", id: message.id, outcome: cell.outcome() });
  } finally {
    cell.free();
  }
}

listen(handle);
