/** Keeps two runs in step with each other and with the clock. */

import { Run } from "./run.js";

/** @import { Hooks, Listener } from "./types.js" */
/** @import { Engine, Side } from "../types.js" */

/** Milliseconds between two inspections of a run's layers: histograms that change faster only flicker. */
const INSPECT = 100;

/** A frame that comes later than this, in seconds, is late; the most that workers then rest, in milliseconds. */
const LATE = 0.025;
const REST = 16;

/** Seconds over which the measured speed is averaged. */
const WINDOW = 1;

export class Conductor {
  playing = false;
  /** Whether weights that are asked for come with the way that led to them. */
  trajectory = false;
  /** Steps per second that are asked for; infinite for as fast as can be. */
  pace = 100;
  /** The step at which both runs stop. */
  stop = 1000;
  /** What is measured on the way, names separated by commas, and every how many steps. */
  measures = "";
  every = 100;
  /** Measured steps per second of the slower run. */
  speed = 0;

  #target = 0;
  #lead = 8;
  /** Milliseconds that the workers rest between slices, so that the page keeps its frames. */
  #ease = 0;
  /** @type {{time: number, step: number}[]} */
  #past = [];
  /** At which step somebody waits for the weights of a side. @type {Map<Side, number>} */
  #wanted = new Map();
  /** The resting step that was reported to the page. */
  #reported = -1;
  /** Which run's turn it is to be driven: thirty frames a second of each are as good as sixty. */
  #turn = 0;
  /** When each side's layers were last inspected. @type {Map<Side, number>} */
  #inspected = new Map();
  /** Where, and on which axis, each side has last shown itself at rest. @type {Map<Side, string>} */
  #settled = new Map();

  /**
   * @param {Engine} engine
   * @param {Hooks} hooks
   */
  constructor(engine, hooks) {
    this.hooks = hooks;
    /** @type {Listener} */
    const listener = {
      frame: (run, bytes, weights) => {
        hooks.frame(run.side, bytes);
        if (weights) hooks.weights(run.side, weights);
      },
      moved: (run, step) => this.#follow(run, step),
      refused: (run, problems) => hooks.refused(run.side, problems),
      crashed: (run, fate) => hooks.crashed(run.side, fate),
    };
    this.runs = { a: new Run(engine, "a", listener), b: new Run(engine, "b", listener) };
  }

