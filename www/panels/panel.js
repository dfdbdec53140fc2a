/** A card with one chart: canvas, caption, read-out under pointer or keyboard, and the numbers behind it. */

import { h, write } from "../dom.js";

/** @import { CardOptions, ChartSource, Display, Reading, Table } from "../types.js" */

/** How far an arrow key moves the read-out, in pixels. */
const STRIDE = 8;

/** Right and down for each arrow key. */
export const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

/** @template {ChartSource} [S=ChartSource] */
export class ChartPanel {
  /** @type {[number, number] | undefined} */
  #at;
  /** What stands there. @type {Reading | undefined} */
  reading;
  #size = { width: 0, height: 0 };
  #tabled = -Infinity;

  /**
   * @param {S} store Who holds the chart.
   * @param {number} panel The engine's number of the panel.
   * @param {CardOptions} options
   */
  constructor(store, panel, { part, title, label, place, run, tools = [], aside = [], legend = [], below = [], open, pointed }) {
    this.store = store;
    this.panel = panel;
    this.label = label;
    this.run = run;
    this.open = open;
    this.pointed = pointed;
    this.marker = run && h("span", { class: "marker", "aria-hidden": "true" });
    this.title = h("h2", {}, this.marker, title);
    this.canvas = h("canvas", { tabIndex: 0, role: "img", "aria-label": label, "aria-roledescription": "chart" });
    this.guide = h("i", { class: "guide", hidden: true });
    this.dots = [0, 1, 2, 3].map(() => h("i", { class: "dot", hidden: true }));
    this.tip = h("div", { class: "tip", hidden: true });
    this.reason = h("p", { class: "reason", role: "status" });
    this.spoken = h("p", { class: "unseen", "aria-live": "polite" });
    this.moment = h("span", { class: "moment" });
    this.measured = h("span");
    this.caption = h("p", { class: "caption" }, this.moment, this.measured);
    this.table = h("table", {});
    this.sheet = h("div", { class: "sheet unseen" }, this.table);
    const numbers = h("button", {
      type: "button",
      class: "quiet numbers-button",
      "aria-pressed": "false",
      title: "The numbers behind this chart",
      "aria-label": `${label}: show as a table`,
      onclick: () => {
        const open = this.sheet.classList.toggle("unseen") === false;
        this.plot.classList.toggle("covered", open);
        this.sheet.tabIndex = open ? 0 : -1;
        numbers.setAttribute("aria-pressed", String(open));
        this.tabulate();
      },
    });
    this.plot = h("div", { class: "plot" }, this.canvas, this.guide, ...this.dots, this.tip, this.sheet, this.reason);
    this.element = h(
      "section",
      { class: `card ${place}`, "aria-label": label, "data-part": part },
      h("header", {}, this.title, h("div", { class: "tools" }, ...tools), h("div", { class: "aside" }, ...aside, numbers)),
      this.caption,
      ...legend,
      this.plot,
      ...below,
      this.spoken,
    );
    this.canvas.addEventListener("pointermove", (event) => this.point([event.offsetX, event.offsetY]));
    this.canvas.addEventListener("pointerdown", (event) => this.point([event.offsetX, event.offsetY]));
    // A finger reads first, and opens by a button.
    this.canvas.addEventListener(
      "click",
      (event) => /** @type {PointerEvent} */ (event).pointerType !== "touch" && this.open?.([event.offsetX, event.offsetY]),
    );
    this.canvas.addEventListener("pointerleave", () => this.point(undefined));
    this.canvas.addEventListener("blur", () => this.point(undefined));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.observer = new ResizeObserver(([entry]) => {
      this.#size = { width: entry.contentRect.width, height: entry.contentRect.height };
      this.stale = true;
    });
    this.observer.observe(this.plot);
    /** Whether what is drawn is out of date. */
    this.stale = true;
    /** When it was last drawn. */
    this.drawn = -Infinity;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const move = ARROWS[event.key];
    if (event.key === "Escape") return this.point(undefined);
    if (event.key === "Enter" && this.#at) return this.open?.(this.#at);
    if (!move) return;
    event.preventDefault();
    const { width, height } = this.#size;
    const stride = event.shiftKey ? STRIDE * 5 : STRIDE;
    const [x, y] = this.#at ?? [width / 2, height / 2];
    const within = (/** @type {number} */ v, /** @type {number} */ max) => Math.min(max, Math.max(0, v));
    this.point([within(x + move[0] * stride, width), within(y + move[1] * stride, height)]);
    write(this.spoken, this.#text);
  }

  /** What the tip says, as a sentence. */
  get #text() {
    const rows = [...this.tip.querySelectorAll("tr")].map((row) => [...row.cells].map((cell) => cell.textContent).join(" "));
    return [this.tip.querySelector("caption")?.textContent ?? "", ...rows].join("; ");
  }

  /** Reads what stands at a pixel; nothing, without one. @param {[number, number] | undefined} at */
  point(at) {
    this.#at = at;
    this.pointed?.(at);
    this.#read();
  }

  /** Reads what stands at the pointer. */
  #read() {
    const at = this.#at;
    /** @type {Reading | undefined} */
    const reading = at && this.store.lab.read(this.panel, at[0], at[1], this.display?.dark ?? false);
    this.reading = reading;
    this.tip.hidden = !reading;
    this.guide.hidden = reading?.guide === undefined;
    this.dots.forEach((dot, i) => {
      const place = reading?.dots[i];
      dot.hidden = !place;
      if (place) dot.style.translate = `${place[0]}px ${place[1]}px`;
    });
    if (!reading || !at) return;
    if (reading.guide) {
      const [x, top, bottom] = reading.guide;
      this.guide.style.translate = `${x}px ${top}px`;
      this.guide.style.height = `${bottom - top}px`;
    }
    this.tip.replaceChildren(
      h(
        "table",
        {},
        h("caption", {}, reading.title),
        ...reading.rows.map((row) => {
          const marker = row.marker && h("span", { class: "marker", "aria-hidden": "true", "data-marker": row.marker });
          if (marker) marker.style.color = row.color ?? "";
          return h("tr", {}, h("th", {}, marker, row.name), h("td", {}, row.value));
        }),
      ),
    );
    const { width, height } = this.#size;
    const box = { width: this.tip.offsetWidth, height: this.tip.offsetHeight };
    const left = at[0] + 16 + box.width > width ? at[0] - 16 - box.width : at[0] + 16;
    // Kept within the card's width, even where it is narrower than the tip would like.
    const x = Math.min(Math.max(left, -8), Math.max(-8, width - box.width + 8));
    const y = Math.min(Math.max(at[1] - box.height / 2, -8), Math.max(-8, height - box.height));
    this.tip.style.translate = `${x}px ${y}px`;
  }

