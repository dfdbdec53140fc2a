/** Experiments ready to be run: a card for each, with the question that it answers. */

import { h } from "../dom.js";
import { loadFull } from "../engine.js";
import { modal } from "./modal.js";

/** @import { Lab, Preset, Store } from "../types.js" */

/** Loads the words of the cards. @param {Lab} lab */
export async function create({ store }) {
  const { wasm } = await loadFull();
  return new ExperimentsDialog(store, wasm.presets(), (name) => store.choose(name));
}

class ExperimentsDialog {
  /**
   * @param {Store} store
   * @param {Preset[]} presets
   * @param {(name: string) => void} choose
   */
  constructor(store, presets, choose) {
    this.store = store;
    this.cards = presets.map((preset) => this.#card(preset, choose));
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
    return h(
      "button",
      { type: "button", "data-preset": name, onclick: act },
      h("strong", {}, title),
      h("span", {}, question),
      source && h("small", {}, source),
    );
  }

  open() {
    const present = this.store.lab.preset();
    for (const card of this.cards) {
      if (card.dataset.preset === present) card.setAttribute("aria-current", "true");
      else card.removeAttribute("aria-current");
    }
    this.element.showModal();
  }
}
