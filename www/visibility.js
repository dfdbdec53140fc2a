/** Whether anybody can see the lab: training rests in hidden tabs and off-screen frames. */

export class Visibility {
  #seen = true;
  #handle = () => this.changed();

  /**
   * @param {HTMLElement} host
   * @param {() => void} changed
   */
  constructor(host, changed) {
    this.changed = changed;
    this.observer = new IntersectionObserver((entries) => {
      // Several may have gathered: the last one holds.
      this.#seen = entries.at(-1)?.isIntersecting ?? this.#seen;
      changed();
    });
    this.observer.observe(host);
    document.addEventListener("visibilitychange", this.#handle);
  }

  get away() {
    return document.hidden || !this.#seen;
  }

  dispose() {
    this.observer.disconnect();
    document.removeEventListener("visibilitychange", this.#handle);
  }
}
