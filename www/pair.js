/** The two runs: starts them over, and goes on in the full edition of the engine when they need it. */

/** @import { Fate, FullEngine, Held, Lab, Side, Starts, Vitals } from "./types.js" */

const SIDES = /** @type {Side[]} */ (["a", "b"]);

/** How long a slider must rest before the runs start over, in milliseconds. */
const REST = 120;

export class Pair {
  /** Whether the runs play, or did until they came to their end: false once somebody has paused them. */
  plays = false;
  /** What is being trained, in a line each; nothing before the first start. @type {Record<Side, string> | undefined} */
  texts;
  /** Whether there cannot be the landscapes that are asked for. */
  unavailable = false;
  /** Weights of the reader's own, once there are any. @type {Starts | undefined} */
  starts;
  /** What stands in each run's head. @type {Partial<Record<Side, Vitals>>} */
  vitals = {};
  #timer = 0;

  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
  }

  /**
   * Starts over from the same initial weights.
   *
   * @param {boolean} play
   * @param {boolean} [passing] Whether a slider is still being dragged.
   */
  restart(play, passing = false) {
    const { clock, conductor, frame, panels, store, surveys, upgrade, views } = this.lab;
    clearTimeout(this.#timer);
    this.plays = play;
    if (store.lab.is_beyond()) {
      // The runs that are there go on until the edition is there that can train these.
      this.showSettings();
      upgrade.want();
      return;
    }
    store.lab.restart(passing);
    this.vitals = {};
    this.texts = store.texts();
    const lost = this.starts?.fit(this.texts) ?? [];
    if (lost.length > 0) frame.note(lost);
    for (const side of SIDES) surveys.allow(side, true);
    this.showSettings();
    conductor.restart(this.texts, play && !views.away, (side) => this.starts?.of(side)?.bytes);
    this.survey();
    panels.invalidate("all");
    clock.say();
  }

  /** Goes on in the full edition of the engine: all that is on show stays. @param {FullEngine} full @param {boolean} wanted Whether it can train what the last one could not. */
  adopt(full, wanted) {
    const { conductor, panels, store, surveys, views } = this.lab;
    this.lab.engine = full;
    store.adopt(full);
    conductor.adopt(full);
    surveys.adopt(full);
    this.watch();
    if (wanted && this.#behind) this.restart(this.plays);
    else {
      this.survey();
      panels.invalidate("all");
    }
    views.turn(full);
  }

  /** Starts over from these weights, or from drawn ones. @param {FullEngine} full @param {Starts} starts */
  begin(full, starts) {
    this.starts = starts;
    this.adopt(full, false);
    this.restart(this.plays);
  }

  /** Asks for the full edition where the state needs it, and only there. */
  reach() {
    const { store, upgrade } = this.lab;
    if (store.lab.is_beyond() || store.lab.view_is_beyond()) upgrade.want();
    else upgrade.forget();
  }

  /** Whether other runs are wanted than are there. */
  get #behind() {
    const texts = this.lab.store.texts();
    return SIDES.some((side) => texts[side] !== this.texts?.[side]);
  }

  /** Shows the lab, or another view while the runs rest. */
  turn() {
    const { conductor, engine, views } = this.lab;
    if (views.away) conductor.pause();
    else if (this.plays && this.texts && !conductor.over) conductor.play();
    this.reach();
    views.turn(engine);
  }

  /** What may be exported. @param {Side} side */
  exported(side) {
    const text = this.texts?.[side];
    const refused = text === undefined || this.lab.store.lab.problems(side).length > 0;
    return {
      text: text ?? "",
      step: this.lab.conductor.runs[side].step,
      refused,
      start: this.starts?.of(side),
      movedAt: this.vitals[side]?.movedAt,
    };
  }

  /** Shows what is set, and what that means. */
  showSettings() {
    const { frame, heads, question, rail, theme } = this.lab;
    question.show();
    rail.show();
    for (const side of SIDES) heads[side].showSettings(theme.dark, this.starts?.of(side)?.name);
    frame.entitle();
  }

  /**
   * Puts a run at a point of its landscape, to train on from there.
   *
   * @param {Side} side
   * @param {Held} held
   * @param {[number, number]} place
   */
  async move(side, held, place) {
    const { conductor, frame, surveys } = this.lab;
    const texts = this.texts;
    try {
      const values = await surveys.locate(side, held.through, place);
      // Other runs may have begun meanwhile.
      if (texts === this.texts) conductor.move(side, values);
    } catch (why) {
      frame.note([`Run ${side.toUpperCase()} could not be set there: ${why}.`]);
    }
  }

  /** A run was put at other weights. */
  moved() {
    this.lab.surveys.invalidate();
    this.lab.clock.fresh = true;
  }

  setPace() {
    const { conductor, frame, store } = this.lab;
    // The choice says it in words: "20 steps/s", or none where there is no limit.
    const pace = store.field("speed").choices.find(({ name }) => name === store.view("speed"));
    conductor.pace = Number.parseFloat(pace?.label ?? "") || Infinity;
    conductor.stop = Number(store.view("steps"));
    this.watch();
    frame.show();
  }

  /** Measures what the charts show from here on. */
  watch() {
    const { conductor, store } = this.lab;
    conductor.measures = store.lab.measures();
    conductor.every = Number(store.view("every"));
    // The first edition cannot measure: its runs are repeated.
    if (conductor.measures !== "" && !store.lab.view_is_beyond()) conductor.renew();
  }

  survey() {
    const { conductor, panels, store, surveys } = this.lab;
    panels.unavailable("");
    for (const panel of panels.landscapes) panel.forget();
    if (!this.texts) return;
    this.reach();
    this.unavailable = store.lab.landscape_lack() !== undefined;
    const [plane, stats] = [store.view("plane"), store.view("stats")];
    conductor.trajectory = plane === "pca";
    surveys.restart(this.texts, { plane, stats, line: store.view("slice") === "1d" });
    surveys.follow(store.view("live") === "on");
  }

  /** @param {Side} side @param {Uint8Array} bytes */
  take(side, bytes) {
    const { clock, frame, store } = this.lab;
    store.lab.take(side, bytes);
    const before = this.vitals[side]?.movedAt;
    this.vitals[side] = store.lab.vitals(side);
    if (this.vitals[side]?.movedAt !== before) frame.entitle();
    clock.fresh = true;
  }

  /** @param {Side} side @param {Fate} fate */
  crashed(side, fate) {
    const { frame, panels, store, surveys } = this.lab;
    const letter = side.toUpperCase();
    surveys.forget(side);
    const words = {
      repeated: `The worker that trains run ${letter} crashed. It was replaced, and the run is being repeated up to where it was.`,
      crashing: `The worker that trains run ${letter} keeps crashing with these settings. Reset tries once more; other settings may do better.`,
      unloadable: `The worker that trains run ${letter} could not be loaded: the server does not answer. Reset tries once more.`,
    };
    frame.note([words[fate]]);
    if (fate === "repeated") return;
    surveys.allow(side, false);
    store.lab.lose(side);
    panels.invalidate("layers");
  }

  /** Starts over once a slider rests. */
  restartSoon() {
    const play = this.plays;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.restart(play, true), REST);
  }

  dispose() {
    clearTimeout(this.#timer);
  }
}
