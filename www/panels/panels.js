/** The lab's five charts, mirrored around the middle, and the switches in their heads. */

import { ChartPanel } from "./panel.js";
import { LandscapePanel } from "../landscape/panel.js";
import { h, segmented } from "../dom.js";

/** @import { Actions, Progress } from "../landscape/types.js" */
/** @import { Display, Engine, Measure, Side, Store } from "../types.js" */

/** Which charts are redrawn. @typedef {"curves" | "layers" | "landscapes" | "all"} What */

/** Steps between two measurements that can be chosen; a link can say others. */
const INTERVALS = [10, 20, 50, 100, 200, 500];

export class Panels {
  /** @type {{name: string, show: (value: string) => void}[]} */
  #switches = [];

  /**
   * @param {Engine} engine
   * @param {Store} store
   * @param {HTMLElement} ghosts
   * @param {Actions} actions What landscapes ask for.
   */
  constructor(engine, store, ghosts, actions) {
    this.store = store;
    const { Panel } = engine.wasm;
    const layers = (/** @type {Side} */ side) =>
      new ChartPanel(store, side === "a" ? Panel.LayersA : Panel.LayersB, {
        part: "layers",
        title: `${side.toUpperCase()}: layers`,
        label: `Layers of run ${side.toUpperCase()}`,
        place: `layers-${side}`,
        run: side,
        tools: [this.#switch("layers", ["activations", "gradients", "boundary"]), this.#menu("layers", (m) => m.inPanels)],
      });
    const landscape = (/** @type {Side} */ side) =>
      new LandscapePanel(store, side === "a" ? Panel.LandscapeA : Panel.LandscapeB, side, actions, {
        tools: [this.#switch("slice", ["1d", "2d", "3d"]), this.#list("plane"), this.#list("stats")],
        aside: [this.#switch("live", ["on", "off"])],
      });
    this.curves = new ChartPanel(store, Panel.Curves, {
      part: "curves",
      title: "Training",
      label: "Loss, accuracy or a measurement of both runs by step",
      place: "curves",
      legend: [ghosts],
      tools: [
        this.#switch("curve", ["loss", "accuracy"]),
        this.#menu("curve", () => true),
        this.#interval(),
        this.#switch("scale", ["log", "linear"]),
      ],
    });
    this.layers = [layers("a"), layers("b")];
    this.landscapes = [landscape("a"), landscape("b")];
    this.show();
  }

  /** What is drawn together: the charts of a pair share their axes, and so at every moment. */
  get #groups() {
    return [[this.curves], this.layers, this.landscapes];
  }

  get #all() {
    return [this.curves, ...this.layers, ...this.landscapes];
  }

  /** In reading order. */
  get elements() {
    const [layersA, layersB] = this.layers;
    const [landscapeA, landscapeB] = this.landscapes;
    return [this.curves, layersA, landscapeA, landscapeB, layersB].map((panel) => panel.element);
  }

  /** A switch over some alternatives of a field of the view. @param {string} name @param {string[]} of */
  #switch(name, of) {
    const field = this.store.field(name);
    const choices = field.choices.filter((c) => of.includes(c.name));
    const group = segmented(field.label, choices, (value) => this.store.setView(name, value));
    group.element.dataset.switch = name;
    this.#switches.push({ name, show: group.show });
    return group.element;
  }

