/** Play, pause, step, reset, seed and speed; and the step counter with the fingerprint. */

import { h, write } from "../dom.js";

/** @import { Actions, Status, Store } from "../types.js" */

/** @param {number} n */
const grouped = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, n >= 10000 ? "\u2009" : "");

export class Transport {
  /**
   * @param {Store} store
   * @param {Actions & {pace: (name: string) => void}} actions
   */
  constructor(store, actions) {
    this.store = store;
    this.play = h("button", { type: "button", class: "primary play", title: "Space", onclick: actions.toggle });
    const speed = store.field("speed");
    this.speed = h(
      "select",
      { "aria-label": speed.help, title: speed.help, onchange: () => actions.pace(this.speed.value) },
      ...speed.choices.map((c) => h("option", { value: c.name }, c.label)),
    );
    this.step = h("b");
    this.stop = h("span");
    this.rate = h("b");
    this.seed = h("b");
    this.print = h("b", { class: "fingerprint" });
    this.printStep = h("span");
    const button = (/** @type {string} */ label, /** @type {string} */ title, /** @type {() => void} */ action) =>
      h("button", { type: "button", title, onclick: action }, label);
    const what = h(
      "p",
      { class: "meaning", hidden: true, role: "status" },
      "A few digits that stand for all losses, weights and running statistics of A and of B so far. Whoever opens this link has the same ones at the same step, on any machine: a single different bit would give others. A star: that run was moved by hand, so its digits are not the link's.",
    );
    const explain = (/** @type {boolean} */ open) => {
      what.hidden = !open;
      ask.setAttribute("aria-expanded", String(open));
    };
    const ask = h(
      "button",
      { type: "button", class: "measured", title: "What is this?", "aria-expanded": "false", onclick: () => explain(Boolean(what.hidden)) },
      "fingerprint",
    );
    this.element = h(
      "div",
      { class: "transport", role: "group", "aria-label": "Training", "data-part": "transport" },
      h(
        "div",
        { class: "buttons" },
        this.play,
        button("Step", "One step (.)", () => actions.advance(1)),
        button("+10", "Ten steps (Shift + .)", () => actions.advance(10)),
        button("Reset", "Back to the same initial weights (R)", actions.reset),
        button("New seed", "Other initial weights, other batches (N)", actions.reseed),
        this.speed,
      ),
      h(
        "p",
        { class: "readout" },
        h("span", {}, "step ", this.step, this.stop),
        h("span", {}, this.rate),
        h("span", {}, "seed ", this.seed),
        h("span", {}, ask, " ", this.print, this.printStep),
      ),
      what,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") explain(false);
    });
  }

  /** @param {Status} status */
  show(status) {
    const label = status.playing ? "Pause" : status.step >= status.stop && status.step > 0 ? "Go on" : "Play";
    write(this.play, label);
    this.play.dataset.state = status.playing ? "playing" : "paused";
    this.play.disabled = status.over;
    write(this.step, grouped(status.step));
    write(this.stop, ` of ${grouped(status.stop)}`);
    const rate = status.playing
      ? `${grouped(Math.round(status.speed))} steps/s`
      : status.over
        ? "ended"
        : status.step >= status.stop
          ? "finished"
          : "paused";
    write(this.rate, status.away ? "paused (out of sight)" : rate);
    write(this.seed, status.seed);
    write(this.print, status.fingerprint || "…");
    const at = status.fingerprint && status.fingerprintStep !== status.step ? ` at ${grouped(status.fingerprintStep)}` : "";
    write(this.printStep, status.loaded ? `${at}, of loaded weights` : at);
    this.speed.value = this.store.view("speed");
  }
}
