// @ts-check
/** The page's end of every worker: starts it, gives it the engine, and reports its crash once. */

/**
 * Pauses before a worker that could not be loaded is started again, in milliseconds. A browser that is about
 * to leave the page stops its loading too; then the page is gone before the pause is over.
 */
const PAUSES = [500, 1500];

/** @template {object} Order @template News */
export class EngineWorker {
  /** @type {Worker | undefined} */
  #worker;
  /** What was sent before the engine was there. @type {Order[]} */
  #waiting = [];
  #ready = false;
  #failures = 0;
  #timer = 0;

  /**
   * @param {URL} script
   * @param {import("../engine.js").Engine} engine
   * @param {object} hooks
   * @param {(news: News) => void} hooks.hear
   * @param {(message: string, unloadable: boolean) => void} hooks.crashed It has ended. `unloadable`: another one would fare no better.
   */
  constructor(script, engine, hooks) {
    this.script = script;
    this.engine = engine;
    this.hooks = hooks;
    this.#start();
  }

  #start() {
    const worker = new Worker(this.script, { type: "module" });
    this.#worker = worker;
    worker.onmessage = ({ data }) => worker === this.#worker && this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (worker !== this.#worker) return;
      // Only an error that was thrown has a message.
      if (event.message) this.#crash(event.message, false);
      else this.#unloaded("its script could not be loaded");
    };
    /** @type {import("../types.js").Init} */
    const init = { type: "init", bytes: this.engine.bytes, glue: this.engine.glue };
    worker.postMessage(init);
  }

  /** @param {Order} order */
  send(order) {
    if (this.#ready) this.#worker?.postMessage(order);
    else this.#waiting.push(order);
  }

  /** Ends it; nothing is heard of it any more. */
  end() {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#ready = false;
    this.#waiting = [];
  }

  /** @param {any} news */
  #hear(news) {
    if (news.type === "panic") this.#crash(news.message, false);
    else if (news.type === "unloaded") this.#unloaded(news.message);
    else if (news.type === "ready") {
      this.#ready = true;
      for (const order of this.#waiting.splice(0)) this.#worker?.postMessage(order);
    } else this.hooks.hear(news);
  }

  /** @param {string} message */
  #unloaded(message) {
    const pause = PAUSES[this.#failures];
    if (pause === undefined) return this.#crash(message, true);
    this.#failures += 1;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#timer = setTimeout(() => this.#start(), pause);
  }

  /** @param {string} message @param {boolean} unloadable */
  #crash(message, unloadable) {
    this.end();
    this.hooks.crashed(message, unloadable);
  }
}
