// @ts-check
/** A button that opens a dialog, which is loaded when it is first wanted. */

import { h } from "../dom.js";
import { load, once, Unreachable } from "../load.js";

/** @typedef {{element: HTMLDialogElement, open(): void, dispose?(): void}} Dialog */

/** The dialogs' styles. */
const loadSheet = once(async () => {
  const answer = await load("./dialogs/dialogs.css", "The dialog's styles");
  return new CSSStyleSheet().replace(await answer.text());
});

export class Opener {
  /** @type {Dialog | undefined} */
  #dialog;
  /** How often its script was asked for: one that failed to load is not tried again under its old address. */
  #attempts = 0;

  /**
   * @param {string} part Its name for `hide`.
   * @param {string} label
   * @param {string} title
   * @param {object} hooks
   * @param {(query: string) => Promise<any>} hooks.script Imports the dialog's module.
   * @param {(module: any) => Dialog | Promise<Dialog>} hooks.make
   * @param {(text: string) => void} hooks.say Says why it cannot be opened; nothing, with an empty text.
   */
  constructor(part, label, title, hooks) {
    this.hooks = hooks;
    this.button = h("button", { type: "button", "data-part": part, "aria-haspopup": "dialog", title, onclick: () => this.#open() }, label);
  }

  async #open() {
    try {
      this.#dialog ??= await this.#load();
      this.hooks.say("");
      this.#dialog.open();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.hooks.say(error.message);
    }
  }

  async #load() {
    const query = this.#attempts === 0 ? "" : `?${this.#attempts}`;
    this.#attempts += 1;
    const lost = () => {
      throw new Unreachable("This dialog could not be loaded: the server does not answer. Try again.");
    };
    const [module, sheet] = await Promise.all([this.hooks.script(query).catch(lost), loadSheet()]);
    const root = /** @type {ShadowRoot} */ (this.button.getRootNode());
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
    const dialog = await this.hooks.make(module);
    this.button.closest(".lab")?.append(dialog.element);
    return dialog;
  }

  dispose() {
    this.#dialog?.dispose?.();
  }
}
