// @ts-check
/** The curves that earlier runs left behind: a legend in which each can be pinned or cleared. */

import { h } from "../dom.js";

export class Ghosts {
  #shown = "";

  /**
   * @param {import("../store.js").Store} store
   * @param {() => void} changed
   */
  constructor(store, changed) {
    this.store = store;
    this.changed = changed;
    this.element = h("ul", { class: "ghosts", "aria-label": "Earlier curves" });
  }

  /** @param {boolean} dark */
  show(dark) {
    /** @type {import("../types.js").Ghost[]} */
    const ghosts = this.store.lab.ghosts();
    const shown = JSON.stringify([ghosts, dark]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.replaceChildren(
      ...ghosts.map((ghost, i) => {
        const pin = h(
          "button",
          {
            type: "button",
            class: "quiet",
            "aria-pressed": String(ghost.pinned),
            "aria-label": `${ghost.pinned ? "pinned" : "pin"}: keep the curve of ${ghost.name}`,
            title: ghost.pinned ? "Kept; click to let it go at the next change" : "Keep this curve at the next change",
            onclick: () => this.#change(() => this.store.lab.pin(i, !ghost.pinned)),
          },
          ghost.pinned ? "pinned" : "pin",
        );
        const clear = h(
          "button",
          { type: "button", class: "quiet", "aria-label": `× Clear the curve of ${ghost.name}`, title: "Clear", onclick: () => this.#change(() => this.store.lab.clear(i)) },
          "×",
        );
        const marker = h("span", { class: "marker", "aria-hidden": "true", "data-marker": ghost.marker });
        marker.style.color = dark ? ghost.dark : ghost.light;
        return h("li", {}, marker, h("span", {}, `before: ${ghost.name}`), pin, clear);
      }),
    );
  }

  /** @param {() => void} change */
  #change(change) {
    change();
    this.changed();
  }
}
