/** The finding: a sentence with live numbers, each of which says how it was measured and where to see it. */

import { h, write } from "../dom.js";

/** @import { Evidence, Finding } from "../types.js" */

export class FindingLine {
  /** @param {Evidence} evidence */
  constructor(evidence) {
    this.evidence = evidence;
    this.headline = h("strong", { class: "headline" });
    this.text = h("p", { class: "sentence" });
    this.words = document.createTextNode("");
    this.link = h("button", { type: "button", class: "quiet evidence", hidden: true, onclick: () => this.#follow() });
    this.how = h("p", { class: "how", hidden: true, role: "status" }, this.words, this.link);
    this.element = h(
      "section",
      { class: "finding", "aria-label": "Finding", "data-part": "finding" },
      this.headline,
      h("div", {}, this.text, this.how),
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
    });
  }

  #close() {
    this.how.hidden = true;
    for (const number of this.text.querySelectorAll("button")) number.setAttribute("aria-expanded", "false");
  }

  /**
   * @param {Finding} finding
   * @param {string} color
   */
  show(finding, color) {
    this.element.style.setProperty("--about", color);
    write(this.headline, finding.headline);
    const shown = new Set(finding.text.flatMap((piece) => piece.shows ?? []));
    this.text.classList.toggle("double", shown.size > 1);
    // Written over from the start, piece by piece: the words hold numbers too and change all the time,
    // and a number that somebody has focused or opened must stay.
    finding.text.forEach((piece, i) => {
      const node = this.#node(i, piece.how !== undefined);
      write(node, piece.text);
      if (!(node instanceof HTMLElement)) return;
      node.dataset.how = piece.how;
      node.dataset.shows = piece.shows ?? "";
      if (node.getAttribute("aria-expanded") === "true") this.#explain(node, "off");
    });
    while (this.text.childNodes.length > finding.text.length) this.text.lastChild?.remove();
    if (!this.text.querySelector("[aria-expanded=true]")) this.#close();
  }

  /** The node of a piece: the one that is there, if it is of the same kind. @param {number} i @param {boolean} number */
  #node(i, number) {
    const old = this.text.childNodes[i];
    if (old && old instanceof HTMLElement === number) return old;
    const fresh = number ? this.#number() : document.createTextNode("");
    if (old) old.replaceWith(fresh);
    else this.text.append(fresh);
    return fresh;
  }

  /**
   * @param {HTMLElement} number
   * @param {"polite" | "off"} live Only what was asked for is read out, not each new step.
   */
  #explain(number, live) {
    this.how.setAttribute("aria-live", live);
    write(this.words, number.dataset.how ?? "");
    const { shows } = number.dataset;
    const chart = shows && this.evidence.offer(shows);
    this.link.hidden = !chart;
    this.link.dataset.shows = shows;
    write(this.link, chart ? `Show ${chart}` : "");
  }

  /** Turns to the chart that shows the number whose explanation is open. */
  #follow() {
    this.#close();
    this.evidence.reveal(this.link.dataset.shows ?? "");
  }

  #number() {
    const button = h("button", { type: "button", class: "measured", "aria-expanded": "false", title: "How was this measured?" });
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      this.#close();
      if (open) return;
      button.setAttribute("aria-expanded", "true");
      this.how.hidden = false;
      this.#explain(button, "polite");
    });
    return button;
  }
}
