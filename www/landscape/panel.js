/** A landscape's card: it can be turned, and a run can be put at a point of it. */

import { ARROWS, ChartPanel } from "../panels/panel.js";
import { h, write } from "../dom.js";

/** @import { Actions, Progress } from "./types.js" */
/** @import { Display, Side, Store } from "../types.js" */

/** @typedef {[number, number]} Place */

/** Degrees for each pixel of a drag, and for each press of an arrow key. */
const DRAG = 0.6;
const PRESS = 5;
/** A pointer that moved less than this, in pixels, has clicked. */
const STILL = 4;

/** @extends {ChartPanel<Store>} */
export class LandscapePanel extends ChartPanel {
  /** Where a drag began, and from where the surface was seen. @type {{x: number, y: number, yaw: number, pitch: number, turned: boolean} | undefined} */
  #drag;

  /**
   * @param {Store} store
   * @param {number} panel
   * @param {Side} side
   * @param {Actions} actions
   * @param {{tools: Node[], aside: Node[]}} controls
   */
  constructor(store, panel, side, actions, controls) {
    const letter = side.toUpperCase();
    super(store, panel, {
      part: "landscape",
      title: `${letter}: loss landscape`,
      label: `Loss landscape of run ${letter}`,
      place: `landscape-${side}`,
      run: side,
      ...controls,
    });
    this.side = side;
    this.actions = actions;
    this.words = h("span");
    this.work = h(
      "span",
      { class: "work", hidden: true },
      this.words,
      h("button", { type: "button", class: "quiet", onclick: actions.stop }, "Stop"),
    );
    this.caption.append(this.work);
    this.chosen = h("p");
    this.set = h("button", { type: "button" }, `Set run ${letter} here`);
    const close = h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => this.#close() }, "×");
    this.pick = h(
      "div",
      { class: "pick", role: "group", "aria-label": `A point of run ${letter}'s landscape`, hidden: true },
      this.chosen,
      this.set,
      close,
    );
    this.pick.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#close();
    });
    this.hint = h("p", { class: "unseen", id: `landscape-${side}-keys` });
    this.canvas.setAttribute("aria-describedby", this.hint.id);
    this.plot.append(this.pick, this.hint);
    this.canvas.addEventListener("pointerdown", (event) => this.#grab(event));
    this.canvas.addEventListener("pointermove", (event) => this.#pull(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => this.#release());
    this.canvas.addEventListener("click", (event) => this.#click(event));
  }

  /** Whether it is shown as a surface. */
  get #solid() {
    return this.store.view("slice") === "3d";
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    if (!this.#solid || event.button !== 0) return;
    const [yaw, pitch] = ["yaw", "pitch"].map((name) => Number(this.store.view(name)));
    this.#drag = { x: event.clientX, y: event.clientY, yaw, pitch, turned: false };
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch {
      // The pointer is gone already.
    }
  }

  /** @param {PointerEvent} event */
  #pull(event) {
    const drag = this.#drag;
    if (!drag || event.buttons === 0) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.turned && Math.hypot(dx, dy) < STILL) return;
    drag.turned = true;
    this.#close();
    this.point(undefined);
    this.#turn(drag.yaw + dx * DRAG, drag.pitch + dy * DRAG);
  }

  #release() {
    // A click that ends a drag comes after this.
    const drag = this.#drag;
    setTimeout(() => {
      if (this.#drag === drag) this.#drag = undefined;
    });
  }

  /** Turns both surfaces. @param {number} yaw @param {number} pitch */
  #turn(yaw, pitch) {
    const { min, max } = this.store.field("pitch");
    const whole = Math.round(yaw) % 360;
    this.store.setView("yaw", String(whole < 0 ? whole + 360 : whole));
    this.store.setView("pitch", String(Math.round(Math.min(max, Math.max(min, pitch)))));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const arrow = ARROWS[event.key];
    if (event.key === "Enter" && this.reading) {
      event.preventDefault();
      this.#choose();
      this.set.hidden ? undefined : this.set.focus();
    } else if (arrow && this.#solid && !event.shiftKey) {
      event.preventDefault();
      this.point(undefined);
      const [yaw, pitch] = ["yaw", "pitch"].map((name) => Number(this.store.view(name)));
      this.#turn(yaw + arrow[0] * PRESS, pitch + arrow[1] * PRESS);
      write(this.spoken, `Turned by ${this.store.view("yaw")} degrees, seen from ${this.store.view("pitch")} degrees above`);
    } else super.key(event);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const turned = this.#drag?.turned;
    this.#drag = undefined;
    if (turned) return;
    this.point([event.offsetX, event.offsetY]);
    if (this.reading) this.#choose();
    else this.#close();
  }

  /** Offers what can be done with the point that is read. */
  #choose() {
    const { reading } = this;
    const held = this.actions.held(this.side);
    if (!reading || !held) return;
    const { place } = reading;
    const loss = `${reading.title}: loss ${reading.rows[0]?.value ?? ""}`;
    write(this.chosen, place ? loss : `${loss}: nothing to train on from`);
    this.set.hidden = !place;
    this.set.onclick = () => {
      this.#close();
      if (place) this.actions.move(this.side, held, place);
    };
    this.pick.hidden = false;
  }

  #close() {
    if (this.pick.hidden) return;
    const root = /** @type {Document | ShadowRoot} */ (this.pick.getRootNode());
    if (this.pick.contains(root.activeElement)) this.canvas.focus();
    this.pick.hidden = true;
  }

  /** @param {Display} display */
  draw(display) {
    super.draw(display);
    this.canvas.classList.toggle("turns", this.#solid);
    const keys = this.#solid ? "Arrow keys turn both landscapes; with Shift they move the read-out." : "Arrow keys move the read-out.";
    write(this.hint, `${keys} Enter offers to set the run where the read-out is.`);
  }

  /** Says how far measuring has come, if that takes a while. @param {Progress | undefined} progress */
  showProgress(progress) {
    this.work.hidden = !progress;
    if (!progress) return;
    const { points, share, left } = progress;
    const size = this.store.view("slice") === "1d" ? `${points}` : `${points} × ${points}`;
    this.work.title = `Of ${size} points ${Math.floor(share * 100)} % are measured; ${Math.ceil(left)} s are left.`;
    write(this.words, `${Math.floor(share * 100)} %, ${Math.ceil(left)} s`);
  }

  /** What was chosen belongs to a landscape that is gone. */
  forget() {
    this.#close();
  }
}
