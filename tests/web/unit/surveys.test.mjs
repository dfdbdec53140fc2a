/** Landscapes are measured once for each place, by workers that are only there while they are needed. */

import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { begin, finish, measure, measureOne, prepare, SIDES } from "../support/surveys.mjs";
import { FakeWorker } from "../support/workers.mjs";

beforeEach(prepare);

test("no worker is there before something is to be measured, nor while nobody looks", () => {
  const { surveys, tick, offer, calls } = begin();
  assert.equal(FakeWorker.all.length, 0);
  tick([0, false], [0, false]);
  assert.equal(FakeWorker.living.length, 2);
  surveys.rest();
  assert.equal(FakeWorker.living.length, 0);
  offer("a", 0);
  offer("b", 0);
  tick([0, false], [0, false]);
  measure();
  assert.ok(calls.includes("done a 0 51"));
});

test("a run at rest is measured to the finest grid, and then no more", () => {
  const { tick, offer, calls } = begin();
  tick([7, false], [7, false]);
  assert.deepEqual(calls.splice(0), ["want a", "want b"]);
  for (const side of SIDES) offer(side, 7);
  tick([7, false], [7, false]);
  measure();
  for (const side of SIDES) assert.equal(calls.filter((t) => t === `done ${side} 7 51`).length, 1);
  calls.splice(0);
  for (let i = 0; i < 5; i++) tick([7, false], [7, false]);
  measure();
  assert.deepEqual(calls, []);
});

test("a diverged run is measured once, to the finest grid, while the other goes on being measured", () => {
  const { tick, offer, calls } = begin();
  tick([7, false, true], [20, true]);
  for (let step = 21; step < 30; step++) {
    if (calls.includes("want a")) offer("a", 7);
    if (calls.includes("want b")) offer("b", step - 1);
    calls.splice(0, Infinity, ...calls.filter((t) => !t.startsWith("want")));
    for (let i = 0; i < 5000; i++) {
      tick([7, false, true], [step, true]);
      measure();
      if (calls.includes("want b")) break;
    }
    assert.equal(calls.includes("want a"), false, `at step ${step}`);
  }
  assert.equal(calls.filter((t) => t === "done a 7 51").length, 1);
  assert.ok(calls.filter((t) => t.startsWith("done b")).length > 5);
});

test("weights that were lost with their worker are asked for again", () => {
  const { surveys, tick, calls } = begin();
  tick([0, true], [0, true]);
  calls.splice(0);
  tick([5, true], [5, true]);
  assert.deepEqual(calls, [], "they are still on their way");
  surveys.forget("a");
  surveys.offer("b", { step: 3, values: new Float32Array(1) });
  for (let i = 0; i < 200; i++) {
    tick([9, true], [9, true]);
    measure();
  }
  assert.deepEqual(calls.filter((t) => t.startsWith("want")).slice(0, 2), ["want a", "want b"]);
});

test("a portion that always panics is given up, until the next start", () => {
  const { surveys, tick, offer, calls } = begin();
  tick([0, false], [0, false]);
  for (const side of SIDES) offer(side, 0);
  for (let i = 0; i < 50; i++) {
    tick([0, false], [0, false]);
    for (const worker of FakeWorker.living) {
      const messages = worker.messages.splice(0).filter((o) => o.type === "measure");
      if (messages.some((o) => o.from === 0)) worker.reply({ type: "panic", message: "always" });
      else
        for (const o of messages)
          worker.reply({ type: "measured", id: o.id, from: o.from, values: new Float32Array(o.to - o.from), milliseconds: 1 });
    }
  }
  assert.equal(calls.filter((t) => t === "failed").length, 1);
  assert.equal(FakeWorker.living.length, 0);
  assert.ok(FakeWorker.all.length < 10, `${FakeWorker.all.length} workers`);

  calls.splice(0);
  surveys.restart({ a: "batch=3", b: "batch=4" }, { plane: "random", stats: "batch", line: false });
  tick([0, false], [0, false]);
  for (const side of SIDES) offer(side, 0);
  tick([0, false], [0, false]);
  measure();
  assert.ok(calls.includes("done a 0 51"));
});

test("workers that always crash are not replaced without end", () => {
  const { tick, calls } = begin();
  for (let i = 0; i < 50; i++) {
    tick([0, false], [0, false]);
    for (const worker of FakeWorker.living) worker.fail();
  }
  assert.deepEqual(
    calls.filter((t) => t === "failed"),
    ["failed"],
  );
  assert.ok(FakeWorker.all.length < 10, `${FakeWorker.all.length} workers`);
});

