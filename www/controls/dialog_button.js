/** A button that opens a dialog, which is loaded when it is first wanted. */

import { h } from "../dom.js";
import { load, once, Unreachable } from "../load.js";

/** @import { Dialog, Lab } from "../types.js" */

/** The dialogs' styles. */
const loadSheet = once(async () => {
  const answer = await load("./dialogs/dialogs.css", "The dialog's styles");
  return new CSSStyleSheet().replace(await answer.text());
});

export class DialogButton {
  /** @type {Dialog | undefined} */
  #dialog;
  /** How often its script was asked for: one that failed to load is not tried again under its old address. */
  #attempts = 0;

  /**
   * @param {Lab} lab
   * @param {string} part Its name for `hide`.
   * @param {string} label
   * @param {string} title
   * @param {(query: string) => Promise<{create(lab: Lab): Dialog | Promise<Dialog>}>} script Imports the dialog's module.
   */
  constructor(lab, part, label, title, script) {
    this.lab = lab;
    this.script = script;
    this.button = h("button", { type: "button", "data-part": part, "aria-haspopup": "dialog", title, onclick: () => this.#open() }, label);
  }

  async #open() {
    try {
      this.#dialog ??= await this.#load();
      this.lab.frame.say("");
      this.#dialog.open();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.lab.frame.say(error.message);
    }
  }

  async #load() {
    const query = this.#attempts === 0 ? "" : `?${this.#attempts}`;
    this.#attempts += 1;
    const lost = () => {
      throw new Unreachable("This dialog could not be loaded: the server does not answer. Try again.");
    };
    const [module, sheet] = await Promise.all([this.script(query).catch(lost), loadSheet()]);
    const root = /** @type {ShadowRoot} */ (this.button.getRootNode());
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
    const dialog = await module.create(this.lab);
    this.button.closest(".lab")?.append(dialog.element);
    return dialog;
  }

  dispose() {
    this.#dialog?.dispose?.();
  }
}
