// @ts-check
/** Repeats a run in a worker of its own, to get what was not kept. */

/** @typedef {import("../types.js").RecordNews} RecordNews */

/** What cannot be exported, a sentence each. */
export class Refused extends Error {
  /** @param {string[]} reasons */
  constructor(reasons) {
    super(reasons.join(" "));
    this.reasons = reasons;
  }
}

export class Recorder {
  /** @type {Worker | undefined} */
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
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.#worker = worker;
    /** @type {import("../types.js").Init} */
    const init = { type: "init", bytes: engine.bytes, glue: engine.glue };
    worker.postMessage(init);
    worker.postMessage(order);
    return new Promise((resolve, reject) => {
      const end = () => worker === this.#worker && this.dispose();
      worker.onmessage = (/** @type {MessageEvent<RecordNews>} */ { data }) => {
        if (data.type === "progress") return progress(data.step);
        end();
        if (data.type === "recorded") resolve(data.files);
        else if (data.type === "refused") reject(new Refused(data.reasons));
        else reject(new Error(data.message));
      };
      worker.onerror = (event) => {
        event.preventDefault();
        end();
        reject(new Error(event.message));
      };
    });
  }

  dispose() {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
