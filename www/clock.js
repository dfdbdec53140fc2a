/** The lab's clock: on every animation frame, what is trained, measured, drawn and said. */

/** @import { Finding, Lab, Place, Side } from "./types.js" */

const SIDES = /** @type {Side[]} */ (["a", "b"]);

/** Milliseconds between two updates of words, which are read, and of charts, which are seen. */
const WORDS = 200;
const COUNTER = 80;
const LAYERS = 100;
const CALM = 250;

export class Clock {
  #request = 0;
  #last = 0;
  #worded = -Infinity;
  #counted = -Infinity;
  #drawn = -Infinity;
  #layered = -Infinity;
  /** Whether a frame of a run has come that is not drawn. */
  fresh = true;

  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
  }

  start() {
    this.#request = requestAnimationFrame((now) => this.#beat(now));
  }

  /** One animation frame. @param {number} now */
  #beat(now) {
    const { conductor, pair, panels, surveys, theme, views, visibility } = this.lab;
    this.#request = requestAnimationFrame((next) => this.#beat(next));
    const elapsed = (now - this.#last) / 1000;
    this.#last = now;
    if (visibility.away) return;
    if (views.away) {
      surveys.rest();
      views.beat(now, this.display());
      return;
    }
    if (pair.texts) conductor.tick(now, elapsed);
    if (pair.texts && panels.landscapesSeen && !pair.unavailable) surveys.tick(now, { a: this.#place("a"), b: this.#place("b") });
    else surveys.rest();
    if (this.fresh && (!theme.calm || now - this.#drawn > CALM)) {
      this.fresh = false;
      this.#drawn = now;
      panels.invalidate("curves");
      if (!conductor.playing || now - this.#layered > LAYERS) {
        this.#layered = now;
        panels.invalidate("layers");
      }
    }
    panels.draw(this.display());
    panels.tabulate(!conductor.playing);
    if (now - this.#counted > COUNTER) this.#count(now);
    if (now - this.#worded >= WORDS) this.say(now);
  }

  /** How charts are drawn now. @param {number} [least] Device pixels for each CSS pixel, at the least. */
  display(least = 0) {
    return { dark: this.lab.theme.dark, ratio: Math.max(least, window.devicePixelRatio || 1) };
  }

  /** Where a run is. @param {Side} side @returns {Place} */
  #place(side) {
    const { step, ended } = this.lab.conductor.runs[side];
    return { step, moving: this.lab.conductor.playing && !ended, ended };
  }

  /** The step counter. @param {number} now */
  #count(now) {
    const { conductor, pair, store, transport, visibility } = this.lab;
    this.#counted = now;
    const prints = SIDES.flatMap((side) => pair.vitals[side] ?? []);
    // Those still training must have been fingerprinted at the same step; a diverged run keeps its last.
    const steps = new Set(prints.filter((v) => v.divergedAt === undefined).map((v) => v.fingerprintStep));
    const same = prints.length > 0 && steps.size <= 1;
    transport.show({
      step: conductor.step,
      stop: conductor.stop,
      speed: conductor.speed,
      seed: store.get("a", "seed"),
      playing: conductor.playing,
      over: conductor.over,
      away: visibility.away,
      fingerprint: same ? prints.map((v) => v.fingerprint.slice(0, 4) + (v.movedAt === undefined ? "" : "*")).join("·") : "",
      loaded: pair.starts?.any ?? false,
      fingerprintStep: same ? Math.max(...prints.map((v) => v.fingerprintStep)) : 0,
    });
  }

  /** Brings words and their numbers up to date. */
  say(now = performance.now()) {
    const { finding, ghosts, heads, pair, panels, store, surveys, theme } = this.lab;
    this.#worded = now;
    for (const side of SIDES) heads[side].showVitals(pair.vitals[side], store.lab.badge(side), store.lab.moved(side));
    /** @type {Finding} */
    const found = store.lab.finding();
    finding.show(found, found.about === "both" ? "var(--line-strong)" : store.lab.color(found.about, theme.dark));
    ghosts.show(theme.dark);
    panels.showProgress(surveys.progress);
    this.#count(now);
  }

  dispose() {
    cancelAnimationFrame(this.#request);
  }
}
