// @ts-check
/** `<norm-lab>`: the lab as a custom element. Everything it starts ends when it leaves the page. */

import { loadEngine, panics, Unsupported } from "./engine.js";
import { h } from "./dom.js";
import { Lab } from "./lab.js";

/** A message in place of the lab. @param {string} title @param {...(Node | string)} text */
function alarm(title, ...text) {
  return h("div", { role: "alert", class: "unsupported" }, h("p", {}, h("strong", {}, title)), h("p", {}, ...text));
}

/** The element's styles, loaded once for all of them. @type {Promise<CSSStyleSheet> | undefined} */
let styles;

async function loadStyles() {
  const answer = await fetch(new URL("./norm-lab.css", import.meta.url));
  return new CSSStyleSheet().replace(await answer.text());
}

/**
 * Attributes: `state` holds the same keys as the page's hash (`state="b.norm=layer&batch=2"`). With
 * `synced`, the element keeps its state in the page's own hash instead, with back and forward.
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
    try {
      styles ??= loadStyles();
      const [engine, sheet] = await Promise.all([loadEngine(), styles]);
      // A task of its own: loading and building together would hold the page up.
      await new Promise((resume) => setTimeout(resume));
      // Taken out of the page while loading: nothing to start.
      if (session !== this.#session) return;
      root.adoptedStyleSheets = [sheet];
      this.#lab = new Lab(engine, this, root, this.hasAttribute("synced"));
    } catch (error) {
      if (!(error instanceof Unsupported)) console.error(error);
      const reason = error instanceof Unsupported ? error.message : "Something went wrong while the lab was loading; the browser's console says what.";
      root.replaceChildren(alarm("The lab cannot run here.", reason));
    }
  }

  /** After a panic the module cannot be used: whatever is shown would be out of date. */
  #crash() {
    this.#session += 1;
    this.#lab?.dispose(false);
    this.#lab = undefined;
    const reload = h("button", { type: "button", onclick: () => location.reload() }, "Reload the page");
    this.shadowRoot?.replaceChildren(
      alarm("The lab has crashed.", "This is a bug in the lab, not something that you did. The address still holds your settings; the browser's console says what happened. ", reload),
    );
  }
}
