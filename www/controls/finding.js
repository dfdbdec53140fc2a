// @ts-check
/** The finding: one sentence with live numbers, each of which says how it was measured. */

import { h, write } from "../dom.js";

export class FindingLine {
  #shown = "";

  constructor() {
    this.headline = h("strong", { class: "headline" });
    this.text = h("p", { class: "sentence" });
    this.how = h("p", { class: "how", hidden: true, role: "status" });
    this.element = h("section", { class: "finding", "aria-label": "Finding", "data-part": "finding" }, this.headline, h("div", {}, this.text, this.how));
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
    });
  }

  #close() {
    this.how.hidden = true;
    for (const number of this.text.querySelectorAll("button")) number.setAttribute("aria-expanded", "false");
  }

  /**
   * @param {import("../types.js").Finding} finding
   * @param {string} color
   */
  show(finding, color) {
    this.element.style.setProperty("--about", color);
    write(this.headline, finding.headline);
    // As long as only the numbers change, the sentence stays, and with it the focus and what is open.
    const shape = finding.text.map((piece) => (piece.how === undefined ? piece.text : "#")).join("|");
    if (shape === this.#shown) {
      finding.text.forEach((piece, i) => {
        const node = this.text.childNodes[i];
        write(node, piece.text);
        if (node instanceof HTMLElement && piece.how !== undefined) node.dataset.how = piece.how;
      });
      return;
    }
    this.#shown = shape;
    this.#close();
    this.text.replaceChildren(...finding.text.map((piece) => (piece.how === undefined ? piece.text : this.#number(piece.text, piece.how))));
  }

  /** @param {string} text @param {string} how */
  #number(text, how) {
    const button = h("button", { type: "button", class: "measured", "aria-expanded": "false", title: "How was this measured?" }, text);
    button.dataset.how = how;
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      this.#close();
      if (open) return;
      button.setAttribute("aria-expanded", "true");
      write(this.how, button.dataset.how ?? "");
      this.how.hidden = false;
    });
    return button;
  }
}
