/** The page's state, and who is notified of its changes. All of it lives in the engine's `Lab`. */

/** @import { Change, Engine, Field, First, Full, Problem, Side, Tables } from "./types.js" */

export class Store {
  /** @type {((change: Change) => void)[]} */
  #listeners = [];

  /**
   * @param {Engine} engine
   * @param {string} hash
   */
  constructor(engine, hash) {
    /** The words of all fields; the full edition has some more. @type {Tables} */
    this.tables = engine.wasm.tables();
    /** @type {InstanceType<First["Lab"] | Full["Lab"]>} */
    this.lab = new engine.wasm.Lab(hash, document.createElement("canvas"));
  }

  /** Goes on in the full edition, with the same state and the same charts. @param {Engine<Full>} engine */
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
  #notify(change) {
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
    if (!problem && !(same && passing)) this.#notify({ kind: "run", name, passing });
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
    if (!problem) this.#notify({ kind: "view", name, passing: false });
    return problem;
  }

  /** Takes the runs of an experiment. @param {string} name */
  choose(name) {
    this.lab.take_preset(name);
    this.#notify({ kind: "preset", name, passing: false });
  }

  /** Takes the state of another link. @param {string} hash */
  read(hash) {
    this.lab.read_hash(hash);
    this.#notify({ kind: "all", name: "", passing: false });
  }

  /** Whether the two runs have different values in a field. @param {string} name */
  differs(name) {
    return this.get("a", name) !== this.get("b", name);
  }

  /** A run's whole configuration in one line. */
  texts() {
    return { a: this.lab.run_text("a"), b: this.lab.run_text("b") };
  }

  /** @param {string} name @returns {Field} */
  field(name) {
    const field =
      this.tables.fields.find((f) => f.name === name) ??
      this.tables.view.find((f) => f.name === name) ??
      this.tables.plan.find((f) => f.name === name);
    if (!field) throw new Error(`There is no field ${name}`);
    return field;
  }
}
