// @ts-check
/** A worker that trains a sweep's cells, one after the other. */

import { listen } from "../workers/listen.js";

/** Steps between two looks at whether a cell is over. */
const STRIDE = 1000;

/** @param {import("../types.js").CellNews} news */
const tell = (news) => /** @type {any} */ (self).postMessage(news);

/** @param {import("../types.js").CellOrder} order @param {any} wasm The full edition. */
function obey(order, wasm) {
  if (order.type === "trap") return wasm.trap();
  const cell = new wasm.Cell(order.text, order.steps, order.share);
  try {
    while (cell.train(STRIDE));
    tell({ type: "done", cell: order.cell, outcome: cell.outcome() });
  } finally {
    cell.free();
  }
}

listen(obey);