test("frozen landscapes stay at their step and are refined there while training goes on", () => {
  const lab = begin();
  const { surveys, tick, offer, calls } = lab;
  tick([7, true], [7, true]);
  for (const side of SIDES) offer(side, 7);
  // The coarsest grid alone, a portion at a time.
  while (!calls.includes("done a 7 5") || !calls.includes("done b 7 5")) {
    tick([8, true], [8, true]);
    measureOne("a");
    measureOne("b");
  }
  surveys.follow(false);
  calls.splice(0);
  for (let step = 20; step < 2000; step += 20) {
    tick([step, true], [step, true]);
    measure();
  }
  assert.deepEqual(
    calls.filter((t) => t.startsWith("want")),
    [],
  );
  for (const side of SIDES) assert.deepEqual(calls.filter((t) => t.startsWith(`done ${side}`)).at(-1), `done ${side} 7 51`);
  assert.equal(surveys.held("a")?.step, 7);
  surveys.follow(true);
  calls.splice(0);
  tick([3000, true], [3000, true]);
  assert.deepEqual(calls, ["want a", "want b"]);
});

test("what nobody has seen yet is measured once though frozen", () => {
  const lab = begin();
  lab.surveys.follow(false);
  finish(lab, 3);
  assert.ok(lab.calls.includes("done a 3 51"));
  lab.calls.splice(0);
  lab.tick([9, false], [9, false]);
  measure();
  assert.deepEqual(lab.calls, []);
});

test("a landscape that is stopped stays as it is until the runs move on", () => {
  const { surveys, tick, offer, calls } = begin();
  tick([7, false], [7, false]);
  for (const side of SIDES) offer(side, 7);
  tick([7, false], [7, false]);
  while (!calls.includes("done b 7 11")) for (const side of SIDES) measureOne(side);
  surveys.stop();
  calls.splice(0);
  for (let i = 0; i < 5; i++) tick([7, false], [7, false]);
  measure();
  assert.deepEqual(calls, []);
  tick([8, false], [8, false]);
  assert.deepEqual(calls, ["want a", "want b"]);
});

test("after a run was moved both are measured anew, at the same step", () => {
  const lab = begin();
  finish(lab, 7);
  lab.calls.splice(0);
  lab.surveys.invalidate();
  finish(lab, 7);
  assert.deepEqual(lab.calls.slice(0, 2), ["want a", "want b"]);
  for (const side of SIDES) assert.ok(lab.calls.includes(`done ${side} 7 51`));
});

test("a network at a point is found by a worker, and its weights reach who waits", async () => {
  const lab = begin();
  finish(lab, 7);
  const held = lab.surveys.held("a");
  const found = lab.surveys.locate("a", held.through, [0.5, -0.5]);
  const worker = FakeWorker.living.find((w) => w.messages.some((o) => o.type === "locate"));
  const message = worker.messages.find((o) => o.type === "locate");
  assert.deepEqual([message.text, ...message.place], ["batch=1", 0.5, -0.5]);
  worker.reply({ type: "located", id: message.id, values: new Float32Array([3]) });
  assert.deepEqual([...(await found)], [3]);
  const lost = lab.surveys.locate("a", held.through, [0, 0]);
  lab.surveys.rest();
  await assert.rejects(lost, /gone/);
});

test("how far a long measurement has come is shown, of a short one nothing", () => {
  const lab = begin();
  const { surveys, tick, offer } = lab;
  assert.equal(surveys.progress, undefined);
  tick([7, false], [7, false]);
  for (const side of SIDES) offer(side, 7);
  for (let i = 0; i < 40 && !surveys.progress; i++) {
    tick([7, false], [7, false]);
    for (const worker of FakeWorker.living) {
      const message = worker.messages.splice(0).find((o) => o.type === "measure");
      if (message)
        worker.reply({
          type: "measured",
          id: message.id,
          from: message.from,
          values: new Float32Array(message.to - message.from),
          milliseconds: 10 * (message.to - message.from),
        });
    }
  }
  const { share, left, points } = surveys.progress;
  assert.ok(share >= 0 && share <= 1 && left > 0 && [11, 21, 51].includes(points));
});
