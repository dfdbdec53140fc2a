/** Keyboard shortcuts, which leave alone whoever is typing or about to press a button. */

/** @import { Actions } from "../types.js" */

export class Keys {
  /** @param {KeyboardEvent} event */
  #handle = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.#meant(event)) return;
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    const typing = target.matches?.("input[type=text], textarea, select, [contenteditable]");
    const pressing = target.matches?.("button, summary, a");
    if (typing) return;
    const action = this.#action(event.key.toLowerCase());
    if (!action || (event.key === " " && pressing)) return;
    event.preventDefault();
    // A key held down only steps on: to play and pause, or to reseed, many times a second helps nobody.
    if (!event.repeat || action.repeats) action.act();
  };

  /**
   * @param {HTMLElement} host
   * @param {Actions} actions
   */
  constructor(host, actions) {
    this.host = host;
    this.actions = actions;
    document.addEventListener("keydown", this.#handle);
  }

  /**
   * Whether a key is meant for this lab: pressed inside it or, where the lab is the page, with nothing
   * focused. Speech input and shaky hands press letters by accident, so `keys="off"` turns them off.
   *
   * @param {KeyboardEvent} event
   */
  #meant(event) {
    if (this.host.getAttribute("keys") === "off") return false;
    const path = event.composedPath();
    if (path.includes(this.host)) return true;
    return this.host.hasAttribute("synced") && (path[0] === document.body || path[0] === document.documentElement);
  }

  /** @param {string} key @returns {{act: () => void, repeats?: boolean} | undefined} */
  #action(key) {
    switch (key) {
      case " ":
        return { act: this.actions.toggle };
      case ".":
        return { act: () => this.actions.advance(1), repeats: true };
      case ">":
      case ":":
        return { act: () => this.actions.advance(10), repeats: true };
      case "r":
        return { act: this.actions.reset };
      case "n":
        return { act: this.actions.reseed };
    }
    return undefined;
  }

  dispose() {
    document.removeEventListener("keydown", this.#handle);
  }
}