  /** Says in place of the chart why there is none; nothing, if there is one. @param {string} reason */
  unavailable(reason) {
    write(this.reason, reason);
    this.plot.classList.toggle("unavailable", reason !== "");
  }

  /**
   * Draws the chart anew.
   *
   * @param {Display} display
   */
  draw(display) {
    const { width, height } = this.#size;
    this.stale = false;
    if (width < 8 || height < 8) return;
    this.display = display;
    this.drawn = performance.now();
    this.store.lab.draw(this.panel, this.canvas, width, height, display.ratio, display.dark);
    if (this.run && this.marker) {
      this.marker.dataset.marker = this.store.lab.marker?.(this.run);
      this.marker.style.color = this.store.lab.color?.(this.run, display.dark) ?? "";
    }
    const { lab } = this.store;
    write(this.measured, lab.caption(this.panel));
    const words = `${this.label}. ${lab.lack(this.panel) ?? this.measured.textContent}`;
    if (this.canvas.getAttribute("aria-label") !== words) this.canvas.setAttribute("aria-label", words);
    write(this.moment, lab.moment(this.panel));
    if (this.#at) this.#read();
  }

  /**
   * Whether the numbers behind the chart should be written anew: twice a second while they are seen,
   * else whenever a run comes to rest, so that a screen reader finds them.
   *
   * @param {boolean} resting
   */
  due(resting) {
    const open = !this.sheet.classList.contains("unseen");
    return this.#tabled < this.drawn && (open ? performance.now() - this.#tabled > 500 : resting);
  }

  /** Writes the numbers behind the chart. */
  tabulate() {
    this.#tabled = performance.now();
    /** @type {Table} */
    const { head, rows } = this.store.lab.table(this.panel);
    this.table.replaceChildren(
      h("caption", { class: "unseen" }, this.label),
      h("thead", {}, h("tr", {}, ...head.map((cell) => h("th", { scope: "col" }, cell)))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell, i) => h(i === 0 ? "th" : "td", {}, cell))))),
    );
  }

  dispose() {
    this.observer.disconnect();
  }
}
