/**
 * Measures the loss landscapes of both runs, coarse to fine, in a pool of workers: decides when weights
 * are asked for, what is measured next, and what is given up because training has left it behind.
 */

import { WorkerPool } from "../workers/pool.js";
import { Job, LEVELS, LIVE } from "./job.js";
import { Pairing } from "./pairing.js";

/** @import { Held, Hooks, Own, Place, Progress, Task } from "./types.js" */
/** @import { Engine, Section, Side, SurveyMessage, SurveyReply, Through, Weights } from "../types.js" */

/** @typedef {SurveyReply} Reply */

const SIDES = /** @type {Side[]} */ (["a", "b"]);

/** How long one portion should take, in milliseconds: short, so that a change is noticed. */
const PORTION = 25;
/** Time between two landscapes of a run in training, in milliseconds. */
const PAUSE = 300;
/** A level that would take longer than this, in milliseconds, is left out while training goes on. */
const PATIENCE = 500;
/** Most workers, however many cores there are: each has a network and data of its own. */
const MOST = 16;
/** Progress is shown of work that takes longer than this, in milliseconds. */
const LONG = 700;
/** Crashes of one pair of runs after which its landscapes are given up: whatever crashed would crash again. */
const CRASHES = 6;

const NOTHING = new Float32Array(0);

/** @param {string} text @param {boolean} able @returns {Own} */
const own = (text, able) => ({ text, measured: -1, asked: false, time: -Infinity, able });

export class Surveys {
  /** @type {Record<Side, Own>} */
  #sides = { a: own("", false), b: own("", false) };
  /** @type {Section} */
  #section = { plane: "random", stats: "batch", line: false };
  /** Whether the landscapes follow training; else they stay at the weights that they show. */
  #live = true;
  #playing = false;
  #key = 0;
  #crashes = 0;
  /** Milliseconds per point, measured. @type {Record<Side, number>} */
  #cost = { a: 1, b: 1 };
  /** The plane of each side that a worker has. @type {WeakMap<object, Partial<Record<Side, number>>>} */
  #seen = new WeakMap();
  /** @type {WorkerPool<Task, SurveyMessage, Reply>} */
  #workers;
  #pairing = new Pairing((side, { step, placed }, points, values) => this.hooks.done(side, step, points, values, this.#section, placed));

