/** A recording worker: repeats one run and gives what somebody wants to take away of it. */

import { listen } from "../workers/listen.js";

/** @import { Full, RecordMessage, RecordReply, TakenFile, Wasm } from "../types.js" */

/** Steps between two checks of the time, and milliseconds between two reports of progress. */
const PIECE = 16;
const WORD = 100;

/** @param {RecordReply} reply @param {Transferable[]} [transfer] */
const post = (reply, transfer = []) => /** @type {any} */ (self).postMessage(reply, transfer);

/** @param {RecordMessage} message @param {InstanceType<Full["Exporter"]>} run */
function repeat({ steps }, run) {
  let posted = performance.now();
  while (run.steps() < steps && run.advance(Math.min(PIECE, steps - run.steps()))) {
    if (performance.now() - posted < WORD) continue;
    posted = performance.now();
    post({ type: "progress", step: run.steps() });
  }
}

/** @param {RecordMessage} message @param {InstanceType<Full["Exporter"]>} run @returns {TakenFile[]} */
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

/** @param {RecordMessage} message @param {Wasm} wasm */
function handle(message, wasm) {
  if (!("Exporter" in wasm)) throw new Error("The first edition exports nothing.");
  try {
    const run = new wasm.Exporter(message.text, message.start);
    repeat(message, run);
    post({ type: "recorded", files: files(message, run) });
  } catch (problems) {
    // A panic is reported by itself; all else that is thrown here is a list of problems or of sentences.
    if (!Array.isArray(problems)) throw problems;
    post({ type: "refused", reasons: problems.map((p) => (typeof p === "string" ? p : p.reason || `${p.field}: ${p.allowed}`)) });
  }
}

listen(handle);
