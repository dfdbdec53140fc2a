/** A control for one field of the configuration, for both runs together or for each. */

import { ask } from "./ask.js";
import { h, segmented, write } from "../dom.js";
import { refusal } from "./problems.js";
import { nearest, ticks, text } from "./ticks.js";

/** @import { Field, Problem, Side, Store } from "../types.js" */

/** Most alternatives that stand side by side; more become a list. */
const SEGMENTS = 5;

let count = 0;

/**
 * A label, help on demand, a switch that lets the runs differ, and one input or two.
 */
export class FieldControl {
  #split = false;
  /** @type {(() => void)[]} */
  #shows = [];

  /**
   * @param {Store} store
   * @param {Field} field
   */
  constructor(store, field) {
    this.store = store;
    this.field = field;
    count += 1;
    const id = `field-${field.name}-${count}`;
    this.id = id;
    this.note = h("p", { class: "note", role: "status" });
    this.inputs = h("div", { class: "inputs" });
    const help = h("p", { id: `${id}-help`, class: "help", hidden: true }, ...this.#explanation());
    this.link = h(
      "button",
      {
        type: "button",
        class: "quiet link",
        title: "Let the two runs differ in this",
        "aria-pressed": "false",
        onclick: () => this.#toggle(),
      },
      "A=B",
    );
    this.element = h(
      "div",
      { class: "field", "data-field": field.name },
      h(
        "div",
        { class: "field-head" },
        h("span", { id: `${id}-label`, class: "field-label" }, field.label),
        ask(field.label, help),
        this.link,
      ),
      this.inputs,
      help,
      this.note,
    );
    this.#build();
  }

  /** @returns {(Node | string)[]} */
  #explanation() {
    if (this.field.kind !== "choice" || this.field.choices.length < 2) return [this.field.help];
    const items = this.field.choices.flatMap((c) => [h("dt", {}, c.label), h("dd", {}, c.help)]);
    return [this.field.help, h("dl", {}, ...items)];
  }

  #toggle() {
    if (this.#split) {
      this.#split = false;
      this.store.set("both", this.field.name, this.store.get("a", this.field.name));
    } else {
      this.#split = true;
    }
    this.#build();
    this.show();
  }

  /** Makes the inputs: one for both runs, or one for each. */
  #build() {
    this.#shows = [];
    const sides = /** @type {(Side | "both")[]} */ (this.#split ? ["a", "b"] : ["both"]);
    this.inputs.replaceChildren(...sides.map((of) => this.#input(of)));
    this.link.setAttribute("aria-pressed", String(this.#split));
    const text = this.#split ? "A≠B" : "A=B";
    write(this.link, text);
    this.link.setAttribute("aria-label", `${text}: let the runs differ in ${this.field.label}`);
  }

  /** @param {Side | "both"} of */
  #input(of) {
    const input = this.field.kind === "choice" ? this.#choice(of) : this.#number(of);
    if (of === "both") return input;
    const letter = of.toUpperCase();
    return h("div", { class: "sided" }, h("span", { class: `side side-${of}`, "aria-hidden": "true" }, letter), input);
  }

  /** @param {Side | "both"} of */
  #name(of) {
    return of === "both" ? this.field.label : `${this.field.label} of run ${of.toUpperCase()}`;
  }

  /** @param {Side | "both"} of @returns {HTMLElement} */
  #choice(of) {
    const { field, store } = this;
    const value = () => store.get(of === "b" ? "b" : "a", field.name);
    const set = (/** @type {string} */ name) => this.#report(store.set(of, field.name, name));
    if (field.choices.length <= SEGMENTS) {
      const group = segmented(this.#name(of), field.choices, set);
      this.#shows.push(() => group.show(value()));
      return group.element;
    }
    const options = field.choices.map((c) => h("option", { value: c.name }, c.label));
    const list = h("select", { "aria-label": this.#name(of), onchange: () => set(list.value) }, ...options);
    this.#shows.push(() => (list.value = value()));
    return list;
  }

  /** @param {Side | "both"} of @returns {HTMLElement} */
  #number(of) {
    const { field, store } = this;
    const all = field.name === "seed" ? [] : ticks(field);
    const value = () => store.get(of === "b" ? "b" : "a", field.name);
    // What somebody is typing is not written over; everything else always shows what is set.
    let editing = false;
    const refresh = () => {
      if (!editing) exact.value = value();
    };
    const exact = h("input", {
      type: "text",
      class: "exact",
      "aria-label": all.length > 0 ? `${this.#name(of)}, exact` : this.#name(of),
      inputMode: field.absent ? "text" : "decimal",
      autocomplete: "off",
      spellcheck: false,
      oninput: () => (editing = true),
      onblur: () => {
        editing = false;
        refresh();
      },
      onchange: () => {
        editing = false;
        const problem = store.set(of, field.name, exact.value);
        this.#report(problem);
        if (problem?.fix !== undefined) store.set(of, field.name, problem.fix);
        this.show();
      },
    });
    this.#shows.push(refresh);
    if (all.length === 0) return h("div", { class: "number" }, exact);
    const slide = (/** @type {boolean} */ passing) => this.#report(store.set(of, field.name, text(all[Number(slider.value)]), passing));
    const slider = h("input", {
      type: "range",
      min: "0",
      max: String(all.length - 1),
      "aria-label": this.#name(of),
      oninput: () => slide(true),
      onchange: () => slide(false),
    });
    this.#shows.push(() => {
      const now = value();
      const at = Number(now);
      const absent = !Number.isFinite(at);
      if (!absent) slider.value = String(nearest(all, at));
      slider.classList.toggle("absent", absent);
      slider.setAttribute("aria-valuetext", now);
      slider.style.setProperty("--filled", absent ? "0%" : `${(Number(slider.value) / (all.length - 1)) * 100}%`);
    });
    return h("div", { class: "number" }, slider, exact, this.#absence(of));
  }

  /** A button for having no number at all, where that is possible. @param {Side | "both"} of */
  #absence(of) {
    const word = this.field.absent;
    if (!word) return null;
    const button = h("button", { type: "button", class: "quiet absence", onclick: () => this.store.set(of, this.field.name, word) }, word);
    this.#shows.push(() => button.setAttribute("aria-pressed", String(this.store.get(of === "b" ? "b" : "a", this.field.name) === word)));
    return button;
  }

  /** @param {Problem | undefined} problem */
  #report(problem) {
    write(this.note, problem ? refusal(problem) : "");
  }

  /** Shows the present state. */
  show() {
    const differs = this.store.differs(this.field.name);
    if (differs && !this.#split) {
      this.#split = true;
      this.#build();
    }
    this.element.classList.toggle("differs", differs);
    for (const show of this.#shows) show();
  }
}
