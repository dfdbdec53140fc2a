// @ts-check
/** The lab: puts state, runs, landscapes, controls and panels together, and keeps them moving. */

import { Conductor } from "./runs/conductor.js";
import { FindingLine } from "./controls/finding.js";
import { Frame } from "./frame.js";
import { Ghosts } from "./controls/ghosts.js";
import { Hash } from "./hash.js";
import { Keys } from "./controls/keys.js";
import { Opener } from "./controls/opener.js";
import { Panels } from "./panels/panels.js";
import { Question } from "./controls/question.js";
import { Rail } from "./controls/rail.js";
import { RunHead } from "./controls/head.js";
import { Store } from "./store.js";
import { Surveys } from "./landscape/surveys.js";
import { Theme } from "./theme.js";
import { Transport } from "./controls/transport.js";
import { Upgrade } from "./upgrade.js";
import { Views } from "./views.js";
import { Visibility } from "./visibility.js";

/** @typedef {import("./types.js").Side} Side */

const SIDES = /** @type {Side[]} */ (["a", "b"]);

/** Steps per second of each pace in the view's table. */
const PACES = /** @type {Record<string, number>} */ ({ slow: 2, steady: 20, quick: 100, full: Infinity });

/** Milliseconds between two updates of words, which are read, and of charts, which are seen. */
const WORDS = 200;
const COUNTER = 80;
const LAYERS = 100;
const CALM = 250;

/** How long a slider must rest before the runs start over, in milliseconds. */
const REST = 120;

/** The largest step at which runs can be told to stop. */
const FARTHEST = 1_000_000;

export class Lab {
  #request = 0;
  #last = 0;
  #worded = -Infinity;
  #counted = -Infinity;
  #drawn = -Infinity;
  #layered = -Infinity;
  #fresh = true;
  #restarting = 0;
  /** Whether the runs play, or did until they came to their end: false once somebody has paused them. */
  #plays = false;
  /** What is being trained, in a line each; nothing before the first start. @type {Record<Side, string> | undefined} */
  #texts;
  /** Whether there cannot be the landscapes that are asked for. */
  #lacks = false;
  /** Weights of the reader's own, once there are any. @type {import("./dialogs/starts.js").Starts | undefined} */
  #starts;
  /** What ends with the lab. @type {{dispose(): void}[]} */
  #parts = [];
  /** What stands in each run's head. @type {Partial<Record<Side, import("./types.js").Vitals>>} */
  #vitals = {};

