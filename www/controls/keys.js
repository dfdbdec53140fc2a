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
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    const typing = target.matches?.("input[type=text], textarea, select, [contenteditable]");
    const pressing = target.matches?.("button, summary, a");
    if (typing) return;
    const deed = this.#deed(event);
    if (!deed || (event.key === " " && pressing)) return;
    event.preventDefault();
    deed();
  };

  /**
   * @param {HTMLElement} host
   * @param {Deeds} deeds
   */
  constructor(host, deeds) {
    this.deeds = deeds;
    // The page itself listens; beside other content the lab only hears keys pressed inside it.
    this.scope = host.hasAttribute("synced") ? document : host;
    this.scope.addEventListener("keydown", /** @type {EventListener} */ (this.#heard));
  }

  /** @param {KeyboardEvent} event */
  #deed(event) {
    switch (event.key) {
      case " ":
        return this.deeds.toggle;
      case ".":
        return () => this.deeds.advance(1);
      case ">":
      case ":":
        return () => this.deeds.advance(10);
      case "r":
        return this.deeds.reset;
      case "n":
        return this.deeds.reseed;
    }
    return undefined;
  }

  dispose() {
    this.scope.removeEventListener("keydown", /** @type {EventListener} */ (this.#heard));
  }
}
