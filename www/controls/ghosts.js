/** The curves that earlier runs left behind: a legend in which each can be pinned or cleared. */

import { h, write } from "../dom.js";

/** @import { Ghost, Store } from "../types.js" */

/** @typedef {{element: HTMLElement, show: (ghost: Ghost, dark: boolean) => void, clear: HTMLElement}} Row */

export class Ghosts {
  /** Written over in place, so that the focus stays. @type {Row[]} */
  #rows = [];

  /**
   * @param {Store} store
   * @param {() => void} changed
   */
  constructor(store, changed) {
    this.store = store;
    this.changed = changed;
    this.element = h("ul", { class: "ghosts", "aria-label": "Earlier curves", tabIndex: -1 });
  }

  /** @param {boolean} dark */
  show(dark) {
    /** @type {Ghost[]} */
    const ghosts = this.store.lab.ghosts();
    while (this.#rows.length < ghosts.length) this.#add();
    while (this.#rows.length > ghosts.length) this.#drop();
    for (const [i, ghost] of ghosts.entries()) this.#rows[i].show(ghost, dark);
  }

  #add() {
    const row = this.#row(this.#rows.length);
    this.#rows.push(row);
    this.element.append(row.element);
  }

  #drop() {
    const row = this.#rows.pop();
    if (!row) return;
    const focused = row.element.querySelector(":focus") !== null;
    row.element.remove();
    // Where somebody clears one after the other, the next stands ready.
    if (focused) (this.#rows.at(-1)?.clear ?? this.element).focus();
  }

  /** @param {number} i @returns {Row} */
  #row(i) {
    let pinned = false;
    const pin = h("button", { type: "button", class: "quiet", onclick: () => this.#change(() => this.store.lab.pin(i, !pinned)) });
    const clear = h(
      "button",
      { type: "button", class: "quiet", title: "Clear", onclick: () => this.#change(() => this.store.lab.clear(i)) },
      "×",
    );
    const marker = h("span", { class: "marker", "aria-hidden": "true" });
    const name = h("span");
    return {
      element: h("li", {}, marker, name, pin, clear),
      clear,
      show(ghost, dark) {
        pinned = ghost.pinned;
        marker.style.color = dark ? ghost.dark : ghost.light;
        marker.dataset.marker = ghost.marker;
        write(name, `before: ${ghost.name}`);
        write(pin, pinned ? "pinned" : "pin");
        pin.title = pinned ? "Kept; click to let it go at the next change" : "Keep this curve at the next change";
        pin.setAttribute("aria-pressed", String(pinned));
        pin.setAttribute("aria-label", `${pinned ? "pinned" : "pin"}: keep the curve of ${ghost.name}`);
        clear.setAttribute("aria-label", `× Clear the curve of ${ghost.name}`);
      },
    };
  }

  /** @param {() => void} change */
  #change(change) {
    change();
    this.changed();
  }
}