  /**
   * @param {import("./engine.js").Engine} engine
   * @param {HTMLElement} host
   * @param {ShadowRoot} root
   * @param {boolean} synced Whether the page's own hash holds the state.
   */
  constructor(engine, host, root, synced) {
    try {
      /** @type {import("./engine.js").Engine} */
      this.engine = engine;
      this.host = host;
      const hash = this.#own(new Hash(synced, host.getAttribute("state") ?? ""));
      this.hash = hash;
      this.store = new Store(engine, hash.state);
      this.theme = this.#own(
        new Theme(
          host,
          () => this.store.view("theme"),
          () => this.#restyle(),
          () => this.panels.drawAll(this.#look(2)),
        ),
      );
      this.conductor = this.#own(
        new Conductor(engine, {
          frame: (side, bytes) => this.#take(side, bytes),
          weights: (side, weights) => this.surveys.offer(side, weights),
          moved: () => this.#moved(),
          refused: (side) => this.surveys.allow(side, false),
          trapped: (side, fate) => this.#trapped(side, fate),
          range: (resting) => this.store.lab.range(resting),
          rested: () => this.#say(performance.now(), true),
        }),
      );
      this.surveys = this.#own(
        new Surveys(engine, {
          want: (side) => this.conductor.want(side),
          done: (side, step, points, values, { plane, stats }, placed) => {
            this.store.lab.take_landscape(side, step, points, values, plane, stats, placed ?? new Float64Array(0));
            this.panels.spoil("landscapes");
          },
          lacking: (side, step, why, { plane, stats }) => {
            this.store.lab.lack_landscape(side, step, plane, stats, why);
            this.panels.spoil("landscapes");
          },
          failed: () => this.panels.lack("The landscape cannot be measured here."),
        }),
      );
      this.transport = new Transport(this.store, {
        toggle: () => this.toggle(),
        advance: (steps) => this.advance(steps),
        reset: () => this.restart(this.conductor.playing),
        reseed: () => this.reseed(),
        pace: (name) => this.store.setView("speed", name),
      });
      this.question = new Question(this.store);
      this.finding = new FindingLine({ offer: (shows) => this.panels.offer(shows), reveal: (shows) => this.panels.reveal(shows) });
      this.heads = { a: new RunHead(this.store, "a"), b: new RunHead(this.store, "b") };
      this.ghosts = new Ghosts(this.store, () => this.#restyle());
      this.panels = this.#own(
        new Panels(engine, this.store, this.ghosts.element, {
          held: (side) => this.surveys.held(side),
          move: (side, held, place) => this.#move(side, held, place),
          stop: () => this.surveys.stop(),
        }),
      );
      this.rail = new Rail(this.store);
      const experiments = this.#own(
        new Opener("experiments", "Experiments", "Pairs of runs that answer a question", {
          script: (query) => import(`./dialogs/experiments.js${query}`),
          make: ({ ExperimentsDialog }) => ExperimentsDialog.make(this.store, (/** @type {string} */ name) => this.store.choose(name)),
          say: (text) => this.frame.say(text),
        }),
      );
      const exports = this.#own(
        new Opener("export", "Export", "Take the runs away: PyTorch, weights, losses", {
          script: (query) => import(`./dialogs/exports.js${query}`),
          make: ({ ExportsDialog }) =>
            new ExportsDialog(this.store, {
              run: (/** @type {Side} */ side) => this.#exported(side),
              begin: (
                /** @type {import("./engine.js").Engine<import("./engine.js").Full>} */ full,
                /** @type {import("./dialogs/starts.js").Starts} */ starts,
              ) => {
                this.#starts = starts;
                this.#adopt(full, false);
                this.restart(this.#plays);
              },
              link: () => hash.link(this.store.lab.hash()),
            }),
          say: (text) => this.frame.say(text),
        }),
      );
      this.frame = this.#own(
        new Frame(this.store, {
          transport: this.transport.element,
          rail: this.rail.element,
          question: this.question.element,
          finding: this.finding.element,
          openers: [experiments.button, exports.button],
          heads: [this.heads.a.element, this.heads.b.element],
          panels: this.panels.elements,
          toggleTheme: () => this.store.setView("theme", this.theme.dark ? "light" : "dark"),
          link: () => hash.link(this.store.lab.hash()),
        }),
      );
      root.replaceChildren(this.frame.element);
      this.views = this.#own(new Views(this.store, this.frame, root, (text) => this.#go(text)));
      this.keys = this.#own(
        new Keys(host, {
          toggle: () => (this.views.away ? this.views.toggle() : this.toggle()),
          advance: (steps) => this.views.away || this.advance(steps),
          reset: () => this.views.away || this.restart(this.conductor.playing),
          reseed: () => this.views.away || this.reseed(),
        }),
      );
      this.visibility = this.#own(new Visibility(host, () => this.#say(performance.now(), true)));
      this.upgrade = this.#own(
        new Upgrade({
          arrived: (full, wanted) => this.#adopt(full, wanted),
          say: (text, again) => this.frame.say(text, again),
        }),
      );
      this.store.listen((change) => this.#changed(change));
      hash.listen((text) => this.store.read(text));
      this.frame.note(this.store.lab.notes());
      this.#setPace();
      this.theme.show();
      this.restart(this.store.view("start") === "playing");
      this.#turn();
      this.#request = requestAnimationFrame((now) => this.#beat(now));
    } catch (error) {
      // Half a lab has listeners and workers too. Its state is left to the collector: the module may have crashed.
      this.dispose(false);
      throw error;
    }
  }

  /**
   * Remembers what must be ended with the lab.
   *
   * @template {{dispose(): void}} T
   * @param {T} part
   * @returns {T}
   */
  #own(part) {
    this.#parts.push(part);
    return part;
  }

  /**
   * Starts over from the same initial weights.
   *
   * @param {boolean} play
   * @param {boolean} [passing] Whether a slider is still being dragged.
   */
  restart(play, passing = false) {
    clearTimeout(this.#restarting);
    this.#plays = play;
    if (this.store.lab.is_beyond()) {
      // The runs that are there go on until the edition is there that can train these.
      this.#showSettings();
      this.upgrade.want();
      return;
    }
    this.store.lab.restart(passing);
    this.#vitals = {};
    this.#texts = this.store.texts();
    const lost = this.#starts?.fit(this.#texts) ?? [];
    if (lost.length > 0) this.frame.note(lost);
    for (const side of SIDES) this.surveys.allow(side, true);
    this.#showSettings();
    this.conductor.restart(this.#texts, play && !this.views.away, (side) => this.#starts?.of(side)?.bytes);
    this.#survey();
    this.panels.spoil("all");
    this.#say(performance.now(), true);
  }

  /** Goes on in the full edition of the engine: all that is on show stays. @param {import("./engine.js").Engine<import("./engine.js").Full>} full @param {boolean} wanted Whether it can train what the last one could not. */
  #adopt(full, wanted) {
    this.engine = full;
    this.store.adopt(full);
    this.conductor.adopt(full);
    this.surveys.adopt(full);
    this.#watch();
    if (wanted && this.#behind) this.restart(this.#plays);
    else {
      this.#survey();
      this.panels.spoil("all");
    }
    this.views.turn(full);
  }

  /** Asks for the full edition where the state needs it, and only there. */
  #reach() {
    const { lab } = this.store;
    if (lab.is_beyond() || lab.view_is_beyond()) this.upgrade.want();
    else this.upgrade.forget();
  }

  /** Whether other runs are wanted than are there. */
  get #behind() {
    const texts = this.store.texts();
    return SIDES.some((side) => texts[side] !== this.#texts?.[side]);
  }

  /** Shows the lab, or another view while the runs rest. */
  #turn() {
    if (this.views.away) this.conductor.pause();
    else if (this.#plays && this.#texts && !this.conductor.over) this.conductor.play();
    this.#reach();
    this.views.turn(this.engine);
  }

  /** Takes another state, as a place to come back from. @param {string} text */
  #go(text) {
    this.hash.write(text, "push");
    this.store.read(text);
  }

  /** What may be exported. @param {Side} side */
  #exported(side) {
    const text = this.#texts?.[side];
    const refused = text === undefined || this.store.lab.problems(side).length > 0;
    return {
      text: text ?? "",
      step: this.conductor.runs[side].step,
      refused,
      start: this.#starts?.of(side),
      movedAt: this.#vitals[side]?.movedAt,
    };
  }

  /** Shows what is set, and what that means. */
  #showSettings() {
    this.question.show();
    this.rail.show();
    for (const side of SIDES) this.heads[side].showSettings(this.theme.dark, this.#starts?.of(side)?.name);
    this.frame.entitle();
  }

  /** Plays or pauses; at the end, goes on to twice the step. */
  toggle() {
    this.#plays = !this.conductor.playing;
    if (this.conductor.playing) {
      this.conductor.pause();
    } else {
      const stop = Number(this.store.view("steps"));
      if (this.conductor.step >= stop) this.store.setView("steps", String(Math.min(2 * this.conductor.step, FARTHEST)));
      this.conductor.play();
    }
    this.#say(performance.now(), true);
  }

  /** Takes some steps and rests. @param {number} steps */
  advance(steps) {
    this.#plays = false;
    this.conductor.advance(steps);
  }

  /** Other initial weights and batches. */
  reseed() {
    this.store.set("both", "seed", String((Number(this.store.get("a", "seed")) + 1) % 2 ** 32));
  }

  /** Makes a run's worker crash, to try out what follows. @param {Side} side */
  trap(side) {
    this.conductor.runs[side].trap();
  }

  /**
   * Puts a run at a point of its landscape, to train on from there.
   *
   * @param {Side} side
   * @param {import("./landscape/surveys.js").Held} held
   * @param {[number, number]} place
   */
  async #move(side, held, place) {
    const texts = this.#texts;
    try {
      const values = await this.surveys.locate(side, held.through, place);
      // Other runs may have begun meanwhile.
      if (texts === this.#texts) this.conductor.move(side, values);
    } catch (why) {
      this.frame.note([`Run ${side.toUpperCase()} could not be set there: ${why}.`]);
    }
  }

  /** A run was put at other weights. */
  #moved() {
    this.surveys.stale();
    this.#fresh = true;
  }

  /** @param {import("./store.js").Change} change */
  #changed(change) {
    if (change.kind === "run") {
      // What a slider passes is no place to come back to: only where it rests is.
      if (!change.passing) this.hash.write(this.store.lab.hash(), "push");
      const notes = this.store.lab.notes();
      if (notes.length > 0) this.frame.note(notes);
      this.#showSettings();
      // Who has paused stays in control; runs that have come to their end start over.
      const play = this.#plays;
      clearTimeout(this.#restarting);
      if (change.passing) this.#restarting = window.setTimeout(() => this.restart(play, true), REST);
      else this.restart(play);
      this.views.refresh();
      return;
    }
    if (change.kind === "all" || change.kind === "preset") {
      if (change.kind === "preset") this.hash.write(this.store.lab.hash(), "push");
      this.frame.note(this.store.lab.notes());
      this.#setPace();
      this.theme.show();
      this.panels.show();
      this.restart(change.kind === "preset" || this.store.view("start") === "playing");
      this.#turn();
      this.views.refresh();
      return;
    }
    this.hash.write(this.store.lab.hash(), change.name === "view" ? "push" : "replace");
    if (change.name === "yaw" || change.name === "pitch") {
      this.panels.spoil("landscapes");
      return;
    }
    if (change.name === "view") this.#turn();
    this.views.refresh();
    this.#setPace();
    this.theme.show();
    this.panels.show();
    if (["slice", "plane", "stats"].includes(change.name)) this.#survey();
    else this.#reach();
    this.surveys.follow(this.store.view("live") === "on");
    this.panels.spoil("all");
    this.#say(performance.now(), true);
  }

  #setPace() {
    this.conductor.pace = PACES[this.store.view("speed")] ?? 100;
    this.conductor.stop = Number(this.store.view("steps"));
    this.#watch();
    this.frame.show();
  }

  /** Measures what the charts show from here on. */
  #watch() {
    const { lab } = this.store;
    this.conductor.measures = lab.measures();
    this.conductor.every = Number(this.store.view("every"));
    // The first edition cannot measure: its runs are repeated.
    if (this.conductor.measures !== "" && !lab.view_is_beyond()) this.conductor.renew();
  }

  #survey() {
    this.panels.lack("");
    for (const panel of this.panels.landscapes) panel.forget();
    if (!this.#texts) return;
    this.#reach();
    this.#lacks = this.store.lab.landscape_lack() !== undefined;
    const [plane, stats] = [this.store.view("plane"), this.store.view("stats")];
    this.conductor.trail = plane === "pca";
    this.surveys.restart(this.#texts, { plane, stats, line: this.store.view("slice") === "1d" });
    this.surveys.follow(this.store.view("live") === "on");
  }

  #restyle() {
    for (const side of SIDES) this.heads[side].showSettings(this.theme.dark, this.#starts?.of(side)?.name);
    this.panels.spoil("all");
    this.#say(performance.now(), true);
  }

  /** @param {Side} side @param {Uint8Array} bytes */
  #take(side, bytes) {
    this.store.lab.take(side, bytes);
    const before = this.#vitals[side]?.movedAt;
    this.#vitals[side] = this.store.lab.vitals(side);
    if (this.#vitals[side]?.movedAt !== before) this.frame.entitle();
    this.#fresh = true;
  }

  /** @param {Side} side @param {import("./runs/run.js").Fate} fate */
  #trapped(side, fate) {
    const letter = side.toUpperCase();
    this.surveys.forget(side);
    const words = {
      repeated: `The worker that trains run ${letter} crashed. It was replaced, and the run is being repeated up to where it was.`,
      crashing: `The worker that trains run ${letter} keeps crashing with these settings. Reset tries once more; other settings may do better.`,
      unloadable: `The worker that trains run ${letter} could not be loaded: the server does not answer. Reset tries once more.`,
    };
    this.frame.note([words[fate]]);
    if (fate === "repeated") return;
    this.surveys.allow(side, false);
    this.store.lab.lose(side);
    this.panels.spoil("layers");
  }

  /** One animation frame. @param {number} now */
  #beat(now) {
    this.#request = requestAnimationFrame((next) => this.#beat(next));
    const elapsed = (now - this.#last) / 1000;
    this.#last = now;
    if (this.visibility.away) return;
    if (this.views.away) {
      this.surveys.rest();
      this.views.beat(now, this.#look());
      return;
    }
    if (this.#texts) this.conductor.tick(now, elapsed);
    if (this.#texts && this.panels.landscapesSeen && !this.#lacks) this.surveys.tick(now, { a: this.#place("a"), b: this.#place("b") });
    else this.surveys.rest();
    if (this.#fresh && (!this.theme.calm || now - this.#drawn > CALM)) {
      this.#fresh = false;
      this.#drawn = now;
      this.panels.spoil("curves");
      if (!this.conductor.playing || now - this.#layered > LAYERS) {
        this.#layered = now;
        this.panels.spoil("layers");
      }
    }
    this.panels.draw(this.#look());
    this.panels.tabulate(!this.conductor.playing);
    if (now - this.#counted > COUNTER) this.#count(now);
    this.#say(now, false);
  }

  /** How charts are drawn now. @param {number} [least] Device pixels for each CSS pixel, at the least. */
  #look(least = 0) {
    return { dark: this.theme.dark, ratio: Math.max(least, window.devicePixelRatio || 1) };
  }

  /** Where a run is. @param {Side} side @returns {import("./landscape/surveys.js").Place} */
  #place(side) {
    const { step, ended } = this.conductor.runs[side];
    return { step, moving: this.conductor.playing && !ended, ended };
  }

  /** The step counter. @param {number} now */
  #count(now) {
    this.#counted = now;
    const prints = SIDES.flatMap((side) => this.#vitals[side] ?? []);
    // Those still training must have been fingerprinted at the same step; a diverged run keeps its last.
    const steps = new Set(prints.filter((v) => v.divergedAt === undefined).map((v) => v.fingerprintStep));
    const same = prints.length > 0 && steps.size <= 1;
    this.transport.show({
      step: this.conductor.step,
      stop: this.conductor.stop,
      speed: this.conductor.speed,
      seed: this.store.get("a", "seed"),
      playing: this.conductor.playing,
      over: this.conductor.over,
      away: this.visibility.away,
      fingerprint: same ? prints.map((v) => v.fingerprint.slice(0, 4) + (v.movedAt === undefined ? "" : "*")).join("·") : "",
      loaded: this.#starts?.any ?? false,
      fingerprintStep: same ? Math.max(...prints.map((v) => v.fingerprintStep)) : 0,
    });
  }

  /** Words and their numbers, at a pace at which they can be read. @param {number} now @param {boolean} force */
  #say(now, force) {
    if (!force && now - this.#worded < WORDS) return;
    this.#worded = now;
    const { lab } = this.store;
    for (const side of SIDES) this.heads[side].showVitals(this.#vitals[side], lab.badge(side), lab.moved(side));
    /** @type {import("./types.js").Finding} */
    const finding = lab.finding();
    this.finding.show(finding, finding.about === "both" ? "var(--line-strong)" : lab.color(finding.about, this.theme.dark));
    this.ghosts.show(this.theme.dark);
    this.panels.tell(this.surveys.progress);
    this.#count(now);
  }

  /** Ends everything. @param {boolean} [whole] False if the module itself has crashed. */
  dispose(whole = true) {
    cancelAnimationFrame(this.#request);
    clearTimeout(this.#restarting);
    for (const part of this.#parts.splice(0)) part.dispose();
    if (whole) this.store.lab.free();
  }
}
