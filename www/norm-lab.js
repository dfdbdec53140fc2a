/** `<norm-lab>`: the lab as a custom element. Everything it starts ends when it leaves the page. */

import { loadEngine, panics, Unsupported } from "./engine.js";
import { h } from "./dom.js";
import { Lab } from "./lab.js";
import { loadStyles } from "./styles.js";
import { Unreachable } from "./load.js";

/** Longest wait without a word, in milliseconds: a line that only flashes is worse than none. */
const SILENCE = 300;

/** A message in place of the lab. @param {string} title @param {...(Node | string)} text */
function alarm(title, ...text) {
  return h("div", { role: "alert", class: "unsupported" }, h("p", {}, h("strong", {}, title)), h("p", {}, ...text));
}

/**
 * Attributes: `state` holds the same keys as the page's hash (`state="b.norm=layer&batch=2"`). With
 * `synced`, the element keeps its state in the page's own hash instead, with back and forward.
 * `keys="off"` turns the single-letter shortcuts off; all that they do, buttons do too.
 */
export class NormLab extends HTMLElement {
  /** @type {Lab | undefined} */
  #lab;
  #session = 0;
  #panicked = () => this.#crash();

  connectedCallback() {
    panics.addEventListener("panic", this.#panicked);
    this.#start(++this.#session);
  }

  disconnectedCallback() {
    panics.removeEventListener("panic", this.#panicked);
    this.#session += 1;
    this.#lab?.dispose();
    this.#lab = undefined;
  }

  /** The lab inside, once it runs. */
  get lab() {
    return this.#lab;
  }

  /** @param {number} session */
  async #start(session) {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    // Whether the element is still in the page, and nothing else has been started or shown since.
    const current = () => session === this.#session;
    const silence = setTimeout(
      () => current() && root.replaceChildren(h("p", { class: "loading", role: "status" }, "Loading the lab …")),
      SILENCE,
    );
    try {
      // The styles on their own: what is said while waiting, or instead of the lab, needs them too.
      const styled = loadStyles().then((sheets) => (root.adoptedStyleSheets = sheets));
      const [engine] = await Promise.all([loadEngine(), styled]);
      // A task of its own: loading and building together would hold the page up.
      await new Promise((resume) => setTimeout(resume));
      if (current()) this.#lab = new Lab(engine, this, root, this.hasAttribute("synced"));
    } catch (error) {
      if (current()) root.replaceChildren(this.#failure(error));
    } finally {
      clearTimeout(silence);
    }
  }

  /** Why there is no lab, and what can be done. @param {unknown} error */
  #failure(error) {
    if (error instanceof Unsupported) return alarm("The lab cannot run here.", error.message);
    const known = error instanceof Unreachable;
    if (!known) console.error(error);
    const reason = known ? error.message : "Something went wrong while the lab was loading; the browser's console says what.";
    const again = h("button", { type: "button", onclick: () => this.#start(++this.#session) }, "Try again");
    return alarm("The lab could not be started.", `${reason} `, again);
  }

  /** After a panic the module cannot be used: whatever is shown would be out of date. */
  #crash() {
    this.#session += 1;
    const hash = this.#lab?.hash;
    this.#lab?.dispose(false);
    this.#lab = undefined;
    const kept =
      hash && !hash.synced
        ? ["Your settings are kept in ", h("a", { href: hash.link(hash.state) }, "this link"), ";"]
        : ["The address still holds your settings;"];
    const reload = h("button", { type: "button", onclick: () => location.reload() }, "Reload the page");
    this.shadowRoot?.replaceChildren(
      alarm(
        "The lab has crashed.",
        "This is a bug in the lab, not something that you did. ",
        ...kept,
        " the browser's console says what happened. ",
        reload,
      ),
    );
  }
}
