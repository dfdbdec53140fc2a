/** Weights of the reader's own that runs start from, for as long as they fit the settings. */

/** @import { Engine, Full, Side, Start } from "../types.js" */

const SIDES = /** @type {Side[]} */ (["a", "b"]);

export class Starts {
  /** @type {Partial<Record<Side, Start>>} */
  #starts = {};
  /** How a file fits a configuration. @type {(text: string, bytes: Uint8Array) => {misfit?: string}} */
  #fit = () => ({});

  /** @param {Side} side @returns {Start | undefined} */
  of(side) {
    return this.#starts[side];
  }

  /** Whether some run does not start from drawn weights. */
  get any() {
    return SIDES.some((side) => this.#starts[side]);
  }

  /**
   * @param {Side} side
   * @param {Start | undefined} start
   * @param {Engine<Full>} engine
   */
  set(side, start, engine) {
    this.#fit = engine.wasm.fit;
    this.#starts[side] = start;
  }

  /**
   * Forgets the weights that do not fit what is to be trained, and says so.
   *
   * @param {Record<Side, string>} texts
   * @returns {string[]}
   */
  fit(texts) {
    return SIDES.flatMap((side) => {
      const start = this.#starts[side];
      if (!start || !this.#fit(texts[side], start.bytes).misfit) return [];
      this.#starts[side] = undefined;
      return [`The weights of ${start.name} do not fit these settings: run ${side.toUpperCase()} starts from drawn ones again.`];
    });
  }
}
