/** The page's frame: header, title, notes, and where everything stands. */

import { Fold } from "./fold.js";
import { h, segmented, write } from "./dom.js";

/** @import { Parts, Store, Title } from "./types.js" */

export class Frame {
  /**
   * @param {Store} store
   * @param {Parts} parts
   */
  constructor(store, parts) {
    this.store = store;
    this.parts = parts;
    this.title = h("h1");
    this.lede = h("p", { class: "lede" });
    this.notes = h("div", { class: "notes", role: "status" });
    this.status = h("div", { class: "status", role: "status" });
    this.share = h(
      "button",
      { type: "button", "data-part": "share", title: "Copy a link that restores exactly this", onclick: () => this.#share() },
      "Share",
    );
    const theme = h("button", {
      type: "button",
      class: "icon",
      "data-part": "theme",
      "aria-label": "Light or dark",
      title: "Light or dark",
      onclick: parts.toggleTheme,
    });
    this.views = segmented("View", store.field("view").choices, (name) => store.setView("view", name));
    this.views.element.dataset.part = "views";
    /** Where another view than the lab stands. */
    this.place = h("div", { class: "place" });
    const [experiments, exports] = parts.dialogs;
    const settings = h("details", { class: "settings" }, h("summary", {}, "Settings"), parts.rail);
    this.element = h(
      "div",
      { class: "lab" },
      h(
        "header",
        { class: "bar", "data-part": "header" },
        h("strong", {}, "Normalization Lab"),
        this.views.element,
        experiments,
        h("span", { class: "spread" }),
        exports,
        this.share,
        theme,
      ),
      h(
        "main",
        {},
        h("div", { class: "top" }, h("div", { class: "title", "data-part": "title" }, this.title, this.lede), parts.transport),
        this.notes,
        h(
          "div",
          { class: "columns" },
          settings,
          h("div", { class: "content" }, parts.question, parts.finding, ...parts.heads, ...parts.panels),
        ),
        this.place,
      ),
      this.status,
    );
    this.fold = new Fold(this.element, settings);
    this.show();
  }

  /** Shows what is not hidden. */
  show() {
    const embedded = this.store.view("embed") === "1";
    const hidden = this.store.view("hide").split(",");
    this.element.classList.toggle("embedded", embedded);
    for (const element of [this.element, ...this.element.querySelectorAll("[data-part]")]) {
      const part = /** @type {HTMLElement} */ (element).dataset.part;
      if (!part) continue;
      const away = hidden.includes(part) || (embedded && (part === "header" || part === "title"));
      /** @type {HTMLElement} */ (element).hidden = away;
    }
    this.element.classList.toggle("no-controls", hidden.includes("controls"));
    const settings = this.element.querySelector(".settings");
    if (settings) /** @type {HTMLElement} */ (settings).hidden = hidden.includes("controls");
  }

  /** Shows the lab or another view. @param {string} view */
  turn(view) {
    this.views.show(view);
    this.element.classList.toggle("turned", view !== "lab");
    this.place.hidden = view === "lab";
  }

  /** Says what the runs share and how many things set them apart. */
  entitle() {
    /** @type {Title} */
    const { title, lede } = this.store.lab.title();
    write(this.title, title);
    write(this.lede, lede);
  }

  /** Shows notes until they are dismissed. @param {string[]} notes */
  note(notes) {
    this.notes.replaceChildren(
      ...notes.map((text) => {
        const note = h(
          "p",
          {},
          text,
          h("button", { type: "button", class: "quiet", "aria-label": "Dismiss", onclick: () => note.remove() }, "×"),
        );
        return note;
      }),
    );
  }

  /** Says how something goes that takes a while; with `again`, that it failed and can be tried again. @param {string} text @param {() => void} [again] */
  say(text, again) {
    const button = again && h("button", { type: "button", onclick: again }, "Try again");
    this.status.replaceChildren(...(text ? [h("p", {}, text, button)] : []));
  }

  async #share() {
    const link = this.parts.link();
    try {
      await navigator.clipboard.writeText(link);
      this.#notify("Link copied");
    } catch {
      // No clipboard here (an insecure page, a sandboxed frame): the link is shown, to be copied by hand.
      const field = h("input", { type: "text", readOnly: true, value: link, "aria-label": "Link to what is shown" });
      this.notes.replaceChildren(h("p", {}, "Link: ", field));
      field.select();
    }
  }

  /** @param {string} text */
  #notify(text) {
    write(this.share, text);
    setTimeout(() => write(this.share, "Share"), 2000);
  }

  dispose() {
    this.fold.dispose();
  }
}
