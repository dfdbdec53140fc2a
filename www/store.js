// @ts-check
/** The page's state, and who hears of its changes. All of it lives in the engine's `Lab`. */

/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./types.js").Problem} Problem */
/**
 * @typedef {object} Change
 * @property {"run" | "view" | "all" | "preset"} kind What trains, what is shown, or everything at once: by another link, or by a choice among experiments.
 * @property {string} name The field or experiment; empty for `all`.
 * @property {boolean} passing Whether a slider is still being dragged.
 */

export class Store {
  /** @type {((change: Change) => void)[]} */
  #listeners = [];

  /**
   * @param {import("./engine.js").Engine} engine
   * @param {string} hash
   */
  constructor(engine, hash) {
    /** The words of all fields; the full edition has some more. @type {import("./types.js").Tables} */
    this.tables = engine.wasm.tables();
    /** @type {InstanceType<import("./engine.js").First["Lab"] | import("./engine.js").Full["Lab"]>} */
    this.lab = new engine.wasm.Lab(hash, document.createElement("canvas"));
  }

  /** Goes on in the full edition, with the same state and the same charts. @param {import("./engine.js").Engine<import("./engine.js").Full>} engine */
  adopt(engine) {
    const old = this.lab;
    if (!("scene" in old)) return;
    this.tables = engine.wasm.tables();
    this.lab = engine.wasm.Lab.resume(old.hash(), old.scene(), document.createElement("canvas"));
    old.free();
  }

  /** @param {(change: Change) => void} listener */
  listen(listener) {
    this.#listeners.push(listener);
  }

  /** @param {Change} change */
  #tell(change) {
    for (const listener of this.#listeners) listener(change);
  }

  /** A field's value in one run. @param {Side} side @param {string} name */
  get(side, name) {
    return this.lab.get(side, name) ?? "";
  }

  /** A field's value in the view. @param {string} name */
  view(name) {
    return this.lab.get("view", name) ?? "";
  }

  /**
   * Sets a field of one run or both.
   *
   * @param {Side | "both"} of
   * @param {string} name
   * @param {string} value
   * @param {boolean} [passing]
   * @returns {Problem | undefined}
   */
  set(of, name, value, passing = false) {
    const same = (of === "b" || this.get("a", name) === value) && (of === "a" || this.get("b", name) === value);
    const problem = this.lab.set(of, name, value);
    if (!problem && !(same && passing)) this.#tell({ kind: "run", name, passing });
    return problem;
  }

  /**
   * @param {string} name
   * @param {string} value
   * @returns {Problem | undefined}
   */
  setView(name, value) {
    if (this.view(name) === value) return undefined;
    const problem = this.lab.set_view(name, value);
    if (!problem) this.#tell({ kind: "view", name, passing: false });
    return problem;
  }

  /** Takes the runs of an experiment. @param {string} name */
  choose(name) {
    this.lab.take_preset(name);
    this.#tell({ kind: "preset", name, passing: false });
  }

  /** Takes the state of another link. @param {string} hash */
  read(hash) {
    this.lab.read_hash(hash);
    this.#tell({ kind: "all", name: "", passing: false });
  }

  /** Whether the two runs have different values in a field. @param {string} name */
  differs(name) {
    return this.get("a", name) !== this.get("b", name);
  }

  /** A run's whole configuration in one line. */
  texts() {
    return { a: this.lab.run_text("a"), b: this.lab.run_text("b") };
  }

  /** @param {string} name @returns {import("./types.js").Field} */
  field(name) {
    const field =
      this.tables.fields.find((f) => f.name === name) ??
      this.tables.view.find((f) => f.name === name) ??
      this.tables.plan.find((f) => f.name === name);
    if (!field) throw new Error(`There is no field ${name}`);
    return field;
  }
}
