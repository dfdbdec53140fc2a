/** Trains a sweep's cells in a pool of workers; a cell whose worker crashed is trained again. */

import { WorkerPool } from "../workers/pool.js";

/** @import { CellMessage, CellReply, Engine } from "../types.js" */

/** Crashes of one cell after which it is given up. */
const CRASHES = 3;

/** @typedef {{cell: number}} Task */

export class CellPool {
  /** Cells that wait, the first one last. @type {number[]} */
  #waiting = [];
  /** Crashes by cell. @type {Map<number, number>} */
  #crashes = new Map();
  /** @type {WorkerPool<Task, CellMessage, CellReply>} */
  #workers;

  /**
   * @param {Engine} engine The full edition.
   * @param {object} hooks
   * @param {(cell: number) => {text: string, steps: number, share: number}} hooks.order
   * @param {(cell: number, outcome: string) => void} hooks.done
   * @param {(cell: number) => void} hooks.lost A cell that keeps crashing.
   * @param {() => void} hooks.over All is done.
   */
  constructor(engine, hooks) {
    this.hooks = hooks;
    /** Most workers: the lab's own rest meanwhile. */
    this.limit = Math.max(1, navigator.hardwareConcurrency || 2);
    this.#workers = new WorkerPool(new URL("./worker.js", import.meta.url), engine, {
      next: () => this.#next(),
      done: ({ cell }, { outcome }) => {
        this.hooks.done(cell, outcome);
        this.#proceed();
      },
      crashed: (task, unloadable) => this.#crashed(task, unloadable),
    });
  }

  /** Workers at present. */
  get size() {
    return this.#workers.size;
  }

  /** Whether cells are being trained. */
  get busy() {
    return this.size > 0;
  }

  /** @param {ArrayLike<number>} cells In the order in which they are wanted. */
  start(cells) {
    this.stop();
    this.#waiting = Array.from(cells).reverse();
    this.#crashes.clear();
    this.#workers.spawn(Math.min(this.limit, this.#waiting.length));
    this.#workers.fill();
    if (!this.busy) this.hooks.over();
  }

  /** Ends all workers at once; what they were training is lost. */
  stop() {
    this.#workers.end();
    this.#waiting = [];
  }

  /** Makes a worker crash, for tests. */
  crash() {
    this.#workers.crash({ type: "crash" });
  }

  #next() {
    const cell = this.#waiting.pop();
    if (cell === undefined) return undefined;
    /** @type {CellMessage} */
    const message = { type: "train", ...this.hooks.order(cell) };
    return { task: { cell }, message };
  }

  /** Goes on with the cells that wait; workers for which there is none are ended. */
  #proceed() {
    if (!this.busy) return;
    this.#workers.fill();
    this.#workers.shrink();
    if (!this.busy) this.hooks.over();
  }

  /** @param {Task | undefined} task @param {boolean} unloadable No worker can be had. */
  #crashed(task, unloadable) {
    const left = [...this.#waiting, ...this.#workers.tasks.map(({ cell }) => cell)];
    if (unloadable) {
      if (task) left.push(task.cell);
      this.stop();
      for (const cell of left) this.hooks.lost(cell);
      this.hooks.over();
      return;
    }
    if (task) {
      const crashes = (this.#crashes.get(task.cell) ?? 0) + 1;
      this.#crashes.set(task.cell, crashes);
      if (crashes < CRASHES) this.#waiting.push(task.cell);
      else this.hooks.lost(task.cell);
    }
    this.#workers.spawn(this.size + 1);
    this.#proceed();
  }
}
