/** A run's head: its normalization, how well it does, and what keeps it from training. */

import { h, write } from "../dom.js";
import { obstacle, ways } from "./problems.js";

/** @import { Badge, Problem, Side, Store, Vitals } from "../types.js" */

export class RunHead {
  /**
   * @param {Store} store
   * @param {Side} side
   */
  constructor(store, side) {
    this.store = store;
    this.side = side;
    const letter = side.toUpperCase();
    const field = store.field("norm");
    this.marker = h("span", { class: "marker", "aria-hidden": "true" });
    this.norm = h(
      "select",
      { class: "norm", "aria-label": `Normalization of run ${letter}`, onchange: () => store.set(side, "norm", this.norm.value) },
      ...field.choices.map((c) => h("option", { value: c.name, title: c.help }, c.label)),
    );
    this.difference = h("span", { class: "difference" });
    this.badge = h("span", { class: "badge", hidden: true });
    this.moved = h("span", { class: "moved", hidden: true });
    this.accuracy = h("b");
    this.loss = h("span");
    this.lossPart = h("span", {}, "loss ", this.loss);
    this.numbers = h("p", { class: "numbers" }, h("span", {}, h("span", { class: "of" }, "validation "), this.accuracy), this.lossPart);
    this.mend = h("span", { class: "mend" });
    this.message = h("div", { class: "message", role: "status" });
    this.element = h(
      "section",
      { class: `head head-${side}`, "aria-label": `Run ${letter}`, "data-part": "cards" },
      h(
        "div",
        { class: "line" },
        this.marker,
        h("span", { class: "letter" }, letter),
        this.norm,
        this.difference,
        this.moved,
        this.badge,
        this.mend,
        this.numbers,
      ),
      this.message,
    );
  }

  /**
   * Shows the settings, and why they cannot be trained.
   *
   * @param {boolean} dark
   * @param {string} [start] The file whose weights the run starts from, if they are not drawn.
   */
  showSettings(dark, start) {
    const { lab } = this.store;
    this.norm.value = this.store.get(this.side, "norm");
    this.norm.disabled = this.store.view("hide").split(",").includes("norm");
    this.marker.style.color = lab.color(this.side, dark);
    this.marker.dataset.marker = lab.marker(this.side);
    /** @type {string[]} */
    const others = lab.differences(this.side);
    if (start) others.push(`weights of ${start}`);
    write(this.difference, others.join(", "));
    this.difference.hidden = others.length === 0;
    this.#showProblems(lab.problems(this.side));
  }

  /** @param {Problem[]} problems */
  #showProblems(problems) {
    this.element.classList.toggle("refused", problems.length > 0);
    this.mend.replaceChildren(
      ...problems.flatMap(ways).flatMap(({ field, fix }) => {
        if (fix === undefined) return [];
        const { label, choices } = this.store.field(field);
        const choice = choices.find((c) => c.name === fix)?.label ?? fix;
        return h("button", { type: "button", onclick: () => this.#mend(field, fix) }, `Set ${label.toLowerCase()} to ${choice}`);
      }),
    );
    // The finding gives the reasons; only where it is not shown, they stand here.
    const reasons = this.store.view("hide").split(",").includes("finding") ? problems : [];
    this.message.replaceChildren(
      ...reasons.map((problem) =>
        h(
          "p",
          {},
          obstacle(problem, (name) => this.store.field(name).label),
        ),
      ),
    );
    this.message.hidden = reasons.length === 0;
  }

  /** Sets what a problem asks for; in both runs, if both have it, so that they stay a pair. @param {string} field @param {string} fix */
  #mend(field, fix) {
    /** @type {Problem[]} */
    const others = this.store.lab.problems(this.side === "a" ? "b" : "a");
    const shared = !this.store.differs(field) && others.flatMap(ways).some((other) => other.field === field && other.fix === fix);
    this.store.set(shared ? "both" : this.side, field, fix);
  }

  /**
   * @param {Vitals | undefined} vitals
   * @param {Badge | undefined} badge
   * @param {Badge | undefined} moved
   */
  showVitals(vitals, badge, moved) {
    write(this.accuracy, vitals?.accuracy || "–");
    write(this.loss, vitals?.loss || "–");
    // A run that has ended in nothing has no present score, and beside a badge there is room for one alone.
    this.numbers.hidden = this.element.classList.contains("refused") || vitals?.divergedAt !== undefined;
    this.lossPart.hidden = badge !== undefined || moved !== undefined;
    this.moved.hidden = moved === undefined;
    this.element.classList.toggle("displaced", moved !== undefined);
    write(this.moved, moved?.text ?? "");
    this.moved.title = moved?.how ?? "";
    this.badge.hidden = badge === undefined;
    this.element.classList.toggle("badged", badge !== undefined || moved !== undefined);
    this.badge.dataset.verdict = vitals?.verdict ?? "";
    write(this.badge, badge?.text ?? "");
    this.badge.title = badge?.how ?? "";
  }
}
