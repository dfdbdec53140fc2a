/** Surveys of two runs whose workers are the test's own. */

import { mock } from "node:test";
import { Surveys } from "../../../www/landscape/surveys.js";
import { FakeWorker, install } from "./workers.mjs";

export const SIDES = /** @type {const} */ (["a", "b"]);

/** Before each test: no worker is left of the last one, and there are three cores. */
export function prepare() {
  install();
  mock.method(console, "warn", () => {});
  Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: 3 }, configurable: true });
}

/** Surveys of two runs that can be measured. */
export function begin() {
  /** @type {string[]} */
  const calls = [];
  const surveys = new Surveys(/** @type {any} */ ({ bytes: new ArrayBuffer(0) }), {
    want: (side) => calls.push(`want ${side}`),
    unavailable: (side, step, why) => calls.push(`unavailable ${side} ${step} ${why}`),
    done: (side, step, points) => calls.push(`done ${side} ${step} ${points}`),
    failed: () => calls.push("failed"),
  });
  for (const side of SIDES) surveys.allow(side, true);
  surveys.restart({ a: "batch=1", b: "batch=2" }, { plane: "random", stats: "batch", line: false });
  let now = 0;
  /** @typedef {[number, boolean] | [number, boolean, boolean]} Place Step, whether it moves, whether it has ended. */
  const place = (/** @type {Place} */ [step, moving, ended = false]) => ({ step, moving, ended });
  const tick = (/** @type {Place} */ a, /** @type {Place} */ b) => {
    now += 1000;
    surveys.tick(now, { a: place(a), b: place(b) });
  };
  const offer = (/** @type {"a" | "b"} */ side, /** @type {number} */ step) => surveys.offer(side, { step, values: new Float32Array(1) });
  return { surveys, calls, tick, offer };
}

/** Answers all messages, and all that follow. */
export function measure() {
  for (let again = true; again; ) {
    again = false;
    for (const worker of FakeWorker.living) {
      for (const message of worker.messages.splice(0).filter((o) => o.type === "measure")) {
        again = true;
        worker.reply({
          type: "measured",
          id: message.id,
          from: message.from,
          values: new Float32Array(message.to - message.from),
          milliseconds: 1,
        });
      }
    }
  }
}

/** Answers one portion of that side, if there is one. @param {"a" | "b"} side */
export function measureOne(side) {
  for (const worker of FakeWorker.living) {
    const at = worker.messages.findIndex((o) => o.type === "measure" && o.side === side);
    if (at < 0) continue;
    const [message] = worker.messages.splice(at, 1);
    worker.reply({
      type: "measured",
      id: message.id,
      from: message.from,
      values: new Float32Array(message.to - message.from),
      milliseconds: 1,
    });
    return true;
  }
  return false;
}

/** Both at rest at a step, measured to the finest grid. @param {ReturnType<typeof begin>} lab @param {number} step */
export function finish({ tick, offer }, step) {
  tick([step, false], [step, false]);
  for (const side of SIDES) offer(side, step);
  tick([step, false], [step, false]);
  measure();
}
