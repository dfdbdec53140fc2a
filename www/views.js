/** The parts of the page besides the lab itself, each loaded when it is first turned to. */

/** @import { Display, Engine, Full, Store } from "./types.js" */
/** @import { Frame } from "./frame.js" */
/** @import { SweepView } from "./sweep/view.js" */

export class Views {
  /** @type {SweepView | undefined} */
  #sweep;
  #making = false;
  #over = false;
  /** How often a script was asked for: one that failed to load is not tried again under its old address. */
  #attempts = 0;

  /**
   * @param {Store} store
   * @param {Frame} frame
   * @param {ShadowRoot} root
   * @param {(hash: string) => void} go Takes another state, as a place to come back from.
   */
  constructor(store, frame, root, go) {
    this.store = store;
    this.frame = frame;
    this.root = root;
    this.go = go;
  }

  /** Whether something else than the lab is shown. */
  get away() {
    return this.store.view("view") !== "lab";
  }

  /** The sweep, once it was turned to. */
  get sweep() {
    return this.#sweep;
  }

  /** Shows what the state names. @param {Engine} engine */
  async turn(engine) {
    this.frame.turn(this.store.view("view"));
    if (this.away && "Sweep" in engine.wasm && !this.#sweep) {
      await this.#make(/** @type {Engine<Full>} */ (engine));
    }
    this.#sweep?.show(this.away);
  }

  /** @param {Engine<Full>} engine */
  async #make(engine) {
    if (this.#making) return;
    this.#making = true;
    const query = this.#attempts === 0 ? "" : `?${this.#attempts}`;
    this.#attempts += 1;
    try {
      /** @type {typeof import("./sweep/view.js")} */
      const { SweepView } = await import(`./sweep/view.js${query}`);
      const sweep = await SweepView.create(engine, this.store, this.root, this.go);
      if (this.#over) return sweep.dispose();
      this.#sweep = sweep;
      this.frame.place.append(sweep.element);
    } catch (error) {
      console.error(error);
      this.frame.say("The sweep could not be loaded.", () => {
        this.frame.say("");
        this.turn(engine);
      });
    } finally {
      this.#making = false;
    }
  }

  /** The settings have changed. */
  refresh() {
    if (this.away) this.#sweep?.refresh();
  }

  /** Starts or cancels. */
  toggle() {
    this.#sweep?.toggle();
  }

  /** One animation frame. @param {number} now @param {Display} display */
  beat(now, display) {
    this.#sweep?.beat(now, display);
  }

  dispose() {
    this.#over = true;
    this.#sweep?.dispose();
  }
}
