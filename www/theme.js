/** Light or dark, and whether things should move less. */

export class Theme {
  #dark = window.matchMedia("(prefers-color-scheme: dark)");
  #calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  #handle = () => this.show();
  #printing = false;
  /** Paper is light, whatever the screen is. @param {Event} event */
  #print = (event) => {
    this.#printing = event.type === "beforeprint";
    this.show();
    this.printed();
  };

  /**
   * @param {HTMLElement} host
   * @param {() => string} wish `auto`, `light` or `dark`.
   * @param {() => void} changed
   * @param {() => void} printed Draws at once: between `beforeprint` and the paper there is no frame.
   */
  constructor(host, wish, changed, printed) {
    this.host = host;
    this.wish = wish;
    this.changed = changed;
    this.printed = printed;
    this.#dark.addEventListener("change", this.#handle);
    window.addEventListener("beforeprint", this.#print);
    window.addEventListener("afterprint", this.#print);
  }

  get dark() {
    if (this.#printing) return false;
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
    this.#dark.removeEventListener("change", this.#handle);
    window.removeEventListener("beforeprint", this.#print);
    window.removeEventListener("afterprint", this.#print);
  }
}
