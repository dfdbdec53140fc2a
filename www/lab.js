/** The lab: puts state, runs, landscapes, controls and panels together. */

import { Clock } from "./clock.js";
import { Conductor } from "./runs/conductor.js";
import { FindingLine } from "./controls/finding.js";
import { Frame } from "./frame.js";
import { Ghosts } from "./controls/ghosts.js";
import { Hash } from "./hash.js";
import { Keys } from "./controls/keys.js";
import { DialogButton } from "./controls/dialog_button.js";
import { Pair } from "./pair.js";
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

/** @import { Change, Engine, Full, Side, Starts } from "./types.js" */

const SIDES = /** @type {Side[]} */ (["a", "b"]);

export class Lab {
  /** What ends with the lab. @type {{dispose(): void}[]} */
  #parts = [];

  /**
   * @param {Engine} engine
   * @param {HTMLElement} host
   * @param {ShadowRoot} root
   * @param {boolean} synced Whether the page's own hash holds the state.
   */
  constructor(engine, host, root, synced) {
    try {
      /** @type {Engine} */
      this.engine = engine;
      this.host = host;
      const hash = this.#own(new Hash(synced, host.getAttribute("state") ?? ""));
      this.hash = hash;
      this.pair = this.#own(new Pair(this));
      this.clock = this.#own(new Clock(this));
      this.store = new Store(engine, hash.state);
      this.theme = this.#own(
        new Theme(
          host,
          () => this.store.view("theme"),
          () => this.#restyle(),
          () => this.panels.drawAll(this.clock.display(2)),
        ),
      );
      this.conductor = this.#own(
        new Conductor(engine, {
          frame: (side, bytes) => this.pair.take(side, bytes),
          weights: (side, weights) => this.surveys.offer(side, weights),
          moved: () => this.pair.moved(),
          refused: (side) => this.surveys.allow(side, false),
          crashed: (side, fate) => this.pair.crashed(side, fate),
          range: (resting) => this.store.lab.range(resting),
          rested: () => this.clock.say(),
        }),
      );
      this.surveys = this.#own(
        new Surveys(engine, {
          want: (side) => this.conductor.want(side),
          done: (side, step, points, values, { plane, stats }, placed) => {
            this.store.lab.take_landscape(side, step, points, values, plane, stats, placed ?? new Float64Array(0));
            this.panels.invalidate("landscapes");
          },
          unavailable: (side, step, why, { plane, stats }) => {
            this.store.lab.lack_landscape(side, step, plane, stats, why);
            this.panels.invalidate("landscapes");
          },
          failed: () => this.panels.unavailable("The landscape cannot be measured here."),
        }),
      );
      this.transport = new Transport(this.store, {
        toggle: () => this.toggle(),
        advance: (steps) => this.advance(steps),
        reset: () => this.pair.restart(this.conductor.playing),
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
          move: (side, held, place) => this.pair.move(side, held, place),
          stop: () => this.surveys.stop(),
        }),
      );
      this.rail = new Rail(this.store);
      const experiments = this.#own(
        new DialogButton(
          this,
          "experiments",
          "Experiments",
          "Pairs of runs that answer a question",
          (query) => import(`./dialogs/experiments.js${query}`),
        ),
      );
      const exports = this.#own(
        new DialogButton(
          this,
          "export",
          "Export",
          "Take the runs away: PyTorch, weights, losses",
          (query) => import(`./dialogs/exports.js${query}`),
        ),
      );
      this.frame = this.#own(
        new Frame(this.store, {
          transport: this.transport.element,
          rail: this.rail.element,
          question: this.question.element,
          finding: this.finding.element,
          dialogs: [experiments.button, exports.button],
          heads: [this.heads.a.element, this.heads.b.element],
          panels: this.panels.elements,
          toggleTheme: () => this.store.setView("theme", this.theme.dark ? "light" : "dark"),
          link: () => this.link(),
        }),
      );
      root.replaceChildren(this.frame.element);
      this.views = this.#own(new Views(this.store, this.frame, root, (text) => this.#go(text)));
      this.keys = this.#own(
        new Keys(host, {
          toggle: () => (this.views.away ? this.views.toggle() : this.toggle()),
          advance: (steps) => this.views.away || this.advance(steps),
          reset: () => this.views.away || this.pair.restart(this.conductor.playing),
          reseed: () => this.views.away || this.reseed(),
        }),
      );
      this.visibility = this.#own(new Visibility(host, () => this.clock.say()));
      this.upgrade = this.#own(
        new Upgrade({
          arrived: (full, wanted) => this.pair.adopt(full, wanted),
          say: (text, again) => this.frame.say(text, again),
        }),
      );
      this.store.listen((change) => this.#changed(change));
      hash.listen((text) => this.store.read(text));
      this.frame.note(this.store.lab.notes());
      this.pair.setPace();
      this.theme.show();
      this.pair.restart(this.store.view("start") === "playing");
      this.pair.turn();
      this.clock.start();
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

  /** Takes another state, as a place to come back from. @param {string} text */
  #go(text) {
    this.hash.write(text, "push");
    this.store.read(text);
  }

  /** The address that restores what is seen. */
  link() {
    return this.hash.link(this.store.lab.hash());
  }

  /** Plays or pauses; at the end, goes on to twice the step. */
  toggle() {
    this.pair.plays = !this.conductor.playing;
    if (this.conductor.playing) {
      this.conductor.pause();
    } else {
      const stop = Number(this.store.view("steps"));
      if (this.conductor.step >= stop)
        this.store.setView("steps", String(Math.min(2 * this.conductor.step, this.store.field("steps").max)));
      this.conductor.play();
    }
    this.clock.say();
  }

  /** Takes some steps and rests. @param {number} steps */
  advance(steps) {
    this.pair.plays = false;
    this.conductor.advance(steps);
  }

  /** Other initial weights and batches. */
  reseed() {
    this.store.set("both", "seed", String((Number(this.store.get("a", "seed")) + 1) % 2 ** 32));
  }

  /** Makes a run's worker crash, for tests. @param {Side} side */
  crash(side) {
    this.conductor.runs[side].crash();
  }

  /** @param {Change} change */
  #changed(change) {
    if (change.kind === "run") {
      // What a slider passes is no place to come back to: only where it rests is.
      if (!change.passing) this.hash.write(this.store.lab.hash(), "push");
      const notes = this.store.lab.notes();
      if (notes.length > 0) this.frame.note(notes);
      this.pair.showSettings();
      // Who has paused stays in control; runs that have come to their end start over.
      if (change.passing) this.pair.restartSoon();
      else this.pair.restart(this.pair.plays);
      this.views.refresh();
      return;
    }
    if (change.kind === "all" || change.kind === "preset") {
      if (change.kind === "preset") this.hash.write(this.store.lab.hash(), "push");
      this.frame.note(this.store.lab.notes());
      this.pair.setPace();
      this.theme.show();
      this.panels.show();
      this.pair.restart(change.kind === "preset" || this.store.view("start") === "playing");
      this.pair.turn();
      this.views.refresh();
      return;
    }
    this.hash.write(this.store.lab.hash(), change.name === "view" ? "push" : "replace");
    if (change.name === "yaw" || change.name === "pitch") {
      this.panels.invalidate("landscapes");
      return;
    }
    if (change.name === "view") this.pair.turn();
    this.views.refresh();
    this.pair.setPace();
    this.theme.show();
    this.panels.show();
    if (["slice", "plane", "stats"].includes(change.name)) this.pair.survey();
    else this.pair.reach();
    this.surveys.follow(this.store.view("live") === "on");
    this.panels.invalidate("all");
    this.clock.say();
  }

  #restyle() {
    for (const side of SIDES) this.heads[side].showSettings(this.theme.dark, this.pair.starts?.of(side)?.name);
    this.panels.invalidate("all");
    this.clock.say();
  }

  /** Ends everything. @param {boolean} [whole] False if the module itself has crashed. */
  dispose(whole = true) {
    for (const part of this.#parts.splice(0)) part.dispose();
    if (whole) this.store.lab.free();
  }
}
