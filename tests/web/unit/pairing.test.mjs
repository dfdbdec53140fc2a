/** The landscapes of two runs are shown together: of one step, on one grid. */

import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { begin, finish, measure, measureOne, prepare, SIDES } from "../support/surveys.mjs";
import { FakeWorker } from "../support/workers.mjs";

beforeEach(prepare);

test("two landscapes are shown together, of one step and on one grid", () => {
  const { tick, offer, calls } = begin();
  let step = 20;
  for (let round = 0; round < 30; round++) {
    tick([step, true], [step, true]);
    const wants = calls.filter((t) => t.startsWith("want"));
    if (wants.length > 0) for (const side of SIDES) offer(side, step);
    calls.splice(0, Infinity, ...calls.filter((t) => !t.startsWith("want")));
    // A is far ahead: all that is asked of it is answered, and of B a portion at a time.
    while (measureOne("a"));
    if (round % 3 === 0) measureOne("b");
    step += 5;
    for (let i = 0; i + 1 < calls.length; i += 2) assert.equal(calls[i].replace("done a", ""), calls[i + 1].replace("done b", ""));
    assert.equal(calls.length % 2, 0, `one without the other: ${calls.at(-1)}`);
  }
  assert.ok(calls.length >= 4, `${calls}`);
});

test("a coarse pair takes the place of a finer one only if nothing finer is to come", () => {
  const { tick, offer, calls } = begin();
  const at = (/** @type {number} */ step, /** @type {boolean} */ moving) => tick([step, moving], [step, moving]);
  const points = (/** @type {number} */ step) =>
    calls.filter((t) => t.startsWith(`done a ${step} `)).map((t) => Number(t.split(" ").at(-1)));
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
  const { surveys, tick, offer, calls } = begin();
  tick([7, false], [7, false]);
  for (const side of SIDES) offer(side, 7);
  tick([7, false], [7, false]);
  while (measureOne("a"));
  assert.deepEqual(
    calls.filter((t) => t.startsWith("done")),
    [],
  );
  surveys.allow("b", false);
  for (let i = 0; i < 50; i++) {
    tick([7, false], [7, false]);
    measure();
  }
  assert.ok(calls.includes("done a 7 51"));
  assert.equal(
    calls.some((t) => t.startsWith("done b")),
    false,
  );
});

test("a run without such a plane says why, and the other is shown without it", () => {
  const { tick, offer, calls } = begin();
  tick([7, false], [7, false]);
  for (const side of SIDES) offer(side, 7);
  tick([7, false], [7, false]);
  for (let i = 0; i < 50; i++) {
    for (const worker of FakeWorker.living) {
      for (const message of worker.messages.splice(0).filter((o) => o.type === "measure")) {
        if (message.side === "a") worker.reply({ type: "unavailable", id: message.id, why: "the path does not move" });
        else
          worker.reply({
            type: "measured",
            id: message.id,
            from: message.from,
            values: new Float32Array(message.to - message.from),
            milliseconds: 1,
          });
      }
    }
    tick([7, false], [7, false]);
  }
  assert.deepEqual(
    calls.filter((t) => t.startsWith("unavailable")),
    ["unavailable a 7 the path does not move"],
  );
  assert.ok(calls.includes("done b 7 51"));
  assert.equal(calls.filter((t) => t.startsWith("want")).length, 2, "it is not asked for again");
});

test("both panels of a line measure from A's weights to B's", () => {
  const { surveys, tick } = begin();
  surveys.restart({ a: "batch=1", b: "batch=2" }, { plane: "line", stats: "batch", line: false });
  tick([7, false], [7, false]);
  surveys.offer("a", { step: 7, values: new Float32Array([1]) });
  const messages = () => FakeWorker.living.flatMap((worker) => worker.messages).filter((o) => o.type === "measure");
  tick([7, false], [7, false]);
  assert.deepEqual(messages(), [], "one end alone is no line");
  surveys.offer("b", { step: 7, values: new Float32Array([2]) });
  tick([7, false], [7, false]);
  const [first, second] = messages();
  assert.notEqual(first.side, second.side);
  for (const { through } of [first, second]) assert.deepEqual([...through.weights, ...through.more], [1, 2]);
});

test("a line whose other end is gone says so, and so does a run that cannot be trained", () => {
  const { surveys, calls, tick, offer } = begin();
  surveys.restart({ a: "batch=1", b: "batch=2" }, { plane: "line", stats: "batch", line: false });
  tick([7, true], [7, true]);
  assert.deepEqual(calls.splice(0), ["want a", "want b"]);
  surveys.forget("a");
  surveys.allow("a", false);
  offer("b", 7);
  for (const step of [8, 9]) tick([7, false, true], [step, true]);
  measure();
  assert.deepEqual(calls.splice(0), [
    "unavailable a 7 run A cannot be trained",
    "unavailable b 8 run A cannot be trained: the line has no other end",
  ]);
  // On another plane run B has a landscape of its own.
  surveys.restart({ a: "batch=1", b: "batch=2" }, { plane: "random", stats: "batch", line: false });
  tick([7, false, true], [9, false]);
  offer("b", 9);
  tick([7, false, true], [9, false]);
  measure();
  assert.ok(calls.includes("done b 9 51"));
  assert.deepEqual(
    calls.filter((t) => t.startsWith("unavailable")),
    ["unavailable a 7 run A cannot be trained"],
  );
});

test("what is on show of a run stays when it is given up", () => {
  const lab = begin();
  finish(lab, 7);
  lab.surveys.allow("a", false);
  lab.calls.splice(0);
  lab.tick([7, false, true], [7, false]);
  assert.deepEqual(lab.calls, []);
});
