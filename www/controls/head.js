// @ts-check
/** A run's head: its normalization, how well it does, and what keeps it from training. */

import { h, write } from "../dom.js";
import { obstacle } from "./problems.js";

/** @typedef {import("../types.js").Side} Side */

/** @param {number | undefined} share */
const percent = (share) => (share === undefined ? "–" : `${(share * 100).toFixed(1)} %`);

/** @param {number | undefined} loss */
const short = (loss) => (loss === undefined ? "–" : Number.isFinite(loss) ? loss.toPrecision(3) : "∞");

/** What the badge means. */
const VERDICTS = {
  learning: "",
  stuck: "The mean loss of the last 50 steps is that of guessing.",
  diverged: "The loss is not a finite number, or the mean of the last 50 steps is more than three times that of guessing. Named is the first layer whose output is not finite.",
};

export class RunHead {
  /**
   * @param {import("../store.js").Store} store
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
    this.accuracy = h("b");
    this.loss = h("span");
    this.numbers = h("p", { class: "numbers" }, h("span", {}, "validation ", this.accuracy), h("span", {}, "loss ", this.loss));
    this.message = h("div", { class: "message", role: "status", hidden: true });
    this.element = h(
      "section",
      { class: `head head-${side}`, "aria-label": `Run ${letter}`, "data-part": "cards" },
      h("div", { class: "line" }, this.marker, h("span", { class: "letter" }, letter), this.norm, this.difference, this.badge, this.numbers),
      this.message,
    );
  }

  /** Shows the settings, and why they cannot be trained. @param {boolean} dark */
  showSettings(dark) {
    const { lab } = this.store;
    this.norm.value = this.store.get(this.side, "norm");
    this.norm.disabled = this.store.view("hide").split(",").includes("norm");
    this.marker.style.color = lab.color(this.side, dark);
    this.marker.dataset.marker = lab.marker(this.side);
    const others = lab.differing().filter((name) => name !== "norm");
    const words = others.map((name) => `${this.store.field(name).label.toLowerCase()} ${this.store.get(this.side, name)}`);
    write(this.difference, words.join(", "));
    this.#showProblems(lab.problems(this.side));
  }

  /** @param {import("../types.js").Problem[]} problems */
  #showProblems(problems) {
    this.message.hidden = problems.length === 0;
    this.element.classList.toggle("refused", problems.length > 0);
    this.message.replaceChildren(
      ...problems.map((problem) => {
        const label = this.store.field(problem.field).label;
        const fix = problem.fix ?? "";
        const choice = this.store.field(problem.field).choices.find((c) => c.name === fix)?.label ?? fix;
        const mend = h(
          "button",
          { type: "button", onclick: () => this.store.set(this.side, problem.field, fix) },
          `Set ${label.toLowerCase()} to ${choice}`,
        );
        return h("p", {}, `${obstacle(problem, label)} `, problem.fix ? mend : null);
      }),
    );
  }

  /** @param {import("../types.js").Vitals | undefined} vitals */
  showVitals(vitals) {
    write(this.accuracy, percent(vitals?.accuracy));
    write(this.loss, short(vitals?.loss));
    const badge =
      vitals?.divergedAt !== undefined
        ? `diverged: ${vitals.divergedIn}, step ${vitals.divergedAt}`
        : vitals?.verdict === "diverged"
          ? "diverged: worse than guessing"
          : vitals?.verdict === "stuck"
            ? "still guessing"
            : "";
    this.badge.hidden = badge === "";
    this.badge.dataset.verdict = vitals?.verdict ?? "";
    write(this.badge, badge);
    this.badge.title = VERDICTS[vitals?.verdict ?? "learning"];
  }
}
