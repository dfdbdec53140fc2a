// @ts-check
/**
 * Measures the loss landscapes of both runs: coarse to fine, over a pool of workers. The two are shown
 * together, of one step and on one grid, so that whatever differs between them is not when or how
 * finely they were measured.
 */

import { EngineWorker } from "../workers/engine_worker.js";

/** @typedef {import("../types.js").Side} Side */

const SIDES = /** @type {Side[]} */ (["a", "b"]);

/** Points on a side of the grids, coarse to fine; while training goes on the finest is left out. */
const LEVELS = [5, 11, 21, 51];
const LIVE = 3;
/** Points of a line: one level, as it is cheap. */
const LINE = 51;
/** How long one order should take, in milliseconds: short, so that a change of mind is heard. */
const PORTION = 25;
/** Time between two landscapes of a run in training, in milliseconds. */
const PAUSE = 300;
/** A level that would take longer than this, in milliseconds, is left out while training goes on. */
const PATIENCE = 500;
/** Most workers, however many cores there are: each has a network and data of its own. */
const MOST = 16;
/** Work that takes less than this, in milliseconds, is done before anybody has read how far it has come. */
const LONG = 700;
/** Crashes of one pair of runs after which its landscapes are given up: whatever crashed would crash again. */
const CRASHES = 6;

/**
 * @typedef {object} Place Where a run is.
 * @property {number} step
 * @property {boolean} moving Whether it is being trained.
 * @property {boolean} ended Whether it can be trained no further.
 */

/**
 * @typedef {object} Job A landscape in the making.
 * @property {number} key
 * @property {number} step
 * @property {Through} through
 * @property {Float64Array} [placed] Where the plane lies, once a worker has placed it.
 * @property {number} level
 * @property {Float32Array} values
 * @property {number} next The first point not yet ordered.
 * @property {[number, number][]} lost Portions that a crashed worker left undone.
 * @property {number} missing Points not yet measured.
 */

/** @typedef {import("../types.js").Through} Through */
/** @typedef {import("../types.js").Section} Section */
/** @typedef {import("../types.js").Weights} Weights */

/** A plane and the step of its weights. @typedef {{step: number, through: Through, placed?: Float64Array}} Held */

/**
 * @typedef {object} Own What is known of a run's landscape.
 * @property {string} text
 * @property {Job} [job]
 * @property {number} measured The step that need not be measured any more.
 * @property {boolean} asked Whether its weights are on their way.
 * @property {Weights} [taken] The newest weights.
 * @property {number} time When something of it was last complete.
 * @property {boolean} able Whether it has weights to measure.
 * @property {boolean} [missed] Whether it was said that there will be none.
 * @property {number} shown Points on a side of what is on show.
 * @property {Held} [held] What is on show.
 * @property {Ready} [ready]
 */

/** What is measured and not yet shown: values by points on a side. @typedef {Held & {grids: Map<number, Float32Array>}} Ready */

/** @typedef {EngineWorker<import("../types.js").SurveyOrder, import("../types.js").SurveyNews>} SurveyWorker */
/** @typedef {{worker: SurveyWorker, order?: {id: number, side: Side, key: number, from: number, to: number}, seen: Map<Side, number>}} Hand */

/** How far a landscape has come: points on a side of the grid in the making, share done, seconds left. @typedef {{points: number, share: number, left: number}} Progress */

const NOTHING = new Float32Array(0);

