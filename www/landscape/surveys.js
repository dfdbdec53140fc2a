// @ts-check
/**
 * Measures the loss landscapes of both runs: coarse to fine, over a pool of workers. The two are shown
 * together, of one step and on one grid, so that whatever differs between them is not when or how
 * finely they were measured.
 */

/** @typedef {import("../types.js").Side} Side */

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
 * @property {Float32Array} weights
 * @property {number} level
 * @property {Float32Array} values
 * @property {number} next The first point not yet ordered.
 * @property {[number, number][]} lost Portions that a crashed worker left undone.
 * @property {number} missing Points not yet measured.
 */

/** @typedef {{text: string, job?: Job, measured: number, asked: boolean, time: number, able: boolean, shown: number, ready?: Ready}} Own */

/** What is measured and not yet shown: values by points on a side. @typedef {{step: number, grids: Map<number, Float32Array>}} Ready */

/** @typedef {{worker: Worker, order?: {id: number, side: Side, key: number, from: number, to: number}, seen: Map<Side, number>}} Hand */

export class Surveys {
  /** @type {Record<Side, Own>} */
  #sides = {
    a: { text: "", measured: -1, asked: false, time: -Infinity, able: false, shown: 0 },
    b: { text: "", measured: -1, asked: false, time: -Infinity, able: false, shown: 0 },
  };
  #running = false;
  #line = false;
  #playing = false;
  /** Whether the runs can be compared: not, if one has ended where the other is not. */
  #paired = true;
  #key = 0;
  #id = 0;
  #crashes = 0;
  /** Milliseconds per point, measured. @type {Record<Side, number>} */
  #cost = { a: 1, b: 1 };
  /** @type {Hand[]} */
  #hands = [];

  /**
   * @param {import("../engine.js").Engine} engine
   * @param {object} hooks
   * @param {(side: Side) => void} hooks.want Asks for a run's weights.
   * @param {(side: Side, step: number, points: number, values: Float32Array) => void} hooks.done
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
    const wanted = Math.min(4, Math.max(1, cores - 1));
    while (this.#hands.length < wanted) this.#hands.push(this.#hire());
  }

  /** @returns {Hand} */
  #hire() {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    /** @type {Hand} */
    const hand = { worker, seen: new Map() };
    worker.onmessage = ({ data }) => this.#hands.includes(hand) && this.#hear(hand, data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#hands.includes(hand)) this.#replace(hand, event.message);
    };
    /** @type {import("../types.js").Init} */
    const init = { type: "init", bytes: this.engine.bytes, glue: this.engine.glue };
    worker.postMessage(init);
    return hand;
  }

  /** A crashed worker's points are measured again by another. @param {Hand} hand @param {string} message */
  #replace(hand, message) {
    console.warn(`A measuring worker crashed: ${message}`);
    hand.worker.terminate();
    this.#crashes += 1;
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
   * @param {{running: boolean, line: boolean}} how
   */
  restart(texts, how) {
    this.#crashes = 0;
    this.#running = how.running;
    this.#line = how.line;
    for (const side of /** @type {Side[]} */ (["a", "b"])) {
      this.#sides[side] = { text: texts[side], measured: -1, asked: false, time: -Infinity, able: this.#sides[side].able, shown: 0 };
    }
  }

  /** Whether a run has weights to measure. @param {Side} side @param {boolean} able */
  allow(side, able) {
    this.#sides[side].able = able;
    if (!able) this.#sides[side].job = this.#sides[side].ready = undefined;
  }

  /** The weights that were asked for will not come: the run's worker crashed. @param {Side} side */
  forget(side) {
    this.#sides[side].asked = false;
  }

  /**
   * Weights that were asked for.
   *
   * @param {Side} side
   * @param {number} step
   * @param {Float32Array} weights
   */
  offer(side, step, weights) {
    const own = this.#sides[side];
    own.asked = false;
    own.ready = undefined;
    this.#key += 1;
    own.job = { key: this.#key, step, weights, ...this.#grid(0) };
  }

  /** @param {number} level */
  #grid(level) {
    const total = this.#line ? LINE : LEVELS[level] ** 2;
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
    const able = /** @type {Side[]} */ (["a", "b"]).filter((side) => this.#sides[side].able);
    for (const side of able) {
      const own = this.#sides[side];
      const { step, moving } = places[side];
      if (own.job && (moving ? this.#late(side, own.job) : own.job.step !== step)) this.#drop(side);
    }
    // Not those that are known, nor those at rest that are being measured.
    const due = able.filter((side) => this.#sides[side].measured !== places[side].step && (places[side].moving || !this.#sides[side].job));
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
    const open = /** @type {Side[]} */ (["a", "b"]).filter((side) => {
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
      key: job.key,
      weights: fresh ? job.weights : undefined,
      running: this.#running,
      line: this.#line,
      points: this.#line ? LINE : LEVELS[job.level],
      from,
      to,
    };
    hand.worker.postMessage(order);
  }

  /** @param {Hand} hand @param {import("../types.js").SurveyNews} news */
  #hear(hand, news) {
    if (news.type === "panic") return this.#replace(hand, news.message);
    const order = hand.order;
    hand.order = undefined;
    if (!order || order.id !== news.id) return;
    this.#cost[order.side] = Math.max(0.005, news.milliseconds / news.values.length);
    const own = this.#sides[order.side];
    const job = own.job;
    if (job && job.key === order.key && job.values.length >= order.to) {
      job.values.set(news.values, news.from);
      job.missing -= news.values.length;
      if (job.missing === 0) this.#complete(own, job);
    }
    // Beside training, the next portion waits for the next frame: drawing and training come first.
    if (!this.#playing) this.#give(hand);
  }

  /** @param {Own} own @param {Job} job */
  #complete(own, job) {
    if (own.ready?.step !== job.step) own.ready = { step: job.step, grids: new Map() };
    own.ready.grids.set(this.#line ? LINE : LEVELS[job.level], job.values);
    this.#show();
    if (this.#line || job.level + 1 === LEVELS.length) {
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
    if (!this.#paired) {
      for (const side of /** @type {Side[]} */ (["a", "b"])) this.#hand(side, finest([...(this.#sides[side].ready?.grids.keys() ?? [])]));
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
    this.hooks.done(side, ready.step, points, values);
  }

  /** Ends the workers: nobody sees the landscapes, or there will be none. The next `tick` hires others. */
  rest() {
    for (const hand of this.#hands) hand.worker.terminate();
    this.#hands = [];
    for (const own of Object.values(this.#sides)) own.job = undefined;
  }

  dispose() {
    this.rest();
  }
}
