// @ts-check
/** The page's end of one training worker. */

import { EngineWorker } from "../workers/engine_worker.js";

/** @typedef {import("../types.js").Side} Side */

/**
 * What a run tells its owner.
 *
 * @typedef {object} Listener
 * @property {(run: Run, bytes: Uint8Array, weights: import("../types.js").Weights | undefined) => void} frame
 * @property {(run: Run, step: number) => void} moved It was put at other weights after that step.
 * @property {(run: Run, problems: import("../types.js").Problem[]) => void} refused
 * @property {(run: Run, fate: Fate) => void} trapped The worker crashed.
 */

/** What becomes of a run whose worker crashed: it is repeated in another one, or there is none for it. @typedef {"repeated" | "crashing" | "unloadable"} Fate */

/** Crashes at the same configuration after which a run is given up. */
const PATIENCE = 2;

/**
 * One run in a worker of its own. The worker is disposable: when it crashes it is replaced, and the
 * run, a pure function of its configuration, is trained again up to where it was.
 */
export class Run {
  /** Steps taken, as far as the page knows. */
  step = 0;
  /** Up to where the worker may train. */
  limit = 0;
  /** Whether it can take no more steps: it diverged, was refused or crashed for good. */
  ended = false;
  /** Whether it crashed too often: there is no worker to ask for anything until the next start. */
  lost = false;
  /** Whether a `go` is out whose frame has not come back. */
  busy = false;
  /** Whether the last step is still being measured. */
  measuring = false;
  /** Up to where a crashed run is being trained again. */
  replayTo = 0;

  #generation = 0;
  #crashes = 0;
  #text = "";
  /** The weights that it starts from, if they are not drawn. @type {Uint8Array | undefined} */
  #start;
  /** Where it was put by hand since its start. @type {import("../types.js").Move[]} */
  #moves = [];
  /** @type {EngineWorker<import("../types.js").RunOrder, import("../types.js").RunNews> | undefined} */
  #worker;
  /** What the worker runs. @type {import("../engine.js").Engine | undefined} */
  #edition;

  /**
   * @param {import("../engine.js").Engine} engine
   * @param {Side} side
   * @param {Listener} listener
   */
  constructor(engine, side, listener) {
    this.engine = engine;
    this.side = side;
    this.listener = listener;
  }

  #spawn() {
    this.#worker = new EngineWorker(new URL("./worker.js", import.meta.url), this.engine, {
      hear: (news) => this.#hear(news),
      crashed: (message, unloadable) => this.#crash(message, unloadable),
    });
    this.#edition = this.engine;
  }

  /** @param {import("../types.js").RunOrder} order */
  #send(order) {
    this.#worker?.send(order);
  }

  /** Goes on in another edition of the engine, from the next start on. @param {import("../engine.js").Engine} engine */
  adopt(engine) {
    this.engine = engine;
  }

  /**
   * Starts over with a configuration in one line; whatever still comes of the last one is dropped.
   *
   * @param {string} text
   * @param {Uint8Array} [start] A safetensors file of the weights to start from, if they are not drawn.
   */
  start(text, start) {
    this.#crashes = 0;
    this.#start = start;
    this.#moves = [];
    this.replayTo = 0;
    this.#begin(text);
  }

  /** Repeats the run in the present edition of the engine, if it is in another one. */
  renew() {
    if (!this.#worker || this.#edition === this.engine) return;
    const reached = Math.max(this.step, this.replayTo);
    this.#begin(this.#text);
    this.replayTo = reached;
  }

  /** @param {string} text */
  #begin(text) {
    if (this.#edition !== this.engine) this.dispose();
    if (!this.#worker) this.#spawn();
    this.#text = text;
    this.#generation += 1;
    this.step = 0;
    this.limit = 0;
    this.ended = false;
    this.lost = false;
    this.busy = false;
    this.measuring = false;
    this.#send({ type: "start", generation: this.#generation, text, start: this.#start, moves: this.#moves });
  }

  /**
   * Lets the worker train up to `limit` and asks for one frame.
   *
   * @param {{limit: number, settle: boolean, rest: number, range: number, measures: string, every: number, inside: boolean, weights?: number, trail: boolean}} order
   */
  go(order) {
    this.busy = true;
    this.limit = order.limit;
    this.#send({ type: "go", generation: this.#generation, ...order });
  }

  /** Puts the network at other weights (parameters, then buffers); the next frame shows it there. @param {Float32Array} values */
  move(values) {
    this.#send({ type: "move", generation: this.#generation, values });
  }

  /** Makes the worker crash, to try out what follows. */
  trap() {
    this.#send({ type: "trap" });
  }

  /** @param {import("../types.js").RunNews} news */
  #hear(news) {
    if (news.generation !== this.#generation) return;
    if (news.type === "moved") {
      this.#moves.push(news.move);
      this.listener.moved(this, news.move.step);
      return;
    }
    if (news.type === "refused") {
      this.ended = true;
      this.busy = false;
      this.listener.refused(this, news.problems);
      return;
    }
    this.busy = false;
    this.step = news.step;
    this.ended = news.diverged;
    this.measuring = news.measuring;
    if (this.step >= this.replayTo) this.replayTo = 0;
    this.listener.frame(this, news.bytes, news.weights);
  }

  /** @param {string} message @param {boolean} unloadable */
  #crash(message, unloadable) {
    console.warn(`The worker of run ${this.side.toUpperCase()} crashed: ${message}`);
    this.dispose();
    this.#crashes += 1;
    if (unloadable || this.#crashes > PATIENCE) {
      // No other worker takes its place: it would crash without end.
      this.ended = true;
      this.lost = true;
      this.busy = false;
      this.listener.trapped(this, unloadable ? "unloadable" : "crashing");
      return;
    }
    const reached = Math.max(this.step, this.replayTo);
    this.#begin(this.#text);
    this.replayTo = reached;
    this.listener.trapped(this, "repeated");
  }

  /** Ends the worker. */
  dispose() {
    this.#worker?.end();
    this.#worker = undefined;
  }
}
