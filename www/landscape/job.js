/** One landscape being measured, on one grid: which points are assigned, and which are done. */

/** @import { Held } from "../types.js" */

/** Points on a side of the grids, coarse to fine. */
export const LEVELS = [5, 11, 21, 51];
/** The first level that is left out while training goes on. */
export const LIVE = 3;
/** Points of a line: one level, as it is cheap. */
export const LINE = 51;

export class Job {
  /** The first point that was never assigned. */
  #next = 0;
  /** Portions whose worker crashed. @type {[number, number][]} */
  #lost = [];

  /**
   * @param {number} key Of the plane.
   * @param {Held} plane
   * @param {boolean} line Along the first direction alone.
   * @param {number} [level]
   */
  constructor(key, plane, line, level = 0) {
    this.key = key;
    this.step = plane.step;
    this.through = plane.through;
    this.placed = plane.placed;
    this.line = line;
    this.level = level;
    /** Points on a side. */
    this.points = line ? LINE : LEVELS[level];
    this.values = new Float32Array(line ? LINE : this.points ** 2).fill(NaN);
    /** Points not yet measured. */
    this.missing = this.values.length;
  }

  /** Whether any point was assigned. */
  get begun() {
    return this.#next > 0;
  }

  /** Whether there are points to assign. */
  get open() {
    return this.#next < this.values.length || this.#lost.length > 0;
  }

  /** Whether there is no finer grid. */
  get finest() {
    return this.line || this.level + 1 === LEVELS.length;
  }

  /** A portion to be measured. @param {number} count @returns {[number, number]} */
  take(count) {
    const portion = this.#lost.pop();
    if (portion) return portion;
    const from = this.#next;
    this.#next = Math.min(from + count, this.values.length);
    return [from, this.#next];
  }

  /** A portion that was not measured. @param {number} from @param {number} to */
  giveBack(from, to) {
    this.#lost.push([from, to]);
  }

  /** @param {number} from @param {Float32Array} values */
  put(from, values) {
    this.values.set(values, from);
    this.missing -= values.length;
  }

  /** The same plane on the next finer grid. */
  finer() {
    return new Job(this.key, this, this.line, this.level + 1);
  }
}
