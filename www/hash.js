/** The state in the page's address, with back and forward. */

/** Shortest time between two changes of the address: browsers refuse more than about two hundred in half a minute. */
const APART = 200;

export class Hash {
  #timer = 0;
  #pending = "";
  /** What `popstate` calls. */
  #handle = () => {};

  /**
   * @param {boolean} synced Whether the page's own hash holds the state.
   * @param {string} state The state to begin with otherwise.
   */
  constructor(synced, state) {
    this.synced = synced;
    this.state = synced ? location.hash.slice(1) : state;
  }

  /**
   * @param {string} hash
   * @param {"push" | "replace"} how
   */
  write(hash, how) {
    this.state = hash;
    if (!this.synced) return;
    if (how === "push") {
      this.#flush();
      if (`#${hash}` !== location.hash) this.#commit(hash, "pushState");
      return;
    }
    this.#pending = hash;
    if (!this.#timer) this.#timer = window.setTimeout(() => this.#flush(), APART);
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#pending && `#${this.#pending}` !== location.hash) this.#commit(this.#pending, "replaceState");
    this.#pending = "";
  }

  /** @param {string} hash @param {"pushState" | "replaceState"} how */
  #commit(hash, how) {
    try {
      history[how](null, "", `#${hash}`);
    } catch {
      // Some frames may not touch their address; the state then lives in the page alone.
    }
  }

  /** Calls back with the hash whenever it changes from outside. @param {(hash: string) => void} changed */
  listen(changed) {
    if (!this.synced) return;
    this.#handle = () => {
      this.#pending = "";
      const hash = location.hash.slice(1);
      if (hash !== this.state) {
        this.state = hash;
        changed(hash);
      }
    };
    window.addEventListener("popstate", this.#handle);
    window.addEventListener("hashchange", this.#handle);
  }

  /**
   * The address that restores a state: this page's, if it holds the state, else that of the lab's own
   * page, as the page around the element knows nothing of it.
   *
   * @param {string} hash
   */
  link(hash) {
    const page = this.synced ? location.href : new URL("../index.html", import.meta.url);
    return new URL(`#${hash}`, page).href;
  }

  dispose() {
    clearTimeout(this.#timer);
    window.removeEventListener("popstate", this.#handle);
    window.removeEventListener("hashchange", this.#handle);
  }
}
