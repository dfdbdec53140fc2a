/** Repeats a run in a worker of its own, to get what was not kept. */

import { EngineWorker } from "../workers/engine_worker.js";

/** @import { Engine, RecordMessage, RecordReply, TakenFile } from "../types.js" */

/** @typedef {EngineWorker<RecordMessage, RecordReply>} RecordWorker */

/** What cannot be exported, a sentence each. */
export class Refused extends Error {
  /** @param {string[]} reasons */
  constructor(reasons) {
    super(reasons.join(" "));
    this.reasons = reasons;
  }
}

export class Recorder {
  /** @type {RecordWorker | undefined} */
  #worker;

  /**
   * Repeats a run from its first step on; whatever was still being repeated is given up.
   *
   * @param {Engine} engine
   * @param {RecordMessage} message
   * @param {(step: number) => void} progress
   * @returns {Promise<TakenFile[]>}
   */
  record(engine, message, progress) {
    this.dispose();
    return new Promise((resolve, reject) => {
      /** @type {RecordWorker} */
      const worker = new EngineWorker(new URL("./worker.js", import.meta.url), engine, {
        message: (reply) => {
          if (reply.type === "progress") return progress(reply.step);
          worker.end();
          if (reply.type === "recorded") resolve(reply.files);
          else reject(new Refused(reply.reasons));
        },
        crashed: (message) => reject(new Error(message)),
      });
      this.#worker = worker;
      worker.send(message);
    });
  }

  dispose() {
    this.#worker?.end();
    this.#worker = undefined;
  }
}