  /**
   * @param {Engine} engine
   * @param {Hooks} hooks
   */
  constructor(engine, hooks) {
    this.hooks = hooks;
    this.#workers = new WorkerPool(new URL("./worker.js", import.meta.url), engine, {
      next: (worker) => this.#next(worker),
      done: (task, reply) => this.#done(task, reply),
      crashed: (task, unloadable) => this.#crashed(task, unloadable),
    });
  }

  /** Goes on in another edition of the engine. @param {Engine} engine */
  adopt(engine) {
    this.#workers.engine = engine;
    this.rest();
  }

  /** Whether the landscapes were given up. */
  get failed() {
    return this.#crashes >= CRASHES;
  }

  #spawn() {
    const cores = navigator.hardwareConcurrency || 2;
    this.#workers.spawn(Math.min(MOST, Math.max(1, cores - 1)));
  }

  /** A crashed worker's points are measured again by another. @param {Task | undefined} task @param {boolean} unloadable */
  #crashed(task, unloadable) {
    this.#crashes = unloadable ? CRASHES : this.#crashes + 1;
    if (this.failed) {
      this.rest();
      this.hooks.failed();
      return;
    }
    task?.job.giveBack(task.from, task.to);
    this.#spawn();
  }

  /**
   * Starts over: other runs, or another way to measure them.
   *
   * @param {{a: string, b: string}} texts
   * @param {Section} section
   */
  restart(texts, section) {
    this.#crashes = 0;
    this.#section = section;
    this.#pairing.restart();
    for (const side of SIDES) this.#sides[side] = own(texts[side], this.#sides[side].able);
  }

  /** Whether a run has weights to measure. @param {Side} side @param {boolean} able */
  allow(side, able) {
    this.#sides[side].able = able;
    if (!able) this.#cancel(side);
  }

  /** @param {Side} side */
  #cancel(side) {
    this.#sides[side].job = undefined;
    this.#pairing.discard(side);
  }

  /** Whether the landscapes follow training; else what is shown is refined where it is. @param {boolean} live */
  follow(live) {
    if (live === this.#live) return;
    this.#live = live;
    if (live) return;
    for (const side of SIDES) {
      const held = this.#pairing.held(side);
      if (held && this.#sides[side].job?.step !== held.step) this.#cancel(side);
    }
  }

  /** Goes on with the next finer grid of what is shown, if there is one. @param {Side} side */
  #refine(side) {
    const own = this.#sides[side];
    const held = this.#pairing.held(side);
    if (!held || own.job || own.measured === held.step) return;
    const level = LEVELS.indexOf(this.#pairing.shown(side)) + 1;
    if (!this.#section.line && level < LEVELS.length) this.#begin(side, held, level);
  }

  /** Gives up what is being measured. */
  stop() {
    for (const own of Object.values(this.#sides)) {
      if (own.job) own.measured = own.job.step;
      own.job = undefined;
    }
  }

  /** A run was put at other weights: what is known of it at that step no longer holds. */
  invalidate() {
    for (const side of SIDES) {
      this.#sides[side].measured = -1;
      if (this.#live) this.#cancel(side);
    }
  }

  /** What is shown of a run. @param {Side} side @returns {Held | undefined} */
  held(side) {
    return this.#pairing.held(side);
  }

  /** How far the grids being measured have come, if that takes a while. @returns {Progress | undefined} */
  get progress() {
    let [all, left, points] = [0, 0, Infinity];
    for (const side of SIDES) {
      const { job } = this.#sides[side];
      if (!job) continue;
      const cost = this.#cost[side] / Math.max(1, this.#workers.size);
      all += job.values.length * cost;
      left += job.missing * cost;
      points = Math.min(points, job.points);
    }
    return all < LONG ? undefined : { points, share: 1 - left / all, left: left / 1000 };
  }

  /**
   * The network at a point of a plane: parameters, then buffers. Fails with the reason in words.
   *
   * @param {Side} side
   * @param {Through} through
   * @param {[number, number]} place
   * @returns {Promise<Float32Array>}
   */
  async locate(side, through, place) {
    this.#spawn();
    const { text } = this.#sides[side];
    const reply = await this.#workers.request({ type: "locate", side, text, section: this.#section, through, place });
    if (reply.type === "located") return reply.values;
    throw reply.type === "unavailable" ? reply.why : "something else came";
  }

  /** The weights that were asked for will not come: the run's worker crashed. @param {Side} side */
  forget(side) {
    this.#sides[side].asked = false;
  }

  /** Weights that were asked for. @param {Side} side @param {Weights} weights */
  offer(side, weights) {
    const own = this.#sides[side];
    own.asked = false;
    own.taken = weights;
    if (this.#section.plane !== "line") {
      this.#measure(side, { weights: weights.values, more: weights.trajectory ?? NOTHING });
      return;
    }
    // Both panels show the line from A to B: neither begins before both ends are there.
    const { a, b } = this.#sides;
    if (!a.taken || !b.taken || a.asked || b.asked) return;
    for (const each of SIDES) this.#measure(each, { weights: a.taken.values, more: b.taken.values });
  }

  /** Begins with the coarsest grid. @param {Side} side @param {Through} through */
  #measure(side, through) {
    this.#pairing.discard(side);
    this.#begin(side, { step: this.#sides[side].taken?.step ?? 0, through }, 0);
  }

  /** @param {Side} side @param {Held} plane @param {number} level */
  #begin(side, plane, level) {
    this.#key += 1;
    this.#sides[side].job = new Job(this.#key, plane, this.#section.line, level);
  }

  /**
   * To be called on every animation frame while the landscapes can be seen.
   *
   * @param {number} now
   * @param {Record<Side, Place>} places
   */
  tick(now, places) {
    if (this.failed) return;
    this.#spawn();
    this.#playing = places.a.moving || places.b.moving;
    const apart = (places.a.ended || places.b.ended) && places.a.step !== places.b.step;
    this.#pairing.paired = !apart && this.#sides.a.able && this.#sides.b.able;
    this.#pairing.update(this.#sides);
    this.#miss(places);
    const able = SIDES.filter((side) => this.#sides[side].able);
    // What is frozen stays, once there is something to see.
    const following = able.filter((side) => this.#live || !this.#pairing.held(side));
    if (!this.#live) for (const side of able) this.#refine(side);
    for (const side of following) {
      const { job } = this.#sides[side];
      const { step, moving } = places[side];
      if (job && (moving ? this.#late(side, job) : job.step !== step)) this.#drop(side);
    }
    this.#ask(now, places, following, able);
    this.#workers.fill();
  }

  /** Asks for the weights of both runs at once, so that they are of the same step. @param {number} now @param {Record<Side, Place>} places @param {Side[]} following @param {Side[]} able */
  #ask(now, places, following, able) {
    // Not of those that are known, nor of those at rest that are being measured.
    let due = following.filter(
      (side) => this.#sides[side].measured !== places[side].step && (places[side].moving || !this.#sides[side].job),
    );
    if (due.length > 0 && this.#section.plane === "line") due = able.length === 2 ? able : [];
    const free = due.every((side) => !this.#sides[side].job && !this.#sides[side].asked);
    const rested = due.every((side) => !places[side].moving || now - this.#sides[side].time > PAUSE);
    if (!free || !rested) return;
    for (const side of due) {
      this.#sides[side].asked = true;
      this.hooks.want(side);
    }
  }

  /** Says what is missing where nothing can ever be shown: a run that is not trained, or one end of the line. @param {Record<Side, Place>} places */
  #miss(places) {
    for (const side of SIDES) {
      const own = this.#sides[side];
      if (this.#pairing.held(side) || own.job || this.#pairing.ready(side) || own.missed) continue;
      const ends = this.#section.plane === "line" ? SIDES : [side];
      const gone = ends.find((end) => !this.#sides[end].able);
      if (!gone) continue;
      own.missed = true;
      const why = `run ${gone.toUpperCase()} cannot be trained`;
      this.hooks.unavailable(side, places[side].step, gone === side ? why : `${why}: the line has no other end`, this.#section);
    }
  }

  /** The landscape that is shown together with that of a side. @param {Side} side */
  #partner(side) {
    const other = this.#pairing.partner(side);
    return other && this.#sides[other];
  }

  /** Gives a landscape up, and that beside it, if it is of the same step: neither would be shown alone. @param {Side} side */
  #drop(side) {
    const own = this.#sides[side];
    const partner = this.#partner(side);
    if (partner?.job?.step === own.job?.step && partner) partner.job = undefined;
    own.job = undefined;
    this.#pairing.update(this.#sides);
  }

  /** Whether training would leave a landscape behind before it is refined. @param {Side} side @param {Job} job */
  #late(side, job) {
    const other = this.#partner(side)?.job;
    if (other?.step === job.step && other.level < job.level) return false;
    return job.level >= LIVE || (job.level > 0 && !job.begun && this.#cost[side] * job.values.length > PATIENCE);
  }

  /** The next portion, of the side that is further behind. @param {object} worker */
  #next(worker) {
    const level = (/** @type {Side} */ side) => this.#sides[side].job?.level ?? 0;
    const [side] = SIDES.filter((side) => this.#sides[side].job?.open).sort((p, q) => level(p) - level(q));
    const { job, text } = this.#sides[side] ?? {};
    if (!job) return undefined;
    const [from, to] = job.take(Math.max(4, Math.round(PORTION / this.#cost[side])));
    const seen = this.#seen.get(worker) ?? {};
    const through = seen[side] === job.key ? undefined : job.through;
    this.#seen.set(worker, { ...seen, [side]: job.key });
    const { key, points } = job;
    /** @type {SurveyMessage} */
    const message = { type: "measure", side, text, section: this.#section, key, through, points, from, to };
    return { task: { side, job, from, to }, message };
  }

  /** @param {Task} task @param {Reply} reply */
  #done({ side, job }, reply) {
    const current = this.#sides[side].job === job;
    if (reply.type === "unavailable" && current) return this.#unavailable(side, job.step, reply.why);
    if (reply.type !== "measured") return;
    this.#cost[side] = Math.max(0.005, reply.milliseconds / reply.values.length);
    if (current) {
      job.placed ??= reply.placed;
      job.put(reply.from, reply.values);
      if (job.missing === 0) this.#complete(side, job);
    }
    // Beside training, the next portion waits for the next frame: drawing and training come first.
    if (!this.#playing) this.#workers.fill();
  }

  /** There is no such plane through a run's weights. @param {Side} side @param {number} step @param {string} why */
  #unavailable(side, step, why) {
    Object.assign(this.#sides[side], { measured: step, time: performance.now(), job: undefined });
    this.#pairing.unavailable(side, step, (other) => this.#sides[other].job);
    this.hooks.unavailable(side, step, why, this.#section);
    this.#pairing.update(this.#sides);
  }

  /** @param {Side} side @param {Job} job */
  #complete(side, job) {
    const own = this.#sides[side];
    this.#pairing.add(side, job);
    this.#pairing.update(this.#sides);
    if (job.finest) own.measured = job.step;
    // Refined as long as the run rests there; `tick` gives up what training has left behind.
    own.job = job.finest ? undefined : job.finer();
    own.time = performance.now();
  }

  /** Ends the workers: nobody sees the landscapes, or there will be none. The next `tick` starts others. */
  rest() {
    this.#workers.end();
    for (const own of Object.values(this.#sides)) own.job = undefined;
  }

  dispose() {
    this.rest();
  }
}
