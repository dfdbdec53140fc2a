/** All settings, few of them at first. */

import { h } from "../dom.js";
import { FieldControl } from "./field.js";

/** @import { Field, Store } from "../types.js" */

/** Seen at once; the rest is folded away. `norm` stands in the runs' heads. */
const FIRST = ["data", "batch", "lr", "optimizer", "model", "depth", "width", "activation", "init"];
const ELSEWHERE = ["norm"];

export class Rail {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    const fields = store.tables.fields.filter((f) => !ELSEWHERE.includes(f.name) && f.choices.length !== 1);
    this.controls = new Map(fields.map((f) => [f.name, new FieldControl(store, f)]));
    const first = fields.filter((f) => FIRST.includes(f.name));
    const rest = fields.filter((f) => !FIRST.includes(f.name));
    this.more = h("details", { class: "more" }, h("summary", {}, "More settings"), ...this.#groups(rest));
    this.element = h(
      "section",
      { class: "rail", "aria-label": "Settings of both runs", "data-part": "controls" },
      ...this.#groups(first),
      this.more,
    );
    this.show();
  }

  /** @param {Field[]} fields */
  #groups(fields) {
    const names = [...new Set(fields.map((f) => f.group))];
    return names.map((name) =>
      h(
        "div",
        { class: "group", "data-group": name },
        h("h2", {}, name),
        ...fields.filter((f) => f.group === name).flatMap((f) => this.controls.get(f.name)?.element ?? []),
      ),
    );
  }

  /** Shows the present state: values, and which settings make a difference at all. */
  show() {
    const hidden = this.store.view("hide").split(",");
    for (const [name, control] of this.controls) {
      control.element.hidden = hidden.includes(name) || !this.store.lab.relevant(name);
      control.show();
    }
    for (const group of this.element.querySelectorAll(".group")) {
      /** @type {HTMLElement} */ (group).hidden = [...group.querySelectorAll(".field")].every((f) => /** @type {HTMLElement} */ (f).hidden);
    }
    this.more.hidden = [...this.more.querySelectorAll(".group")].every((g) => /** @type {HTMLElement} */ (g).hidden);
  }
}
