/** The controls of a sweep: one for each field of its plan. */

import { ask } from "../controls/ask.js";
import { h, segmented, write } from "../dom.js";

/** @import { Field, Store } from "../types.js" */

export class Form {
  /** @type {(() => void)[]} */
  #shows = [];

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    this.element = h("div", { class: "sweep-form" }, ...store.tables.plan.map((field) => this.#field(field)));
    this.show();
  }

  /** @param {Field} field */
  #field(field) {
    const note = h("p", { class: "note", role: "status" });
    const help = h("p", { id: `${field.name}-help`, class: "help", hidden: true }, field.help, this.#choices(field));
    const set = (/** @type {string} */ value) => {
      const problem = this.store.setView(field.name, value);
      const reason = problem?.reason ? `: ${problem.reason}` : "";
      write(note, problem ? `“${problem.value}” is not possible${reason}; allowed: ${problem.allowed}.` : "");
    };
    return h(
      "div",
      { class: "field", "data-field": field.name },
      h("div", { class: "field-head" }, h("span", { class: "field-label" }, field.label), ask(field.label, help)),
      h("div", { class: "inputs" }, this.#input(field, set)),
      help,
      note,
    );
  }

  /** @param {Field} field */
  #choices(field) {
    if (field.kind !== "choice") return null;
    return h("dl", {}, ...field.choices.flatMap((c) => [h("dt", {}, c.label), h("dd", {}, c.help)]));
  }

  /** @param {Field} field @param {(value: string) => void} set */
  #input(field, set) {
    if (field.kind === "choice") {
      const group = segmented(field.label, field.choices, set);
      this.#shows.push(() => group.show(this.store.view(field.name)));
      return group.element;
    }
    return field.kind === "axis" ? this.#axis(field, set) : this.#text(field.label, () => this.store.view(field.name), set);
  }

  /** A setting, chosen from a list, and its values. @param {Field} field @param {(value: string) => void} set */
  #axis(field, set) {
    const { fields } = this.store.tables;
    const options = fields.filter((f) => f.name !== "seed").map((f) => h("option", { value: f.name }, f.label));
    const parts = () => {
      const [name, ...values] = this.store.view(field.name).split("=");
      return { name, values: values.join("=") };
    };
    const list = h(
      "select",
      {
        "aria-label": `${field.label}: setting`,
        onchange: () => set(`${list.value}=${usual(this.store.field(list.value), this.store.get("b", list.value))}`),
      },
      ...options,
    );
    this.#shows.push(() => (list.value = parts().name));
    const values = this.#text(
      `${field.label}: values`,
      () => parts().values,
      (text) => set(`${list.value}=${text}`),
    );
    return h("div", { class: "axis" }, list, values);
  }

  /** A box of text. @param {string} label @param {() => string} value @param {(value: string) => void} set */
  #text(label, value, set) {
    let editing = false;
    const refresh = () => {
      if (!editing) box.value = value();
    };
    const box = h("input", {
      type: "text",
      "aria-label": label,
      autocomplete: "off",
      spellcheck: false,
      oninput: () => (editing = true),
      onchange: () => {
        set(box.value);
        editing = false;
      },
    });
    this.#shows.push(refresh);
    return box;
  }

  /** Shows what is set. */
  show() {
    for (const show of this.#shows) show();
  }
}

/** Values to begin with, when another setting is chosen. @param {Field} field @param {string} now */
function usual(field, now) {
  if (field.kind === "choice")
    return field.choices
      .map((c) => c.name)
      .slice(0, 4)
      .join(",");
  const value = Number(now);
  if (!Number.isFinite(value) || value <= 0) return `${field.min},${field.max}`;
  const near = [value / 4, value / 2, value, value * 2, value * 4].map((v) => (field.kind === "whole" ? Math.round(v) : v));
  const kept = [...new Set(near.map((v) => Math.min(field.max, Math.max(field.min, v))))];
  return kept.join(",");
}
