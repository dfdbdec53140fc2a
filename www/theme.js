// @ts-check
/** Light or dark, and whether things should move less. */

export class Theme {
  #dark = window.matchMedia("(prefers-color-scheme: dark)");
  #calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  #heard = () => this.show();

  /**
   * @param {HTMLElement} host
   * @param {() => string} wish `auto`, `light` or `dark`.
   * @param {() => void} changed
   */
  constructor(host, wish, changed) {
    this.host = host;
    this.wish = wish;
    this.changed = changed;
    this.#dark.addEventListener("change", this.#heard);
  }

  get dark() {
    const wish = this.wish();
    return wish === "dark" || (wish !== "light" && this.#dark.matches);
  }

  /** Whether the reader asked for less motion. */
  get calm() {
    return this.#calm.matches;
  }

  show() {
    const name = this.dark ? "dark" : "light";
    if (this.host.dataset.theme === name) return;
    this.host.dataset.theme = name;
    this.changed();
  }

  dispose() {
    this.#dark.removeEventListener("change", this.#heard);
  }
}
