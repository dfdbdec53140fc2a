/** The page's end of every worker: starts it, gives it the engine, and reports its crash once. */

/** @import { WorkerHooks } from "./types.js" */
/** @import { Engine, Init } from "../types.js" */

/**
 * Pauses before a worker that could not be loaded is started again, in milliseconds. A browser that is about
 * to leave the page stops its loading too; then the page is gone before the pause is over.
 */
const PAUSES = [500, 1500];

/** @template {object} Message @template Reply */
export class EngineWorker {
  /** @type {Worker | undefined} */
  #worker;
  /** What was sent before the engine was there. @type {Message[]} */
  #waiting = [];
  #ready = false;
  #failures = 0;
  #timer = 0;

  /**
   * @param {URL} script
   * @param {Engine} engine
   * @param {WorkerHooks<Reply>} hooks
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
    worker.onmessage = ({ data }) => worker === this.#worker && this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (worker !== this.#worker) return;
      // Only an error that was thrown has a message.
      if (event.message) this.#crash(event.message, false);
      else this.#unloaded("its script could not be loaded");
    };
    /** @type {Init} */
    const init = { type: "init", bytes: this.engine.bytes, glue: this.engine.glue };
    worker.postMessage(init);
  }

  /** @param {Message} message */
  send(message) {
    if (this.#ready) this.#worker?.postMessage(message);
    else this.#waiting.push(message);
  }

  /** Ends it; what it still sends is dropped. */
  end() {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#ready = false;
    this.#waiting = [];
  }

  /** @param {any} reply */
  #receive(reply) {
    if (reply.type === "panic") this.#crash(reply.message, false);
    else if (reply.type === "unloaded") this.#unloaded(reply.message);
    else if (reply.type === "ready") {
      this.#ready = true;
      for (const message of this.#waiting.splice(0)) this.#worker?.postMessage(message);
    } else this.hooks.message(reply);
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