  /** @returns {Run[]} */
  get #all() {
    return [this.runs.a, this.runs.b];
  }

  get #alive() {
    return this.#all.filter((run) => !run.ended);
  }

  /** The step that both runs have reached; that of the longer one if both have ended. */
  get step() {
    const alive = this.#alive;
    return alive.length > 0 ? Math.min(...alive.map((run) => run.step)) : Math.max(...this.#all.map((run) => run.step));
  }

  /** The step up to which some living run may already train: none can be taken back, so both go there. */
  get #granted() {
    return Math.max(0, ...this.#alive.map((run) => run.limit));
  }

  /** Whether neither run can go on. */
  get over() {
    return this.#alive.length === 0;
  }

  /** Goes on in another edition of the engine, from the next start on. @param {Engine} engine */
  adopt(engine) {
    for (const run of this.#all) run.adopt(engine);
  }

  /** Repeats runs that another edition of the engine trains, up to where they are. */
  renew() {
    this.#past = [];
    this.#settled.clear();
    this.#reported = -1;
    for (const run of this.#all) run.renew();
  }

  /**
   * Starts both runs over.
   *
   * @param {{a: string, b: string}} texts
   * @param {boolean} play
   * @param {(side: Side) => Uint8Array | undefined} [start] The weights that a run starts from, if they are not drawn.
   */
  restart(texts, play, start = () => undefined) {
    this.playing = play;
    this.#target = 0;
    this.#past = [];
    this.#wanted.clear();
    this.#settled.clear();
    this.#reported = -1;
    this.speed = 0;
    for (const run of this.#all) run.start(texts[run.side], start(run.side));
  }

  play() {
    this.playing = true;
    this.#target = this.step;
    this.#past = [];
  }

  pause() {
    this.playing = false;
    this.#target = this.#granted;
  }

  /** Takes some steps and rests. @param {number} steps */
  advance(steps) {
    this.playing = false;
    const from = Math.max(this.step, this.#target, this.#granted);
    this.#target = Math.max(this.#granted, Math.min(from + steps, this.stop));
  }

  /**
   * Asks for a run's weights, to come with a frame soon. Of runs that are asked for together they are of
   * the same step: the first that neither has passed, and to which both will go.
   *
   * @param {Side} side
   */
  want(side) {
    const run = this.runs[side];
    this.#wanted.set(side, run.ended ? run.step : Math.max(run.step, run.replayTo, this.#granted));
  }

  /** Puts a run at other weights, to train on from there. @param {Side} side @param {Float32Array} values */
  move(side, values) {
    this.runs[side].move(values);
  }

  /** Shows a run where it was put; one that had ended is alive again, and follows the other. @param {Run} run @param {number} step */
  #follow(run, step) {
    run.ended = false;
    run.step = Math.min(run.step, step);
    if (!this.playing) this.#target = Math.max(Math.floor(this.#target), this.#granted);
    this.#settled.delete(run.side);
    this.#reported = -1;
    this.hooks.moved(run.side);
  }

  /**
   * To be called on every animation frame, with the time since the last one in seconds.
   *
   * @param {number} now
   * @param {number} elapsed
   */
  tick(now, elapsed) {
    const step = this.step;
    this.#ease = elapsed > LATE ? Math.min(REST, this.#ease + 2) : Math.max(0, this.#ease - 0.1);
    if (this.playing) {
      this.#measure(now, step);
      const reach = Number.isFinite(this.pace) ? Math.max(2, this.pace * 0.1) : this.#lead;
      const wished = Number.isFinite(this.pace) ? this.#target + this.pace * Math.min(elapsed, 0.1) : Infinity;
      this.#target = Math.max(this.#granted, Math.min(wished, step + reach, this.stop));
      if (step >= this.stop || this.over) this.playing = false;
    }
    this.#turn = 1 - this.#turn;
    this.#drive(this.#all[this.#turn], now);
    this.#rest();
  }

  /** @param {Run} run @param {number} now */
  #drive(run, now) {
    if (run.busy || this.#silent(run)) return;
    const limit = run.ended ? run.step : Math.max(run.replayTo, Math.floor(this.#target));
    const resting = !this.playing || limit >= this.stop;
    // One that has ended rests too, and follows when the other's histograms need a wider axis.
    const settle = resting || run.ended;
    const moves = !run.ended && (limit > run.step || run.measuring);
    const range = this.hooks.range(resting);
    const { measures, every } = this;
    const place = `${limit} ±${range} ${measures} ${every}`;
    const rests = settle && this.#settled.get(run.side) !== place;
    const weights = this.#wanted.get(run.side);
    if (!moves && !rests && weights === undefined) return;
    if (!moves && rests) this.#settled.set(run.side, place);
    this.#wanted.delete(run.side);
    const inside = settle || now - (this.#inspected.get(run.side) ?? -Infinity) >= INSPECT;
    if (inside) this.#inspected.set(run.side, now);
    run.go({ limit, settle, rest: this.#ease, range, measures, every, inside, weights, trajectory: this.trajectory });
  }

  /** A run that was refused has nothing to show, and one that was given up nobody to show it. @param {Run} run */
  #silent(run) {
    return run.lost || (run.ended && run.step === 0);
  }

  #rest() {
    if (this.playing || this.#reported === this.step) return;
    if (this.#all.some((run) => run.busy || run.measuring || (!run.ended && run.step < Math.floor(this.#target)))) return;
    this.#reported = this.step;
    this.speed = 0;
    this.hooks.rested();
  }

  /** @param {number} now @param {number} step */
  #measure(now, step) {
    const last = this.#past.at(-1);
    if (last && !Number.isFinite(this.pace)) {
      // Twice what was done since a run's last turn: enough to keep the workers busy until the next.
      this.#lead = Math.max(8, Math.min(4096, (step - last.step) * 4), Math.ceil(this.#lead * 0.8));
    }
    this.#past.push({ time: now, step });
    while (this.#past.length > 2 && now - this.#past[0].time > WINDOW * 1000) this.#past.shift();
    const first = this.#past[0];
    if (now > first.time) this.speed = ((step - first.step) / (now - first.time)) * 1000;
  }

  dispose() {
    for (const run of this.#all) run.dispose();
  }
}
