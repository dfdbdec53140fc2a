/** The page's end of one training worker. */

import { EngineWorker } from "../workers/engine_worker.js";

/** @import { Listener } from "./types.js" */
/** @import { Engine, Move, RunMessage, RunReply, Side } from "../types.js" */

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
  /** Where it was put by hand since its start. @type {Move[]} */
  #moves = [];
  /** @type {EngineWorker<RunMessage, RunReply> | undefined} */
  #worker;
  /** What the worker runs. @type {Engine | undefined} */
  #edition;

  /**
   * @param {Engine} engine
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
      message: (reply) => this.#receive(reply),
      crashed: (message, unloadable) => this.#crash(message, unloadable),
    });
    this.#edition = this.engine;
  }

  /** @param {RunMessage} message */
  #send(message) {
    this.#worker?.send(message);
  }

  /** Goes on in another edition of the engine, from the next start on. @param {Engine} engine */
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
   * @param {{limit: number, settle: boolean, rest: number, range: number, measures: string, every: number, inside: boolean, weights?: number, trajectory: boolean}} message
   */
  go(message) {
    this.busy = true;
    this.limit = message.limit;
    this.#send({ type: "go", generation: this.#generation, ...message });
  }

  /** Puts the network at other weights (parameters, then buffers); the next frame shows it there. @param {Float32Array} values */
  move(values) {
    this.#send({ type: "move", generation: this.#generation, values });
  }

  /** Makes the worker crash, to try out what follows. */
  crash() {
    this.#send({ type: "crash" });
  }

  /** @param {RunReply} reply */
  #receive(reply) {
    if (reply.generation !== this.#generation) return;
    if (reply.type === "moved") {
      this.#moves.push(reply.move);
      this.listener.moved(this, reply.move.step);
      return;
    }
    if (reply.type === "refused") {
      this.ended = true;
      this.busy = false;
      this.listener.refused(this, reply.problems);
      return;
    }
    this.busy = false;
    this.step = reply.step;
    this.ended = reply.diverged;
    this.measuring = reply.measuring;
    if (this.step >= this.replayTo) this.replayTo = 0;
    this.listener.frame(this, reply.bytes, reply.weights);
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
      this.listener.crashed(this, unloadable ? "unloadable" : "crashing");
      return;
    }
    const reached = Math.max(this.step, this.replayTo);
    this.#begin(this.#text);
    this.replayTo = reached;
    this.listener.crashed(this, "repeated");
  }

  /** Ends the worker. */
  dispose() {
    this.#worker?.end();
    this.#worker = undefined;
  }
}
