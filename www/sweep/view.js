/** The sweep: its controls, its progress, and its two charts. */

import { ChartPanel } from "../panels/panel.js";
import { Fold } from "../fold.js";
import { Form } from "./form.js";
import { CellPool } from "./pool.js";
import { h, write } from "../dom.js";
import { load, once } from "../load.js";

/** @import { Choice, Display, Full, FullEngine, Problem, Reading, Store } from "../types.js" */

/** @typedef {InstanceType<Full["Sweep"]>} Sweep */

/** Cells from which on somebody is asked whether they want to wait. */
const MANY = 10_000;
/** Sweeps that are kept, so that whoever comes back finds what was trained. */
const KEPT = 4;
/** Milliseconds between two pictures while cells come in. */
const APART = 200;

const OPEN = "Open in the lab";

/** The sweep's own styles. */
const loadStyles = once(async () => {
  const answer = await load("./sweep/sweep.css", "The sweep's styles");
  return new CSSStyleSheet().replace(await answer.text());
});

export class SweepView {
  /** @type {Sweep} */
  #sweep;
  /** By what their numbers depend on, oldest first. @type {Map<string, Sweep>} */
  #known = new Map();
  #shown = false;
  #stale = true;
  #drawn = -Infinity;
  /** What the present stretch of work began with. */
  #begun = { time: 0, left: 0 };
  /** Where on the map the last read-out was. @type {[number, number] | undefined} */
  #last;
  /** Cells given up. @type {Set<number>} */
  #lost = new Set();
  /** Whether one cell is trained alone, to know what all would take. */
  #asking = false;

  /**
   * @param {FullEngine} engine
   * @param {Store} store
   * @param {ShadowRoot} root
   * @param {(hash: string) => void} go Takes another state, as a place to come back from.
   * @returns {Promise<SweepView>}
   */
  static async create(engine, store, root, go) {
    const sheet = await loadStyles();
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return new SweepView(engine, store, root.host, go);
  }