export class Surveys {
  /** @type {Record<Side, Own>} */
  #sides = {
    a: { text: "", measured: -1, asked: false, time: -Infinity, able: false, shown: 0 },
    b: { text: "", measured: -1, asked: false, time: -Infinity, able: false, shown: 0 },
  };
  /** @type {Section} */
  #section = { plane: "random", stats: "batch", line: false };
  /** Whether the landscapes follow training; else they stay at the weights that they show. */
  #live = true;
  #playing = false;
  /** Whether the runs can be compared: not, if one has ended where the other is not. */
  #paired = true;
  /** The step at which one run has no such plane: the other is shown without it. */
  #alone = -1;
  #key = 0;
  #id = 0;
  #crashes = 0;
  /** Milliseconds per point, measured. @type {Record<Side, number>} */
  #cost = { a: 1, b: 1 };
  /** @type {Hand[]} */
  #hands = [];
  /** Who waits for a network at a point of a plane. @type {Map<number, {hand: Hand, take: (values: Float32Array) => void, fail: (why: string) => void}>} */
  #waiting = new Map();

  /**
   * @param {import("../engine.js").Engine} engine
   * @param {object} hooks
   * @param {(side: Side) => void} hooks.want Asks for a run's weights.
   * @param {(side: Side, step: number, points: number, values: Float32Array, section: Section, placed: Float64Array | undefined) => void} hooks.done
   * @param {(side: Side, step: number, why: string, section: Section) => void} hooks.lacking There is no such plane there.
   * @param {() => void} hooks.failed Nothing can be measured until the next start.
   */
  constructor(engine, hooks) {
    this.engine = engine;
    this.hooks = hooks;
  }

  /** Goes on in another edition of the engine. @param {import("../engine.js").Engine} engine */
  adopt(engine) {
    this.engine = engine;
    this.rest();
  }

  /** Whether the landscapes were given up. */
  get failed() {
    return this.#crashes >= CRASHES;
  }

  /** Starts the workers, which are only there while there are landscapes to be seen. */
  #gather() {
    const cores = navigator.hardwareConcurrency || 2;
    const wanted = Math.min(MOST, Math.max(1, cores - 1));
    while (this.#hands.length < wanted) this.#hands.push(this.#hire());
  }

  /** @returns {Hand} */
  #hire() {
    /** @type {SurveyWorker} */
    const worker = new EngineWorker(new URL("./worker.js", import.meta.url), this.engine, {
      hear: (news) => this.#hear(hand, news),
      crashed: (message, unloadable) => this.#replace(hand, message, unloadable),
    });
    /** @type {Hand} */
    const hand = { worker, seen: new Map() };
    return hand;
  }

  /** A crashed worker's points are measured again by another. @param {Hand} hand @param {string} message @param {boolean} unloadable */
  #replace(hand, message, unloadable) {
    console.warn(`A measuring worker crashed: ${message}`);
    this.#disappoint(hand);
    this.#crashes = unloadable ? CRASHES : this.#crashes + 1;
    if (this.failed) {
      this.rest();
      this.hooks.failed();
      return;
    }
    const order = hand.order;
    this.#hands = this.#hands.map((h) => (h === hand ? this.#hire() : h));
    const job = order && this.#sides[order.side].job;
    if (job && job.key === order.key) job.lost.push([order.from, order.to]);
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
    this.#alone = -1;
    for (const side of SIDES) {
      this.#sides[side] = { text: texts[side], measured: -1, asked: false, time: -Infinity, able: this.#sides[side].able, shown: 0 };
    }
  }

  /** Whether a run has weights to measure. @param {Side} side @param {boolean} able */
  allow(side, able) {
    this.#sides[side].able = able;
    if (!able) this.#sides[side].job = this.#sides[side].ready = undefined;
  }

  /** Whether the landscapes follow training; else what is on show is refined where it is. @param {boolean} live */
  follow(live) {
    if (live === this.#live) return;
    this.#live = live;
    if (live) return;
    for (const side of SIDES) {
      const own = this.#sides[side];
      if (!own.held || own.job?.step === own.held.step) continue;
      own.job = own.ready = undefined;
    }
  }

  /** Goes on with the next finer grid of what is on show, if there is one. @param {Own} own */
  #refine(own) {
    if (!own.held || own.job || own.measured === own.held.step) return;
    const level = this.#section.line ? LEVELS.length : LEVELS.indexOf(own.shown) + 1;
    if (level >= LEVELS.length) return;
    this.#key += 1;
    own.job = { key: this.#key, ...own.held, ...this.#grid(level) };
  }

  /** Measures no further what is being measured. */
  stop() {
    for (const side of SIDES) {
      const own = this.#sides[side];
      if (own.job) own.measured = own.job.step;
      own.job = undefined;
    }
  }

  /** A run was put at other weights: what is known of it at that step no longer holds. */
  stale() {
    for (const side of SIDES) {
      const own = this.#sides[side];
      own.measured = -1;
      if (this.#live) own.job = own.ready = undefined;
    }
  }

  /** What is on show of a run. @param {Side} side @returns {Held | undefined} */
  held(side) {
    return this.#sides[side].held;
  }

  /** How far the grids in the making have come, if that takes a while. @returns {Progress | undefined} */
  get progress() {
    const jobs = SIDES.flatMap((side) => {
      const { job } = this.#sides[side];
      return job ? [{ job, cost: this.#cost[side] / Math.max(1, this.#hands.length) }] : [];
    });
    const sum = (/** @type {(job: Job) => number} */ of) => jobs.reduce((total, { job, cost }) => total + of(job) * cost, 0);
    const all = sum((job) => job.values.length);
    if (all < LONG) return undefined;
    const left = sum((job) => job.missing);
    const levels = jobs.map(({ job }) => (this.#section.line ? LINE : LEVELS[job.level]));
    return { points: Math.min(...levels), share: 1 - left / all, left: left / 1000 };
  }

  /**
   * The network at a point of a plane: parameters, then buffers. Fails with the reason in words.
   *
   * @param {Side} side
   * @param {Through} through
   * @param {[number, number]} place
   * @returns {Promise<Float32Array>}
   */
  locate(side, through, place) {
    this.#gather();
    this.#id += 1;
    /** @type {import("../types.js").SurveyOrder} */
    const order = { type: "locate", id: this.#id, side, text: this.#sides[side].text, section: this.#section, through, place };
    const [hand] = this.#hands;
    hand.worker.send(order);
    return new Promise((take, fail) => this.#waiting.set(order.id, { hand, take, fail }));
  }

  /** Whoever waits for a worker that is gone waits in vain. @param {Hand} hand */
  #disappoint(hand) {
    for (const [id, waiting] of this.#waiting) {
      if (waiting.hand !== hand) continue;
      this.#waiting.delete(id);
      waiting.fail("the measuring worker is gone");
    }
  }

  /** The weights that were asked for will not come: the run's worker crashed. @param {Side} side */
  forget(side) {
    this.#sides[side].asked = false;
  }

  /**
   * Weights that were asked for.
   *
   * @param {Side} side
   * @param {Weights} weights
   */
  offer(side, weights) {
    const own = this.#sides[side];
    own.asked = false;
    own.taken = weights;
    if (this.#section.plane !== "line") {
      this.#begin(side, { weights: weights.values, more: weights.trail ?? NOTHING });
      return;
    }
    // Both panels show the line from A to B: neither begins before both ends are there.
    const { a, b } = this.#sides;
    if (!a.taken || !b.taken || a.asked || b.asked) return;
    for (const each of SIDES) this.#begin(each, { weights: a.taken.values, more: b.taken.values });
  }

  /** Begins with the coarsest grid. @param {Side} side @param {Through} through */
  #begin(side, through) {
    const own = this.#sides[side];
    own.ready = undefined;
    this.#key += 1;
    own.job = { key: this.#key, step: own.taken?.step ?? 0, through, ...this.#grid(0) };
  }

  /** @param {number} level */
  #grid(level) {
    const total = this.#section.line ? LINE : LEVELS[level] ** 2;
    return { level, values: new Float32Array(total).fill(NaN), next: 0, lost: [], missing: total };
  }

  /**
   * To be called on every animation frame while the landscapes can be seen.
   *
   * @param {number} now
   * @param {Record<Side, Place>} places
   */
  tick(now, places) {
    if (this.failed) return;
    this.#gather();
    this.#playing = places.a.moving || places.b.moving;
    const apart = (places.a.ended || places.b.ended) && places.a.step !== places.b.step;
    this.#paired = !apart && this.#sides.a.able && this.#sides.b.able;
    this.#show();
    this.#miss(places);
    const able = SIDES.filter((side) => this.#sides[side].able);
    // What is frozen stays, once there is something on show.
    const following = able.filter((side) => this.#live || !this.#sides[side].held);
    if (!this.#live) for (const side of able) this.#refine(this.#sides[side]);
    for (const side of following) {
      const own = this.#sides[side];
      const { step, moving } = places[side];
      if (own.job && (moving ? this.#late(side, own.job) : own.job.step !== step)) this.#drop(side);
    }
    // Not those that are known, nor those at rest that are being measured.
    let due = following.filter(
      (side) => this.#sides[side].measured !== places[side].step && (places[side].moving || !this.#sides[side].job),
    );
    if (due.length > 0 && this.#section.plane === "line") due = able.length === 2 ? able : [];
    // Both together, so that the two are of the same step.
    const free = due.every((side) => !this.#sides[side].job && !this.#sides[side].asked);
    const rested = due.every((side) => !places[side].moving || now - this.#sides[side].time > PAUSE);
    if (free && rested) {
      for (const side of due) {
        this.#sides[side].asked = true;
        this.hooks.want(side);
      }
    }
    for (const hand of this.#hands) if (!hand.order) this.#give(hand);
  }

  /** Says what is missing where nothing can ever be shown: a run that is not trained, or one end of the line. @param {Record<Side, Place>} places */
  #miss(places) {
    for (const side of SIDES) {
      const own = this.#sides[side];
      if (own.held || own.job || own.ready || own.missed) continue;
      const ends = this.#section.plane === "line" ? SIDES : [side];
      const gone = ends.find((end) => !this.#sides[end].able);
      if (!gone) continue;
      own.missed = true;
      const letter = gone.toUpperCase();
      const why = gone === side ? `run ${letter} cannot be trained` : `run ${letter} cannot be trained: the line has no other end`;
      this.hooks.lacking(side, places[side].step, why, this.#section);
    }
  }

  /** The other of two runs that are shown together. @param {Side} side @returns {Own | undefined} */
  #partner(side) {
    return this.#paired ? this.#sides[side === "a" ? "b" : "a"] : undefined;
  }

  /** Gives a landscape up, and that beside it, if it is of the same step: neither would be shown alone. @param {Side} side */
  #drop(side) {
    const own = this.#sides[side];
    const partner = this.#partner(side);
    if (partner?.job?.step === own.job?.step && partner) partner.job = undefined;
    own.job = undefined;
    this.#show();
  }

  /** Whether training would leave a landscape behind before it is refined. @param {Side} side @param {Job} job */
  #late(side, job) {
    const other = this.#partner(side)?.job;
    if (other?.step === job.step && other.level < job.level) return false;
    const begun = job.next > 0;
    return job.level >= LIVE || (job.level > 0 && !begun && this.#cost[side] * job.values.length > PATIENCE);
  }

  /** Gives a free hand the next portion, of the side that is further behind. @param {Hand} hand */
  #give(hand) {
    const open = SIDES.filter((side) => {
      const job = this.#sides[side].job;
      return job && (job.next < job.values.length || job.lost.length > 0);
    });
    open.sort((p, q) => (this.#sides[p].job?.level ?? 0) - (this.#sides[q].job?.level ?? 0));
    const side = open[0];
    const job = side && this.#sides[side].job;
    if (!job) return;
    const share = Math.max(4, Math.round(PORTION / this.#cost[side]));
    const [from, to] = job.lost.pop() ?? [job.next, Math.min(job.next + share, job.values.length)];
    job.next = Math.max(job.next, to);
    this.#id += 1;
    hand.order = { id: this.#id, side, key: job.key, from, to };
    const fresh = hand.seen.get(side) !== job.key;
    hand.seen.set(side, job.key);
    /** @type {import("../types.js").SurveyOrder} */
    const order = {
      type: "measure",
      id: this.#id,
      side,
      text: this.#sides[side].text,
      section: this.#section,
      key: job.key,
      through: fresh ? job.through : undefined,
      points: this.#section.line ? LINE : LEVELS[job.level],
      from,
      to,
    };
    hand.worker.send(order);
  }

  /** @param {Hand} hand @param {import("../types.js").SurveyNews} news */
  #hear(hand, news) {
    const waiting = this.#waiting.get(news.id);
    if (waiting) {
      this.#waiting.delete(news.id);
      if (news.type === "located") waiting.take(news.values);
      else waiting.fail(news.type === "lacking" ? news.why : "something else came");
      return;
    }
    const order = hand.order;
    if (!order || order.id !== news.id) return;
    hand.order = undefined;
    if (news.type === "lacking") return this.#lack(order.side, order.key, news.why);
    if (news.type !== "measured") return;
    this.#cost[order.side] = Math.max(0.005, news.milliseconds / news.values.length);
    const own = this.#sides[order.side];
    const job = own.job;
    if (job && job.key === order.key && job.values.length >= order.to) {
      job.placed ??= news.placed;
      job.values.set(news.values, news.from);
      job.missing -= news.values.length;
      if (job.missing === 0) this.#complete(own, job);
    }
    // Beside training, the next portion waits for the next frame: drawing and training come first.
    if (!this.#playing) this.#give(hand);
  }

  /** There is no such plane through a run's weights. @param {Side} side @param {number} key @param {string} why */
  #lack(side, key, why) {
    const own = this.#sides[side];
    if (own.job?.key !== key) return;
    own.measured = own.job.step;
    own.time = performance.now();
    const { step } = own.job;
    own.job = own.ready = own.held = undefined;
    // The other one is not kept waiting for it.
    const partner = this.#partner(side);
    if (partner?.job?.step === step || partner?.ready?.step === step) this.#alone = step;
    this.hooks.lacking(side, step, why, this.#section);
    this.#show();
  }

  /** @param {Own} own @param {Job} job */
  #complete(own, job) {
    const { step, through, placed } = job;
    if (own.ready?.step !== step) own.ready = { step, through, placed, grids: new Map() };
    own.ready.grids.set(this.#section.line ? LINE : LEVELS[job.level], job.values);
    this.#show();
    if (this.#section.line || job.level + 1 === LEVELS.length) {
      own.job = undefined;
      own.measured = job.step;
    } else {
      // Refined as long as the run rests there; `tick` gives up what training has left behind.
      own.job = { ...job, ...this.#grid(job.level + 1) };
    }
    own.time = performance.now();
  }

  /** Hands over the finest that is measured: of both runs alike, unless only one can be measured there. */
  #show() {
    const { a, b } = this.#sides;
    const finest = (/** @type {number[]} */ points) => Math.max(0, ...points);
    if (!this.#paired || [a, b].some((own) => own.ready?.step === this.#alone)) {
      for (const side of SIDES) this.#hand(side, finest([...(this.#sides[side].ready?.grids.keys() ?? [])]));
    } else if (a.ready && b.ready && a.ready.step === b.ready.step) {
      const { grids } = b.ready;
      const points = finest([...a.ready.grids.keys()].filter((points) => grids.has(points)));
      // A coarser grid than that on show waits for a finer one, as long as one is on its way.
      const refined = a.job?.step === a.ready.step && b.job?.step === b.ready.step;
      if (refined && points < Math.min(a.shown, LEVELS[LIVE - 1])) return;
      this.#hand("a", points);
      this.#hand("b", points);
    }
  }

  /** @param {Side} side @param {number} points */
  #hand(side, points) {
    const own = this.#sides[side];
    const { ready } = own;
    const values = ready?.grids.get(points);
    if (!ready || !values) return;
    for (const known of [...ready.grids.keys()]) if (known <= points) ready.grids.delete(known);
    own.shown = points;
    own.held = { step: ready.step, through: ready.through, placed: ready.placed };
    this.hooks.done(side, ready.step, points, values, this.#section, ready.placed);
  }

  /** Ends the workers: nobody sees the landscapes, or there will be none. The next `tick` hires others. */
  rest() {
    for (const hand of this.#hands) {
      hand.worker.end();
      this.#disappoint(hand);
    }
    this.#hands = [];
    for (const own of Object.values(this.#sides)) own.job = undefined;
  }

  dispose() {
    this.rest();
  }
}
