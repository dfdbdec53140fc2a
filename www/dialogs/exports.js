/** What can be taken away from the runs, and weights to start them from. */

import { h, write } from "../dom.js";
import { loadFull } from "../engine.js";
import { Unreachable } from "../load.js";
import { ask, link, maySave } from "./files.js";
import { modal } from "./modal.js";
import { Recorder, Refused } from "./recorder.js";
import { Starts } from "./starts.js";

/** @import { Lab, RecordMessage, Side, Start } from "../types.js" */

const SIDES = /** @type {Side[]} */ (["a", "b"]);

/** Steps of a script for a run that has not begun, and the most: each step's batch is in its file. */
const FEW = 100;
const MANY = 2000;

/** Most bytes of a file of weights: no network here has as many. */
const LARGEST = 64 * 2 ** 20;

/** @param {Lab} lab */
export const create = (lab) => new ExportsDialog(lab);

class ExportsDialog {
  #recorder = new Recorder();
  #starts = new Starts();

  /** @param {Lab} lab */
  constructor(lab) {
    this.store = lab.store;
    this.lab = lab;
    this.status = h("div", { class: "outcome", role: "status" });
    this.starts = { a: this.#start("a"), b: this.#start("b") };
    this.moves = h("p", { class: "moves", hidden: true });
    this.element = modal(
      "exports",
      "Export",
      this.moves,
      this.#row(
        "PyTorch",
        [
          `The same model in torch.nn, the same initial weights and mini-batches, and so the same losses: a script and the file that it reads. As far as the run has come, up to ${MANY} steps.`,
        ],
        "PyTorch script",
        (side) => this.#take(side, "pytorch"),
      ),
      this.#row("Weights", ["As they are now, as safetensors under the names of PyTorch's state_dict."], "Weights", (side) =>
        this.#take(side, "weights"),
      ),
      this.#row("Losses", ["Loss and accuracy of each step's mini-batch, as a table (CSV)."], "Losses", (side) =>
        this.#take(side, "history"),
      ),
      this.#row(
        "Start from",
        [
          "Weights of your own instead of drawn ones: a safetensors file with the names and shapes that Weights gives. Prefixes such as module., half and double precision and transposed matrices are seen to.",
          this.starts.a,
          this.starts.b,
        ],
        "Start from weights",
        (side) => this.#load(side),
      ),
      this.status,
    );
    this.element.addEventListener("close", () => this.#recorder.dispose());
  }

  /**
   * @param {string} title
   * @param {(Node | string)[]} words
   * @param {string} action
   * @param {(side: Side) => void} act
   */
  #row(title, words, action, act) {
    const buttons = SIDES.map((side) => {
      const letter = side.toUpperCase();
      return h(
        "button",
        { type: "button", "data-side": side, "data-action": action, "aria-label": `${action}, run ${letter}`, onclick: () => act(side) },
        `Run ${letter}`,
      );
    });
    return h("section", {}, h("h3", {}, title), h("p", {}, ...words), h("div", { class: "buttons" }, ...buttons));
  }

  /** Says where a run starts from, if not from drawn weights. @param {Side} side */
  #start(side) {
    const name = h("b");
    const forget = h(
      "button",
      { type: "button", "aria-label": `Run ${side.toUpperCase()} from drawn weights`, onclick: () => this.#begin(side, undefined) },
      "Draw them again",
    );
    return h("span", { class: "start", hidden: true }, `Run ${side.toUpperCase()} starts from `, name, ". ", forget);
  }

  open() {
    this.status.replaceChildren();
    this.#show();
    this.element.showModal();
    if (maySave() === false) this.#say("The frame that this page sits in lets nothing be saved.", ...this.#elsewhere());
  }

  #show() {
    // Files are of a run that anybody can repeat, and nobody can repeat a hand.
    const moves = SIDES.flatMap((side) => {
      const { movedAt } = this.lab.pair.exported(side);
      return movedAt === undefined
        ? []
        : [`Run ${side.toUpperCase()} was moved by hand at step ${movedAt}: its files are of the run without that.`];
    });
    this.moves.hidden = moves.length === 0;
    write(this.moves, moves.join(" "));
    for (const side of SIDES) {
      const { start, refused } = this.lab.pair.exported(side);
      this.starts[side].hidden = !start;
      write(/** @type {HTMLElement} */ (this.starts[side].querySelector("b")), start?.name ?? "");
      for (const button of this.element.querySelectorAll(`[data-side=${side}]`)) {
        /** @type {HTMLButtonElement} */ (button).disabled = refused;
      }
    }
  }

  /** How many steps a script repeats: those taken so far. @param {Side} side */
  #scripted(side) {
    const { step } = this.lab.pair.exported(side);
    return step === 0 ? FEW : Math.min(step, MANY);
  }

  /** @param {...(Node | string)} words */
  #say(...words) {
    this.status.replaceChildren(h("p", {}, ...words));
  }

  /** @param {string[]} reasons @param {string} title */
  #refuse(title, reasons) {
    this.status.replaceChildren(h("p", {}, h("strong", {}, title)), h("ul", {}, ...reasons.map((reason) => h("li", {}, reason))));
  }

  /** A way out of a frame that lets nothing be saved. */
  #elsewhere() {
    return [
      " ",
      h("a", { href: this.lab.link(), target: "_blank", rel: "noopener" }, "Open the lab in a tab of its own"),
      ", or let the frame's sandbox include allow-downloads.",
    ];
  }

  /** @param {Side} side @param {RecordMessage["what"]} what */
  async #take(side, what) {
    const { text, step, start } = this.lab.pair.exported(side);
    const steps = what === "pytorch" ? this.#scripted(side) : step;
    const kind = ["model", "norm"].map((name) => this.store.get(side, name)).join("-");
    const stem = `normlab-${side}-${kind}-${steps}`;
    const run = `run ${side.toUpperCase()}`;
    this.#say(`Repeating ${run} …`);
    await this.#try(async () => {
      const progress = (/** @type {number} */ at) => this.#say(`Repeating ${run}: step ${at} of ${steps} …`);
      const files = await this.#recorder.record(
        await loadFull(),
        { type: "record", text, start: start?.bytes, steps, what, stem },
        progress,
      );
      const links = files.map(link);
      for (const each of links) each.click();
      const named = links.flatMap((each, i) => (i === 0 ? [each] : [" and ", each]));
      if (maySave() === true) this.#say("Saved: ", ...named, ".");
      else this.#say("Made: ", ...named, ". If nothing was saved, the frame that this page sits in forbids it.", ...this.#elsewhere());
    });
  }

  /** @param {Side} side */
  async #load(side) {
    const file = await ask(".safetensors");
    if (!file) return;
    await this.#try(async () => {
      if (file.size > LARGEST) throw new Refused([`${file.name} has ${Math.round(file.size / 2 ** 20)} MB, more than any network here.`]);
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { wasm } = await loadFull();
      const { misfit, note } = wasm.fit(this.store.texts()[side], bytes);
      if (misfit) throw new Refused([misfit]);
      await this.#begin(side, { name: file.name, bytes }, note);
    });
  }

  /** @param {Side} side @param {Start | undefined} start @param {string} [note] What was done to read it. */
  async #begin(side, start, note) {
    const full = await loadFull();
    this.#starts.set(side, start, full);
    this.lab.pair.begin(full, this.#starts);
    this.#show();
    const from = start
      ? `the weights of ${start.name}. ${note ? `${note} ` : ""}Its fingerprint is that of this start; a link does not hold it.`
      : "drawn weights.";
    this.#say(`Run ${side.toUpperCase()} now starts from ${from}`);
  }

  /** @param {() => Promise<void>} act */
  async #try(act) {
    try {
      await act();
    } catch (error) {
      if (error instanceof Refused) return this.#refuse("That is not possible:", error.reasons);
      if (!(error instanceof Unreachable)) console.error(error);
      this.#say(error instanceof Unreachable ? error.message : "Something went wrong; the browser's console says what.");
    }
  }

  dispose() {
    this.#recorder.dispose();
  }
}