  /** @param {FullEngine} engine @param {Store} store @param {Element} host @param {(hash: string) => void} go */
  constructor(engine, store, host, go) {
    this.engine = engine;
    this.store = store;
    this.go = go;
    const { wasm } = engine;
    this.spare = document.createElement("canvas");
    // The plan by itself is always a sweep; what is not one says so below.
    this.#sweep = new wasm.Sweep("", this.spare);
    this.pool = new CellPool(engine, {
      order: (cell) => this.#sweep.order(cell),
      done: (cell, outcome) => this.#done(cell, outcome),
      lost: (cell) => this.#give(cell),
      over: () => this.#over(),
    });
    this.form = new Form(store);
    const presets = /** @type {Choice[]} */ (wasm.sweep_presets()).map(({ name, label, help }) =>
      h(
        "button",
        { type: "button", "data-preset": name, title: help, onclick: () => this.go(wasm.sweep_preset(name, store.lab.hash())) },
        label,
      ),
    );
    this.main = h("button", { type: "button", class: "primary sweep-main", onclick: () => this.toggle() });
    this.again = h("button", { type: "button", onclick: () => this.#startOver() }, "Start over");
    this.bar = h("progress", { max: 1, value: 0, "aria-label": "Cells done" });
    this.progress = h("p", { class: "sweep-progress", role: "status" });
    this.problems = h("div", { class: "notes", role: "alert" });
    this.question = h("div", { class: "notes", role: "alert" });
    this.finding = h("p", { class: "sweep-finding" });
    this.shared = h("p", { class: "sweep-base" });
    this.metric = h(
      "select",
      { "aria-label": "Shown", onchange: () => store.setView("sweep_metric", this.metric.value) },
      ...store.field("sweep_metric").choices.map((c) => h("option", { value: c.name, title: c.help }, c.label)),
    );
    const save = (/** @type {string} */ ending, /** @type {string} */ type, /** @type {() => string} */ text) =>
      h("button", { type: "button", "data-save": ending, onclick: () => download(`sweep.${ending}`, type, text()) }, ending.toUpperCase());
    this.open = h("button", { type: "button", class: "sweep-open", disabled: true, onclick: () => this.#open(this.#last) }, OPEN);
    // The charts read whichever sweep is shown.
    const view = this;
    const source = {
      get lab() {
        return view.#sweep;
      },
    };
    this.lines = new ChartPanel(source, wasm.SweepPanel.Lines, {
      part: "sweep-lines",
      title: "Across the values",
      label: "A line for each value of the second setting",
      place: "sweep-lines",
    });
    this.map = new ChartPanel(source, wasm.SweepPanel.Map, {
      part: "sweep-map",
      title: "Every pair of values",
      label: "A tile for each pair of values",
      place: "sweep-map",
      tools: [this.open],
      open: (at) => this.#open(at),
      pointed: (at) => this.#point(at),
    });
    const settings = h(
      "details",
      { class: "settings" },
      h("summary", {}, "Settings"),
      h(
        "div",
        { class: "rail" },
        h("section", {}, h("h2", {}, "Ready-made"), h("div", { class: "presets" }, ...presets)),
        h("section", {}, h("h2", {}, "Sweep"), this.form.element),
        h("section", {}, h("h2", {}, "All else"), this.shared),
      ),
    );
    this.element = h(
      "div",
      { class: "columns sweep" },
      settings,
      h(
        "div",
        { class: "sweep-content" },
        h("h1", {}, "The same network at every pair of values."),
        h(
          "div",
          { class: "sweep-head" },
          this.main,
          this.again,
          h("div", { class: "sweep-state" }, this.bar, this.progress),
          h("label", {}, "Shown ", this.metric),
          h(
            "span",
            { class: "saves" },
            save("csv", "text/csv", () => this.#sweep.csv()),
            save("json", "application/json", () => this.#sweep.json()),
          ),
        ),
        this.problems,
        this.question,
        this.finding,
        this.lines.element,
        this.map.element,
      ),
    );
    this.fold = new Fold(host, settings);
    this.refresh();
  }

  /** The sweep that is shown. */
  get sweep() {
    return this.#sweep;
  }

  /** Cells to be trained, and those that are not. */
  get #left() {
    return this.#sweep.missing().length;
  }

  /** The view is there, or has been left: then it rests. @param {boolean} shown */
  show(shown) {
    this.#shown = shown;
    if (shown) this.refresh();
    else this.#rest();
  }

  /** Takes the state as it is now: another sweep, or another metric of the same. */
  refresh() {
    this.form.show();
    this.metric.value = this.store.view("sweep_metric");
    const hash = this.store.lab.hash();
    try {
      const next = new this.engine.wasm.Sweep(hash, this.spare);
      this.#replace(next);
      this.problems.replaceChildren();
      this.main.disabled = false;
    } catch (problems) {
      if (!Array.isArray(problems)) throw problems;
      this.#rest();
      this.main.disabled = true;
      this.problems.replaceChildren(
        ...problems.map((/** @type {Problem} */ p) =>
          h(
            "p",
            {},
            `${this.#label(p.field)}: “${p.value}” is not possible${p.reason ? `, because ${p.reason}` : ""}; allowed: ${p.allowed}.`,
          ),
        ),
      );
    }
    this.#sweep.show(this.store.view("sweep_metric"));
    write(this.shared, `${this.#sweep.base()}: as run B of the lab has it.`);
    this.#invalidate();
  }

  /** @param {string} name */
  #label(name) {
    return this.store.tables.plan.find((f) => f.name === name)?.label ?? name;
  }

  /** @param {Sweep} next */
  #replace(next) {
    const key = next.key();
    if (key === this.#sweep.key()) return next.free();
    this.#rest();
    this.#known.set(this.#sweep.key(), this.#sweep);
    const known = this.#known.get(key);
    this.#known.delete(key);
    if (known) next.free();
    this.#sweep = known ?? next;
    this.#lost.clear();
    for (const [old, sweep] of this.#known) {
      if (this.#known.size <= KEPT) break;
      this.#known.delete(old);
      sweep.free();
    }
  }

  /** Starts, cancels or resumes. */
  toggle() {
    if (this.pool.busy) return this.#rest();
    if (this.main.disabled) return;
    const cells = this.#sweep.missing();
    if (cells.length >= MANY) return this.#ask(cells);
    this.#start(cells);
  }

  /** @param {Uint32Array} cells */
  #start(cells) {
    this.question.replaceChildren();
    this.#lost.clear();
    this.#begun = { time: performance.now(), left: cells.length };
    this.pool.start(cells);
    this.#invalidate();
  }

  /** Asks before very many cells, with the time that they would take: one is trained to know. @param {Uint32Array} cells */
  #ask(cells) {
    this.#asking = true;
    this.#begun = { time: performance.now(), left: cells.length };
    this.pool.start(cells.slice(0, 1));
    this.#invalidate();
  }

  #asked() {
    this.#asking = false;
    const one = performance.now() - this.#begun.time;
    const cells = this.#sweep.missing();
    const all = (one * cells.length) / this.pool.limit;
    const leave = () => this.question.replaceChildren();
    this.question.replaceChildren(
      h(
        "p",
        {},
        `${cells.length.toLocaleString("en")} cells would take about ${lasting(all)} on this machine; one took ${lasting(one)}.`,
        h("button", { type: "button", class: "sweep-yes", onclick: () => this.#start(cells) }, "Go ahead"),
        h("button", { type: "button", onclick: leave }, "Leave it"),
      ),
    );
  }

  #rest() {
    this.#asking = false;
    this.pool.stop();
    this.#invalidate();
  }

  #startOver() {
    this.#rest();
    const old = this.#sweep;
    this.#sweep = new this.engine.wasm.Sweep(this.store.lab.hash(), this.spare);
    old.free();
    this.refresh();
  }

  /** @param {number} cell @param {string} outcome */
  #done(cell, outcome) {
    if (!this.#sweep.take(cell, outcome)) console.error(`Cell ${cell} gave another outcome than before.`);
    this.#invalidate();
  }

  /** @param {number} cell */
  #give(cell) {
    this.#lost.add(cell);
    this.#invalidate();
  }

  #over() {
    if (this.#asking) this.#asked();
    this.#invalidate();
  }

  #invalidate() {
    this.#stale = true;
  }

