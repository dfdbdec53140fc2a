// @ts-check
/** Repeats a run in a worker of its own, to get what was not kept. */

import { EngineWorker } from "../workers/engine_worker.js";

/** @typedef {EngineWorker<import("../types.js").RecordOrder, import("../types.js").RecordNews>} RecordWorker */

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
   * @param {import("../engine.js").Engine} engine
   * @param {import("../types.js").RecordOrder} order
   * @param {(step: number) => void} progress
   * @returns {Promise<import("../types.js").TakenFile[]>}
   */
  record(engine, order, progress) {
    this.dispose();
    return new Promise((resolve, reject) => {
      /** @type {RecordWorker} */
      const worker = new EngineWorker(new URL("./worker.js", import.meta.url), engine, {
        hear: (news) => {
          if (news.type === "progress") return progress(news.step);
          worker.end();
          if (news.type === "recorded") resolve(news.files);
          else reject(new Refused(news.reasons));
        },
        crashed: (message) => reject(new Error(message)),
      });
      this.#worker = worker;
      worker.send(order);
    });
  }

  dispose() {
    this.#worker?.end();
    this.#worker = undefined;
  }
}