  /** A list of all alternatives of a field of the view. @param {string} name */
  #list(name) {
    const field = this.store.field(name);
    const list = h(
      "select",
      {
        class: "quiet",
        "aria-label": field.label,
        title: field.help,
        "data-switch": name,
        onchange: () => this.store.setView(name, list.value),
      },
      ...field.choices.map((c) => h("option", { value: c.name, title: c.help }, c.label)),
    );
    this.#switches.push({ name, show: (value) => (list.value = value) });
    return list;
  }

  /** A menu of what can be measured for a field of the view. @param {string} name @param {(measure: Measure) => boolean} fits */
  #menu(name, fits) {
    const { measures } = this.store.tables;
    const groups = [...new Set(measures.filter(fits).map((m) => m.group))];
    const [usual] = this.store.field(name).choices;
    const list = h(
      "select",
      {
        class: "quiet",
        "aria-label": `${this.store.field(name).label}: measure`,
        "data-menu": name,
        onchange: () => this.store.setView(name, list.value || usual.name),
      },
      h("option", { value: "" }, "Measure …"),
      ...groups.map((group) =>
        h(
          "optgroup",
          { label: group },
          ...measures.filter((m) => fits(m) && m.group === group).map((m) => h("option", { value: m.name }, m.label)),
        ),
      ),
    );
    this.#switches.push({
      name,
      show: (value) => {
        // Explained by the full edition, which measures it.
        const measure = this.store.tables.measures.find((m) => m.name === value);
        list.value = measure?.name ?? "";
        list.title = measure?.help ?? "Something to be measured while the runs train";
      },
    });
    return list;
  }

  /** How often what is shown is measured. */
  #interval() {
    const field = this.store.field("every");
    const list = h("select", {
      class: "quiet",
      "aria-label": field.label,
      title: field.help,
      "data-menu": "every",
      onchange: () => this.store.setView("every", list.value),
    });
    this.#switches.push({
      name: "every",
      show: (value) => {
        const steps = [...new Set([...INTERVALS, Number(value)])].sort((a, b) => a - b);
        if ([...list.options].map((o) => o.value).join() !== steps.join())
          list.replaceChildren(...steps.map((n) => h("option", { value: String(n) }, `every ${n} steps`)));
        list.value = value;
        list.hidden = this.store.lab.measures() === "";
      },
    });
    return list;
  }

  /** Shows which switches are set, and only those that make a difference. */
  show() {
    const { lab } = this.store;
    for (const { name, show } of this.#switches) show(name === "layers" ? lab.layers_shown() : this.store.view(name));
    const plane = lab.has_boundary();
    const statistics = ["a", "b"].some((side) => lab.has_running_statistics(side));
    const loss = this.store.view("curve") === "loss";
    for (const panel of this.#all) {
      for (const button of panel.element.querySelectorAll("[data-value=boundary]")) /** @type {HTMLElement} */ (button).hidden = !plane;
      for (const group of panel.element.querySelectorAll("[data-switch=stats]")) /** @type {HTMLElement} */ (group).hidden = !statistics;
      for (const group of panel.element.querySelectorAll("[data-switch=scale]")) /** @type {HTMLElement} */ (group).hidden = !loss;
    }
  }

  /**
   * The charts that show something, or could: by layer beside each other, unless the large one has it.
   *
   * @param {string} shows A value of the field `curve`.
   */
  #home(shows) {
    const layered = this.store.view("curve") !== shows && this.store.tables.measures.some((m) => m.name === shows && m.inPanels);
    const homes = [{ field: "curve", panel: this.curves }];
    if (layered) homes.unshift(...this.layers.map((panel) => ({ field: "layers", panel })));
    return homes.find(({ panel }) => !panel.element.hidden);
  }

  /** What the chart is called that shows something; nothing, if it is not on the page. @param {string} shows */
  offer(shows) {
    return this.#home(shows) && `“${this.store.field("curve").choices.find((c) => c.name === shows)?.label}”`;
  }

  /** Turns to a chart that shows something. @param {string} shows */
  reveal(shows) {
    const home = this.#home(shows);
    if (!home) return;
    this.store.setView(home.field, shows);
    home.panel.element.scrollIntoView({ block: "nearest" });
    home.panel.canvas.focus({ preventScroll: true });
  }

  /** Whether the landscapes are on the page at all. */
  get landscapesSeen() {
    return this.landscapes.some((panel) => !panel.element.hidden);
  }

  /** Says why there are no landscapes; nothing, if there are. @param {string} reason */
  unavailable(reason) {
    for (const panel of this.landscapes) panel.unavailable(reason);
  }

  /** Says how far the landscapes in the making have come. @param {Progress | undefined} progress */
  showProgress(progress) {
    for (const panel of this.landscapes) panel.showProgress(progress);
  }

  /** Marks charts as out of date. @param {What} what */
  invalidate(what) {
    if (what === "all") this.show();
    const which = { all: this.#all, curves: [this.curves], layers: this.layers, landscapes: this.landscapes };
    for (const panel of which[what]) panel.stale = true;
  }

  /** Draws what is out of date, one group a frame, first the one that has waited longest. @param {Display} display */
  draw(display) {
    const waiting = this.#groups.filter((group) => group.some((panel) => panel.stale));
    const [group] = waiting.sort(([p], [q]) => p.drawn - q.drawn);
    for (const panel of group ?? []) panel.draw(display);
  }

  /** Draws every chart, at once. @param {Display} display */
  drawAll(display) {
    for (const panel of this.#all) panel.draw(display);
  }

  /** Refreshes a table that is due, one at a time. @param {boolean} resting Whether the numbers stand still. */
  tabulate(resting) {
    this.#all.find((panel) => panel.due(resting))?.tabulate();
  }

  dispose() {
    for (const panel of this.#all) panel.dispose();
  }
}
