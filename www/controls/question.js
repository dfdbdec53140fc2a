/** The question of the experiment that is set, until something is changed. */

import { h } from "../dom.js";
import { loadFull } from "../engine.js";

/** @import { Preset, Store } from "../types.js" */

export class Question {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    this.element = h("section", { class: "question", "aria-label": "Question", "data-part": "question" });
  }

  show() {
    const name = this.store.lab.preset() ?? "";
    if (this.element.dataset.preset === name) return;
    this.element.dataset.preset = name;
    this.element.replaceChildren();
    if (name) this.#ask(name);
  }

  /** Its words come with the full edition; where that cannot be had, the runs do without. @param {string} name */
  async #ask(name) {
    const full = await loadFull().catch(() => undefined);
    /** @type {Preset | undefined} */
    const preset = full?.wasm.presets().find((/** @type {Preset} */ p) => p.name === name);
    if (preset && this.element.dataset.preset === name) this.element.append(h("strong", {}, preset.title), h("p", {}, preset.question));
  }
}
