/** Shows the landscapes of both runs together: of one step, on one grid. */

import { LEVELS, LIVE } from "./job.js";

/** @import { Held, Shown } from "./types.js" */
/** @import { Side } from "../types.js" */
/** @import { Job } from "./job.js" */

export class Pairing {
  /** @type {Record<Side, Shown>} */
  #sides = { a: { points: 0 }, b: { points: 0 } };
  /** The step at which one run has no such plane: the other is shown without it. */
  #alone = -1;
  /** Whether the runs can be compared: not, if one has ended where the other is not. */
  paired = true;

  /** @param {(side: Side, plane: Held, points: number, values: Float32Array) => void} show */
  constructor(show) {
    this.show = show;
  }

  restart() {
    this.#alone = -1;
    this.#sides = { a: { points: 0 }, b: { points: 0 } };
  }

  /** What is shown of a run. @param {Side} side */
  held(side) {
    return this.#sides[side].held;
  }

  /** Points on a side of what is shown. @param {Side} side */
  shown(side) {
    return this.#sides[side].points;
  }

  /** Whether something is measured that is not shown. @param {Side} side */
  ready(side) {
    return this.#sides[side].ready !== undefined;
  }

  /** The other of two runs that are shown together. @param {Side} side @returns {Side | undefined} */
  partner(side) {
    if (!this.paired) return undefined;
    return side === "a" ? "b" : "a";
  }

  /** Drops what is not yet shown. @param {Side} side */
  discard(side) {
    this.#sides[side].ready = undefined;
  }

  /** A grid that is complete. @param {Side} side @param {Job} job */
  add(side, { step, through, placed, points, values }) {
    const own = this.#sides[side];
    if (own.ready?.step !== step) own.ready = { step, through, placed, grids: new Map() };
    own.ready.grids.set(points, values);
  }

  /**
   * A run has no such plane at a step. The other one does not wait for it.
   *
   * @param {Side} side
   * @param {number} step
   * @param {(side: Side) => Job | undefined} job
   */
  unavailable(side, step, job) {
    this.#sides[side] = { points: this.#sides[side].points };
    const other = this.partner(side);
    if (other && (job(other)?.step === step || this.#sides[other].ready?.step === step)) this.#alone = step;
  }

  /** Shows the finest grid there is: of both runs alike, unless only one can be measured. @param {Record<Side, {job?: Job}>} jobs */
  update(jobs) {
    const { a, b } = this.#sides;
    if (!this.paired || [a, b].some((own) => own.ready?.step === this.#alone)) {
      for (const own of [a, b]) this.#show(own, Math.max(0, ...(own.ready?.grids.keys() ?? [])));
    } else if (a.ready && b.ready && a.ready.step === b.ready.step) {
      const { step, grids } = b.ready;
      const points = Math.max(0, ...[...a.ready.grids.keys()].filter((points) => grids.has(points)));
      // A coarser grid than the one shown waits for a finer one, as long as one is being measured.
      const refined = jobs.a.job?.step === step && jobs.b.job?.step === step;
      if (refined && points < Math.min(a.points, LEVELS[LIVE - 1])) return;
      this.#show(a, points);
      this.#show(b, points);
    }
  }

  /** @param {Shown} own @param {number} points */
  #show(own, points) {
    const values = own.ready?.grids.get(points);
    if (!own.ready || !values) return;
    const { grids, ...plane } = own.ready;
    for (const known of [...grids.keys()]) if (known <= points) grids.delete(known);
    own.points = points;
    own.held = plane;
    this.show(own === this.#sides.a ? "a" : "b", plane, points, values);
  }
}
