// @ts-check
/** Keyboard shortcuts, which leave alone whoever is typing or about to press a button. */

/**
 * @typedef {object} Deeds
 * @property {() => void} toggle
 * @property {(steps: number) => void} advance
 * @property {() => void} reset
 * @property {() => void} reseed
 */

export class Keys {
  /** @param {KeyboardEvent} event */
  #heard = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.#meant(event)) return;
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    const typing = target.matches?.("input[type=text], textarea, select, [contenteditable]");
    const pressing = target.matches?.("button, summary, a");
    if (typing) return;
    const deed = this.#deed(event.key.toLowerCase());
    if (!deed || (event.key === " " && pressing)) return;
    event.preventDefault();
    // A key held down only steps on: to play and pause, or to reseed, many times a second helps nobody.
    if (!event.repeat || deed.repeats) deed.act();
  };

  /**
   * @param {HTMLElement} host
   * @param {Deeds} deeds
   */
  constructor(host, deeds) {
    this.host = host;
    this.deeds = deeds;
    document.addEventListener("keydown", this.#heard);
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
  #deed(key) {
    switch (key) {
      case " ":
        return { act: this.deeds.toggle };
      case ".":
        return { act: () => this.deeds.advance(1), repeats: true };
      case ">":
      case ":":
        return { act: () => this.deeds.advance(10), repeats: true };
      case "r":
        return { act: this.deeds.reset };
      case "n":
        return { act: this.deeds.reseed };
    }
    return undefined;
  }

  dispose() {
    document.removeEventListener("keydown", this.#heard);
  }
}
