/** Gets the full edition of the engine when the state asks for more than the first one can compute. */

import { loadFull } from "./engine.js";
import { Unreachable } from "./load.js";

/** @import { UpgradeHooks } from "./types.js" */

export class Upgrade {
  /** Whether the state still asks for it. */
  #wanted = false;
  #loading = false;
  #over = false;

  /**
   * @param {UpgradeHooks} hooks
   */
  constructor(hooks) {
    this.hooks = hooks;
  }

  /** Loads it, once for all who ask. */
  async want() {
    this.#wanted = true;
    this.hooks.say("Loading more of the lab for these settings …");
    if (this.#loading) return;
    this.#loading = true;
    try {
      const engine = await loadFull();
      if (this.#over) return;
      const wanted = this.#wanted;
      this.forget();
      this.hooks.arrived(engine, wanted);
    } catch (error) {
      if (!(error instanceof Unreachable)) console.error(error);
      if (this.#over || !this.#wanted) return;
      const reason = error instanceof Unreachable ? error.message : "Something went wrong; the browser's console says what.";
      this.hooks.say(`${reason} What is on show stays.`, () => this.want());
    } finally {
      this.#loading = false;
    }
  }

  /** The state asks for it no longer. */
  forget() {
    this.#wanted = false;
    this.hooks.say("");
  }

  dispose() {
    this.#over = true;
  }
}
