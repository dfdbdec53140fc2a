// @ts-check
/** Trains a sweep's cells in a pool of workers; a cell that a lost worker left undone is trained by another. */

import { EngineWorker } from "../workers/engine_worker.js";

/** Crashes of one cell after which it is given up: whatever crashed would crash again. */
const CRASHES = 3;

/** @typedef {EngineWorker<import("../types.js").CellOrder, import("../types.js").CellNews>} CellWorker */
/** @typedef {{worker: CellWorker, cell?: number}} Hand */

export class Pool {
  /** @type {Hand[]} */
  #hands = [];
  /** Cells that wait, the first one last. @type {number[]} */
  #waiting = [];
  /** @type {Map<number, number>} */
  #crashes = new Map();

  /**
   * @param {import("../engine.js").Engine} engine The full edition.
   * @param {object} hooks
   * @param {(cell: number) => {text: string, steps: number, share: number}} hooks.order
   * @param {(cell: number, outcome: string) => void} hooks.done
   * @param {(cell: number) => void} hooks.lost A cell that keeps crashing.
   * @param {() => void} hooks.over All is done.
   */
  constructor(engine, hooks) {
    this.engine = engine;
    this.hooks = hooks;
    /** Most workers: the lab's own rest meanwhile. */
    this.limit = Math.max(1, navigator.hardwareConcurrency || 2);
  }

  /** Workers at present. */
  get size() {
    return this.#hands.length;
  }

  /** Whether cells are being trained. */
  get busy() {
    return this.#hands.length > 0;
  }

  /** @param {ArrayLike<number>} cells In the order in which they are wanted. */
  start(cells) {
    this.stop();
    this.#waiting = Array.from(cells).reverse();
    this.#crashes.clear();
    const wanted = Math.min(this.limit, this.#waiting.length);
    while (this.#hands.length < wanted) {
      const hand = this.#hire();
      this.#hands.push(hand);
      this.#give(hand);
    }
    if (wanted === 0) this.hooks.over();
  }

  /** Ends all workers at once; what they were at is lost. */
  stop() {
    for (const hand of this.#hands) hand.worker.end();
    this.#hands = [];
    this.#waiting = [];
  }

  /** Makes a worker crash, to try out what follows. */
  trap() {
    this.#hands[0]?.worker.send({ type: "trap" });
  }

  /** @returns {Hand} */
  #hire() {
    /** @type {CellWorker} */
    const worker = new EngineWorker(new URL("./worker.js", import.meta.url), this.engine, {
      hear: (news) => this.#hear(hand, news),
      crashed: (message, unloadable) => this.#replace(hand, message, unloadable),
    });
    /** @type {Hand} */
    const hand = { worker };
    return hand;
  }

  /** No worker can be had: all cells that are left are lost. */
  #abandon() {
    const left = [...this.#waiting, ...this.#hands.flatMap(({ cell }) => (cell === undefined ? [] : [cell]))];
    this.stop();
    for (const cell of left) this.hooks.lost(cell);
    this.hooks.over();
  }

  /** Gives a hand the next cell, or lets it go. @param {Hand} hand */
  #give(hand) {
    const cell = this.#waiting.pop();
    hand.cell = cell;
    if (cell !== undefined) {
      hand.worker.send({ type: "train", cell, ...this.hooks.order(cell) });
      return;
    }
    hand.worker.end();
    this.#hands = this.#hands.filter((h) => h !== hand);
    if (this.#hands.length === 0) this.hooks.over();
  }

  /** @param {Hand} hand @param {import("../types.js").CellNews} news */
  #hear(hand, news) {
    this.hooks.done(news.cell, news.outcome);
    if (this.#hands.includes(hand)) this.#give(hand);
  }

  /** @param {Hand} hand @param {string} message @param {boolean} unloadable */
  #replace(hand, message, unloadable) {
    console.warn(`A sweep's worker crashed: ${message}`);
    if (unloadable) return this.#abandon();
    const { cell } = hand;
    if (cell !== undefined) {
      const crashes = (this.#crashes.get(cell) ?? 0) + 1;
      this.#crashes.set(cell, crashes);
      if (crashes < CRASHES) this.#waiting.push(cell);
      else this.hooks.lost(cell);
    }
    const other = this.#hire();
    this.#hands = this.#hands.map((h) => (h === hand ? other : h));
    this.#give(other);
  }
}
