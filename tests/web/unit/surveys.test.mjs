/** Landscapes are measured once for each place, by workers that are only there while they are needed. */

import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import { Surveys } from "../../../www/landscape/surveys.js";
import { FakeWorker, install } from "../support/workers.mjs";

beforeEach(() => {
  install();
  mock.method(console, "warn", () => {});
  Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: 3 }, configurable: true });
});

const SIDES = /** @type {const} */ (["a", "b"]);

/** Surveys of two runs that can be measured. */
function begin() {
  /** @type {string[]} */
  const told = [];
  const surveys = new Surveys(/** @type {any} */ ({ bytes: new ArrayBuffer(0) }), {
    want: (side) => told.push(`want ${side}`),
    lacking: (side, step, why) => told.push(`lacking ${side} ${step} ${why}`),
    done: (side, step, points) => told.push(`done ${side} ${step} ${points}`),
    failed: () => told.push("failed"),
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
  return { surveys, told, tick, offer };
}

/** Answers all that is ordered, and all that is ordered then. */
function measure() {
  for (let again = true; again; ) {
    again = false;
    for (const worker of FakeWorker.living) {
      for (const order of worker.orders.splice(0).filter((o) => o.type === "measure")) {
        again = true;
        worker.tell({ type: "measured", id: order.id, from: order.from, values: new Float32Array(order.to - order.from), milliseconds: 1 });
      }
    }
  }
}

test("no worker is there before something is to be measured, nor while nobody looks", () => {
  const { surveys, tick, offer, told } = begin();
  assert.equal(FakeWorker.all.length, 0);
  tick([0, false], [0, false]);
  assert.equal(FakeWorker.living.length, 2);
  surveys.rest();
  assert.equal(FakeWorker.living.length, 0);
  offer("a", 0);
  offer("b", 0);
  tick([0, false], [0, false]);
  measure();
  assert.ok(told.includes("done a 0 51"));
});

test("a run at rest is measured to the finest grid, and then no more", () => {
  const { tick, offer, told } = begin();
  tick([7, false], [7, false]);
  assert.deepEqual(told.splice(0), ["want a", "want b"]);
  for (const side of SIDES) offer(side, 7);
  tick([7, false], [7, false]);
  measure();
  for (const side of SIDES) assert.equal(told.filter((t) => t === `done ${side} 7 51`).length, 1);
  told.splice(0);
  for (let i = 0; i < 5; i++) tick([7, false], [7, false]);
  measure();
  assert.deepEqual(told, []);
});

test("a diverged run is measured once, to the finest grid, while the other goes on being measured", () => {
  const { tick, offer, told } = begin();
  tick([7, false, true], [20, true]);
  for (let step = 21; step < 30; step++) {
    if (told.includes("want a")) offer("a", 7);
    if (told.includes("want b")) offer("b", step - 1);
    told.splice(0, Infinity, ...told.filter((t) => !t.startsWith("want")));
    for (let i = 0; i < 5000; i++) {
      tick([7, false, true], [step, true]);
      measure();
      if (told.includes("want b")) break;
    }
    assert.equal(told.includes("want a"), false, `at step ${step}`);
  }
  assert.equal(told.filter((t) => t === "done a 7 51").length, 1);
  assert.ok(told.filter((t) => t.startsWith("done b")).length > 5);
});

/** Answers one portion of that side, if there is one. @param {"a" | "b"} side */
function measureOne(side) {
  for (const worker of FakeWorker.living) {
    const at = worker.orders.findIndex((o) => o.type === "measure" && o.side === side);
    if (at < 0) continue;
    const [order] = worker.orders.splice(at, 1);
    worker.tell({ type: "measured", id: order.id, from: order.from, values: new Float32Array(order.to - order.from), milliseconds: 1 });
    return true;
  }
  return false;
}

test("two landscapes are shown together, of one step and on one grid", () => {
  const { tick, offer, told } = begin();
  let step = 20;
  for (let round = 0; round < 30; round++) {
    tick([step, true], [step, true]);
    const wants = told.filter((t) => t.startsWith("want"));
    if (wants.length > 0) for (const side of SIDES) offer(side, step);
    told.splice(0, Infinity, ...told.filter((t) => !t.startsWith("want")));
    // A is far ahead: all that is ordered of it is answered, and of B a portion at a time.
    while (measureOne("a"));
    if (round % 3 === 0) measureOne("b");
    step += 5;
    for (let i = 0; i + 1 < told.length; i += 2) assert.equal(told[i].replace("done a", ""), told[i + 1].replace("done b", ""));
    assert.equal(told.length % 2, 0, `one without the other: ${told.at(-1)}`);
  }
  assert.ok(told.length >= 4, `${told}`);
});

test("a coarse pair takes the place of a finer one only if nothing finer is to come", () => {
  const { tick, offer, told } = begin();
  const at = (/** @type {number} */ step, /** @type {boolean} */ moving) => tick([step, moving], [step, moving]);
  const points = (/** @type {number} */ step) =>
    told.filter((t) => t.startsWith(`done a ${step} `)).map((t) => Number(t.split(" ").at(-1)));
  at(7, false);
  for (const side of SIDES) offer(side, 7);
  at(7, false);
  measure();
  assert.deepEqual(points(7), [5, 11, 21, 51], "the first are shown as they come");
  at(8, false);
  for (const side of SIDES) offer(side, 8);
  at(8, false);
  measure();
  assert.deepEqual(points(8), [21, 51]);
});

test("a run whose partner cannot be measured is shown alone", () => {
  const { surveys, tick, offer, told } = begin();
  tick([7, false], [7, false]);
  for (const side of SIDES) offer(side, 7);
  tick([7, false], [7, false]);
  while (measureOne("a"));
  assert.deepEqual(
    told.filter((t) => t.startsWith("done")),
    [],
  );
  surveys.allow("b", false);
  for (let i = 0; i < 50; i++) {
    tick([7, false], [7, false]);
    measure();
  }
  assert.ok(told.includes("done a 7 51"));
  assert.equal(
    told.some((t) => t.startsWith("done b")),
    false,
  );
});

test("weights that were lost with their worker are asked for again", () => {
  const { surveys, tick, told } = begin();
  tick([0, true], [0, true]);
  told.splice(0);
  tick([5, true], [5, true]);
  assert.deepEqual(told, [], "they are still on their way");
  surveys.forget("a");
  surveys.offer("b", { step: 3, values: new Float32Array(1) });
  for (let i = 0; i < 200; i++) {
    tick([9, true], [9, true]);
    measure();
  }
  assert.deepEqual(told.filter((t) => t.startsWith("want")).slice(0, 2), ["want a", "want b"]);
});

test("a portion that always panics is given up, until the next start", () => {
  const { surveys, tick, offer, told } = begin();
  tick([0, false], [0, false]);
  for (const side of SIDES) offer(side, 0);
  for (let i = 0; i < 50; i++) {
    tick([0, false], [0, false]);
    for (const worker of FakeWorker.living) {
      const orders = worker.orders.splice(0).filter((o) => o.type === "measure");
      if (orders.some((o) => o.from === 0)) worker.tell({ type: "panic", message: "always" });
      else
        for (const o of orders)
          worker.tell({ type: "measured", id: o.id, from: o.from, values: new Float32Array(o.to - o.from), milliseconds: 1 });
    }
  }
  assert.equal(told.filter((t) => t === "failed").length, 1);
  assert.equal(FakeWorker.living.length, 0);
  assert.ok(FakeWorker.all.length < 10, `${FakeWorker.all.length} workers`);

  told.splice(0);
  surveys.restart({ a: "batch=3", b: "batch=4" }, { plane: "random", stats: "batch", line: false });
  tick([0, false], [0, false]);
  for (const side of SIDES) offer(side, 0);
  tick([0, false], [0, false]);
  measure();
  assert.ok(told.includes("done a 0 51"));
});

test("workers that always crash are not replaced without end", () => {
  const { tick, told } = begin();
  for (let i = 0; i < 50; i++) {
    tick([0, false], [0, false]);
    for (const worker of FakeWorker.living) worker.fail();
  }
  assert.deepEqual(
    told.filter((t) => t === "failed"),
    ["failed"],
  );
  assert.ok(FakeWorker.all.length < 10, `${FakeWorker.all.length} workers`);
});

/** Both at rest at a step, measured to the finest grid. @param {ReturnType<typeof begin>} lab @param {number} step */
function finish({ tick, offer }, step) {
  tick([step, false], [step, false]);
  for (const side of SIDES) offer(side, step);
  tick([step, false], [step, false]);
  measure();
}

test("frozen landscapes stay at their step and are refined there while training goes on", () => {
  const lab = begin();
  const { surveys, tick, offer, told } = lab;
  tick([7, true], [7, true]);
  for (const side of SIDES) offer(side, 7);
  // The coarsest grid alone, a portion at a time.
  while (!told.includes("done a 7 5") || !told.includes("done b 7 5")) {
    tick([8, true], [8, true]);
    measureOne("a");
    measureOne("b");
  }
  surveys.follow(false);
  told.splice(0);
  for (let step = 20; step < 2000; step += 20) {
    tick([step, true], [step, true]);
    measure();
  }
  assert.deepEqual(
    told.filter((t) => t.startsWith("want")),
    [],
  );
  for (const side of SIDES) assert.deepEqual(told.filter((t) => t.startsWith(`done ${side}`)).at(-1), `done ${side} 7 51`);
  assert.equal(surveys.held("a")?.step, 7);
  surveys.follow(true);
  told.splice(0);
  tick([3000, true], [3000, true]);
  assert.deepEqual(told, ["want a", "want b"]);
});

test("what nobody has seen yet is measured once though frozen", () => {
  const lab = begin();
  lab.surveys.follow(false);
  finish(lab, 3);
  assert.ok(lab.told.includes("done a 3 51"));
  lab.told.splice(0);
  lab.tick([9, false], [9, false]);
  measure();
  assert.deepEqual(lab.told, []);
});

test("a landscape that is stopped stays as it is until the runs move on", () => {
  const { surveys, tick, offer, told } = begin();
  tick([7, false], [7, false]);
  for (const side of SIDES) offer(side, 7);
  tick([7, false], [7, false]);
  while (!told.includes("done b 7 11")) for (const side of SIDES) measureOne(side);
  surveys.stop();
  told.splice(0);
  for (let i = 0; i < 5; i++) tick([7, false], [7, false]);
  measure();
  assert.deepEqual(told, []);
  tick([8, false], [8, false]);
  assert.deepEqual(told, ["want a", "want b"]);
});

test("after a run was moved both are measured anew, at the same step", () => {
  const lab = begin();
  finish(lab, 7);
  lab.told.splice(0);
  lab.surveys.stale();
  finish(lab, 7);
  assert.deepEqual(lab.told.slice(0, 2), ["want a", "want b"]);
  for (const side of SIDES) assert.ok(lab.told.includes(`done ${side} 7 51`));
});

test("a run without such a plane says why, and the other is shown without it", () => {
  const { tick, offer, told } = begin();
  tick([7, false], [7, false]);
  for (const side of SIDES) offer(side, 7);
  tick([7, false], [7, false]);
  for (let i = 0; i < 50; i++) {
    for (const worker of FakeWorker.living) {
      for (const order of worker.orders.splice(0).filter((o) => o.type === "measure")) {
        if (order.side === "a") worker.tell({ type: "lacking", id: order.id, why: "the path does not move" });
        else
          worker.tell({
            type: "measured",
            id: order.id,
            from: order.from,
            values: new Float32Array(order.to - order.from),
            milliseconds: 1,
          });
      }
    }
    tick([7, false], [7, false]);
  }
  assert.deepEqual(
    told.filter((t) => t.startsWith("lacking")),
    ["lacking a 7 the path does not move"],
  );
  assert.ok(told.includes("done b 7 51"));
  assert.equal(told.filter((t) => t.startsWith("want")).length, 2, "it is not asked for again");
});

test("both panels of a line measure from A's weights to B's", () => {
  const { surveys, tick } = begin();
  surveys.restart({ a: "batch=1", b: "batch=2" }, { plane: "line", stats: "batch", line: false });
  tick([7, false], [7, false]);
  surveys.offer("a", { step: 7, values: new Float32Array([1]) });
  const orders = () => FakeWorker.living.flatMap((worker) => worker.orders).filter((o) => o.type === "measure");
  tick([7, false], [7, false]);
  assert.deepEqual(orders(), [], "one end alone is no line");
  surveys.offer("b", { step: 7, values: new Float32Array([2]) });
  tick([7, false], [7, false]);
  const [first, second] = orders();
  assert.notEqual(first.side, second.side);
  for (const { through } of [first, second]) assert.deepEqual([...through.weights, ...through.more], [1, 2]);
});

test("a line whose other end is gone says so, and so does a run that cannot be trained", () => {
  const { surveys, told, tick, offer } = begin();
  surveys.restart({ a: "batch=1", b: "batch=2" }, { plane: "line", stats: "batch", line: false });
  tick([7, true], [7, true]);
  assert.deepEqual(told.splice(0), ["want a", "want b"]);
  surveys.forget("a");
  surveys.allow("a", false);
  offer("b", 7);
  for (const step of [8, 9]) tick([7, false, true], [step, true]);
  measure();
  assert.deepEqual(told.splice(0), [
    "lacking a 7 run A cannot be trained",
    "lacking b 8 run A cannot be trained: the line has no other end",
  ]);
  // On another plane run B has a landscape of its own.
  surveys.restart({ a: "batch=1", b: "batch=2" }, { plane: "random", stats: "batch", line: false });
  tick([7, false, true], [9, false]);
  offer("b", 9);
  tick([7, false, true], [9, false]);
  measure();
  assert.ok(told.includes("done b 9 51"));
  assert.deepEqual(
    told.filter((t) => t.startsWith("lacking")),
    ["lacking a 7 run A cannot be trained"],
  );
});

test("what is on show of a run stays when it is given up", () => {
  const lab = begin();
  finish(lab, 7);
  lab.surveys.allow("a", false);
  lab.told.splice(0);
  lab.tick([7, false, true], [7, false]);
  assert.deepEqual(lab.told, []);
});

test("a network at a point is found by a worker, and its loss is told to who waits", async () => {
  const lab = begin();
  finish(lab, 7);
  const held = lab.surveys.held("a");
  const found = lab.surveys.locate("a", held.through, [0.5, -0.5]);
  const worker = FakeWorker.living.find((w) => w.orders.some((o) => o.type === "locate"));
  const order = worker.orders.find((o) => o.type === "locate");
  assert.deepEqual([order.text, ...order.place], ["batch=1", 0.5, -0.5]);
  worker.tell({ type: "located", id: order.id, values: new Float32Array([3]) });
  assert.deepEqual([...(await found)], [3]);
  const lost = lab.surveys.locate("a", held.through, [0, 0]);
  lab.surveys.rest();
  await assert.rejects(lost, /gone/);
});

test("how far a long measurement has come is told, of a short one nothing", () => {
  const lab = begin();
  const { surveys, tick, offer } = lab;
  assert.equal(surveys.progress, undefined);
  tick([7, false], [7, false]);
  for (const side of SIDES) offer(side, 7);
  for (let i = 0; i < 40 && !surveys.progress; i++) {
    tick([7, false], [7, false]);
    for (const worker of FakeWorker.living) {
      const order = worker.orders.splice(0).find((o) => o.type === "measure");
      if (order)
        worker.tell({
          type: "measured",
          id: order.id,
          from: order.from,
          values: new Float32Array(order.to - order.from),
          milliseconds: 10 * (order.to - order.from),
        });
    }
  }
  const { share, left, points } = surveys.progress;
  assert.ok(share >= 0 && share <= 1 && left > 0 && [11, 21, 51].includes(points));
});
