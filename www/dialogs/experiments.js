// @ts-check
/** Experiments ready to be run: a card for each, with the question that it answers. */

import { h } from "../dom.js";
import { modal } from "./modal.js";

/** @typedef {import("../types.js").Preset} Preset */

export class ExperimentsDialog {
  /**
   * @param {import("../store.js").Store} store
   * @param {(name: string) => void} choose
   */
  constructor(store, choose) {
    this.store = store;
    this.cards = store.tables.presets.map((preset) => this.#card(preset, choose));
    this.element = modal(
      "experiments",
      "Experiments",
      h("p", { class: "lede" }, "Two runs for each question. Make a guess, then see."),
      h("ul", {}, ...this.cards.map((card) => h("li", {}, card))),
    );
  }

  /** @param {Preset} preset @param {(name: string) => void} choose */
  #card({ name, title, question, source }, choose) {
    const act = () => {
      this.element.close();
      choose(name);
    };
    return h("button", { type: "button", "data-preset": name, onclick: act }, h("strong", {}, title), h("span", {}, question), h("small", {}, source));
  }

  open() {
    const present = /** @type {Preset | undefined} */ (this.store.lab.preset())?.name;
    for (const card of this.cards) {
      if (card.dataset.preset === present) card.setAttribute("aria-current", "true");
      else card.removeAttribute("aria-current");
    }
    this.element.showModal();
  }
}
