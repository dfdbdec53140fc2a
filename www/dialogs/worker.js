// @ts-check
/** A recording worker: repeats one run and gives what somebody wants to take away of it. */

import { listen } from "../workers/listen.js";

/** @typedef {import("../types.js").RecordOrder} RecordOrder */
/** @typedef {import("../types.js").TakenFile} TakenFile */
/** @typedef {import("../engine.js").Full} Full */

/** Steps between two looks at the clock, and milliseconds between two words of progress. */
const PIECE = 16;
const WORD = 100;

/** @param {import("../types.js").RecordNews} news @param {Transferable[]} [transfer] */
const tell = (news, transfer = []) => /** @type {any} */ (self).postMessage(news, transfer);

/** @param {RecordOrder} order @param {InstanceType<Full["Exporter"]>} run */
function repeat({ steps }, run) {
  let told = performance.now();
  while (run.steps() < steps && run.advance(Math.min(PIECE, steps - run.steps()))) {
    if (performance.now() - told < WORD) continue;
    told = performance.now();
    tell({ type: "progress", step: run.steps() });
  }
}

/** @param {RecordOrder} order @param {InstanceType<Full["Exporter"]>} run @returns {TakenFile[]} */
function files({ what, stem }, run) {
  switch (what) {
    case "pytorch": {
      const { script, tensors } = run.pytorch(`${stem}.safetensors`);
      return [
        { name: `${stem}.py`, type: "text/x-python", data: script },
        { name: `${stem}.safetensors`, type: "application/octet-stream", data: tensors },
      ];
    }
    case "weights":
      return [{ name: `${stem}-weights.safetensors`, type: "application/octet-stream", data: run.weights() }];
    case "history":
      return [{ name: `${stem}-losses.csv`, type: "text/csv", data: run.history() }];
  }
}

/** @param {RecordOrder} order @param {import("../workers/listen.js").Wasm} wasm */
function obey(order, wasm) {
  if (!("Exporter" in wasm)) throw new Error("The first edition exports nothing.");
  try {
    const run = new wasm.Exporter(order.text, order.start);
    repeat(order, run);
    tell({ type: "recorded", files: files(order, run) });
  } catch (problems) {
    // A panic tells of itself; whatever else is thrown here is a list of problems or of sentences.
    if (!Array.isArray(problems)) throw problems;
    tell({ type: "refused", reasons: problems.map((p) => (typeof p === "string" ? p : p.reason || `${p.field}: ${p.allowed}`)) });
  }
}

listen(obey);