  /** Remembers the tile that was pointed at last, for whoever opens by the button. @param {[number, number] | undefined} at */
  #point(at) {
    if (!at) return;
    this.#last = at;
    const able = this.#sweep.open(at[0], at[1]) !== undefined;
    this.open.disabled = !able;
    /** @type {Reading | undefined} */
    const reading = this.#sweep.read(this.engine.wasm.SweepPanel.Map, at[0], at[1], false);
    write(this.open, able && reading ? `${OPEN}: ${reading.title}, ${reading.rows[0].name}` : OPEN);
  }

  /** Opens a tile in the lab. @param {[number, number] | undefined} at */
  #open(at) {
    const hash = at && this.#sweep.open(at[0], at[1]);
    if (hash !== undefined) this.go(hash);
  }

  /** To be called on every animation frame. @param {number} now @param {Display} display */
  beat(now, display) {
    if (!this.#shown) return;
    const changed = this.lines.display?.dark !== display.dark || this.lines.display?.ratio !== display.ratio;
    const due = this.#stale && (!this.pool.busy || now - this.#drawn > APART);
    for (const panel of [this.lines, this.map]) if (due || changed || panel.stale) panel.draw(display);
    if (due) {
      this.#stale = false;
      this.#drawn = now;
      this.#say();
    }
    for (const panel of [this.lines, this.map]) if (panel.due(!this.pool.busy)) panel.tabulate();
  }

  /** Words: how far it has come, and what it says. */
  #say() {
    const [all, left] = [this.#sweep.cells(), this.#left];
    const impossible = this.#impossible();
    const trainable = all - impossible;
    const done = trainable - left;
    write(this.main, this.pool.busy ? "Cancel" : done === 0 ? "Start" : left === 0 ? "Done" : "Resume");
    this.main.disabled = this.problems.childElementCount > 0 || (!this.pool.busy && left === 0);
    this.again.hidden = this.pool.busy || done === 0;
    this.bar.max = Math.max(1, trainable);
    this.bar.value = done;
    const words = [`${done.toLocaleString("en")} of ${trainable.toLocaleString("en")} cells`];
    if (impossible > 0) words.push(`${impossible} more cannot be trained`);
    if (this.#lost.size > 0) words.push(`${this.#lost.size} crashed`);
    const [spent, trained] = [performance.now() - this.#begun.time, this.#begun.left - left];
    if (this.pool.busy && !this.#asking) words.push(`${this.pool.size} at a time`);
    if (this.pool.busy && !this.#asking && trained > 0) words.push(`about ${lasting((spent / trained) * left)} left`);
    if (this.#asking) words.push("training one to see how long it takes");
    write(this.progress, words.join(" · "));
    write(this.finding, this.#sweep.finding());
  }

  /** Cells that cannot be trained. */
  #impossible() {
    return this.#sweep.cells() - this.#sweep.possible();
  }

  dispose() {
    this.fold.dispose();
    this.pool.stop();
    for (const sweep of this.#known.values()) sweep.free();
    this.#sweep.free();
    this.lines.dispose();
    this.map.dispose();
  }
}

/** A time in words. @param {number} milliseconds */
function lasting(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 1) return `${Math.max(1, Math.round(milliseconds))} ms`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** Hands a text over as a file. @param {string} name @param {string} type @param {string} text */
function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: url, download: name });
  link.click();
  // The browser has read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
