// @ts-check
/** The question of the experiment that is set, until something is changed. */

import { h } from "../dom.js";

export class Question {
  /** @param {import("../store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.element = h("section", { class: "question", "aria-label": "Question", "data-part": "question" });
  }

  show() {
    /** @type {import("../types.js").Preset | undefined} */
    const preset = this.store.lab.preset();
    if (this.element.dataset.preset === (preset?.name ?? "")) return;
    this.element.dataset.preset = preset?.name ?? "";
    this.element.replaceChildren(...(preset ? [h("strong", {}, preset.title), h("p", {}, preset.question)] : []));
  }
}
