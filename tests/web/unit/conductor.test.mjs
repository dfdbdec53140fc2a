/** Two runs are kept in step, come to rest together, and are given up when they keep crashing. */

import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import { Conductor } from "../../../www/runs/conductor.js";
import { FakeWorker, install } from "../support/workers.mjs";

beforeEach(() => {
  install();
  mock.method(console, "warn", () => {});
});

/** A conductor whose frames pass at will. */
function begin({ play = true, pace = Infinity, stop = 1000 } = {}) {
  /** @type {string[]} */
  const calls = [];
  const conductor = new Conductor(/** @type {any} */ ({ bytes: new ArrayBuffer(0) }), {
    frame: () => {},
    weights: (side) => calls.push(`weights ${side}`),
    refused: () => {},
    moved: (side) => calls.push(`moved ${side}`),
    crashed: (side, fate) => calls.push(`crashed ${side} ${fate}`),
    range: () => 6,
    rested: () => calls.push("rested"),
  });
  conductor.pace = pace;
  conductor.stop = stop;
  conductor.restart({ a: "batch=1", b: "batch=2" }, play);
  let now = 0;
  const tick = (times = 2) => {
    for (let i = 0; i < times; i++) {
      now += 16;
      conductor.tick(now, 0.016);
    }
  };
  return { conductor, calls, tick };
}

/** The worker of a run, and its last message to train. @param {"a" | "b"} side */
function worker(side) {
  const text = side === "a" ? "batch=1" : "batch=2";
  const found = FakeWorker.living.find((w) => w.messages.some((o) => o.type === "start" && o.text === text));
  assert.ok(found, `run ${side} has a worker`);
  return { found, go: found.messages.findLast((o) => o.type === "go") };
}

/** Answers a run's last message as if it had been trained up to its limit. @param {"a" | "b"} side */
function answer(side, { diverged = false } = {}) {
  const { found, go } = worker(side);
  found.reply({
    type: "frame",
    generation: go.generation,
    step: go.limit,
    diverged,
    bytes: new Uint8Array(),
    weights: go.weights === undefined ? undefined : { step: go.weights, values: new Float32Array(1) },
  });
}

/** Lets everything that is asked for happen. @param {ReturnType<typeof begin>} lab */
function settle({ conductor, tick }) {
  for (let i = 0; i < 40; i++) {
    tick();
    for (const side of /** @type {const} */ (["a", "b"])) if (conductor.runs[side].busy) answer(side);
  }
}

test("runs that were granted different limits rest at the same step, paused or stepped", () => {
  for (const action of /** @type {const} */ (["pause", "advance"])) {
    const lab = begin();
    const { conductor, tick } = lab;
    tick();
    // A comes back and is sent on; B is still at its first message.
    answer("a");
    conductor.runs.b.step = 4;
    tick();
    const ahead = conductor.runs.a.limit;
    assert.ok(ahead > conductor.runs.b.limit, `A may go to ${ahead}, B to ${conductor.runs.b.limit}`);
    conductor[action](1);
    settle(lab);
    assert.equal(conductor.runs.a.step, conductor.runs.b.step, action);
    assert.equal(conductor.step, action === "pause" ? ahead : ahead + 1, action);
    conductor.dispose();
  }
});

test("no message ever asks for less than the one before, even if the runs should now stop earlier", () => {
  const lab = begin();
  const { conductor, tick } = lab;
  tick();
  answer("a");
  conductor.runs.b.step = 4;
  tick();
  const ahead = conductor.runs.a.limit;
  conductor.stop = 5;
  settle(lab);
  assert.deepEqual([conductor.runs.a.step, conductor.runs.b.step], [ahead, ahead]);
  assert.equal(conductor.playing, false);
});

test("a diverged run does not hold up the other, nor draw it on", () => {
  const lab = begin();
  const { conductor, tick } = lab;
  tick();
  answer("a", { diverged: true });
  answer("b");
  const reached = conductor.runs.b.step;
  conductor.pause();
  settle(lab);
  assert.equal(conductor.step, reached);
});

test("a run that has ended is inspected again when the axis changes while the other goes on", () => {
  const { conductor, tick } = begin();
  tick();
  answer("a", { diverged: true });
  answer("b");
  tick();
  answer("a", { diverged: true });
  tick(4);
  assert.deepEqual([conductor.runs.a.busy, conductor.playing], [false, true]);
  conductor.hooks.range = () => 8;
  tick();
  assert.deepEqual([conductor.runs.a.busy, worker("a").go.range], [true, 8]);
  conductor.dispose();
});

test("to start over is to play or to rest, as told", () => {
  const { conductor } = begin();
  assert.equal(conductor.playing, true);
  conductor.restart({ a: "batch=1", b: "batch=2" }, false);
  assert.equal(conductor.playing, false);
  conductor.restart({ a: "batch=1", b: "batch=2" }, true);
  assert.equal(conductor.playing, true);
});

test("weights that are asked for together are of one step, which both runs reach", () => {
  const lab = begin();
  const { conductor, tick } = lab;
  tick();
  answer("a");
  conductor.runs.b.step = 4;
  tick();
  const limits = [conductor.runs.a.limit, conductor.runs.b.limit];
  assert.notEqual(limits[0], limits[1], "one has been granted more");
  for (const side of /** @type {const} */ (["a", "b"])) conductor.want(side);
  const asked = new Map();
  for (let i = 0; i < 10; i++) {
    tick();
    for (const side of /** @type {const} */ (["a", "b"])) {
      const { go } = worker(side);
      if (go?.weights !== undefined) asked.set(side, go);
      if (conductor.runs[side].busy) answer(side);
    }
  }
  assert.equal(asked.get("a").weights, asked.get("b").weights);
  for (const go of asked.values()) assert.ok(go.weights >= Math.max(...limits) && go.limit >= go.weights, `${go.weights} of ${go.limit}`);
});

test("a worker that always crashes is tried three times, then left alone until the next start", () => {
  const { conductor, calls, tick } = begin();
  const started = FakeWorker.all.length;
  assert.equal(started, 2);
  for (let i = 0; i < 10; i++) FakeWorker.living.find((w) => w.messages.some((o) => o.text === "batch=1"))?.fail();
  assert.equal(FakeWorker.all.length, started + 2);
  assert.deepEqual(calls, ["crashed a repeated", "crashed a repeated", "crashed a crashing"]);
  conductor.want("a");
  tick(10);
  assert.deepEqual([conductor.runs.a.busy, conductor.runs.a.ended, conductor.runs.b.busy], [false, true, true]);
  answer("b");

  conductor.restart({ a: "batch=1", b: "batch=2" }, true);
  assert.equal(FakeWorker.living.length, 2, "the next start tries once more, in one worker each");
  tick();
  answer("a");
  answer("b");
  assert.ok(conductor.step > 0);
});

test("a run that is put elsewhere shows itself there, and catches up if it had ended", () => {
  const lab = begin({ stop: 100 });
  const { conductor, calls, tick } = lab;
  for (let i = 0; i < 60 && !(conductor.runs.a.ended && conductor.runs.b.step === 100); i++) {
    tick();
    if (conductor.runs.a.busy) answer("a", { diverged: true });
    if (conductor.runs.b.busy) answer("b");
  }
  tick();
  const { step } = conductor.runs.a;
  assert.ok(conductor.runs.a.ended && step < 100 && conductor.runs.b.step === 100);
  const values = new Float32Array([1, 2]);
  conductor.move("a", values);
  const { found } = worker("a");
  const message = found.messages.at(-1);
  assert.deepEqual([message.type, [...message.values]], ["move", [1, 2]]);
  // The step that diverged is taken back.
  found.reply({ type: "moved", generation: message.generation, move: { step: step - 1, values } });
  assert.ok(calls.includes("moved a"));
  assert.deepEqual([conductor.runs.a.ended, conductor.step], [false, step - 1]);
  settle(lab);
  assert.equal(conductor.step, 100);
});

test("a crashed run that was moved is started with its moves, another one without", () => {
  const lab = begin({ stop: 100 });
  const { conductor } = lab;
  settle(lab);
  const start = () => worker("a").found.messages.findLast((o) => o.type === "start");
  assert.deepEqual(start().moves, []);
  conductor.move("a", new Float32Array([7]));
  const { found } = worker("a");
  found.reply({ type: "moved", generation: start().generation, move: { step: 100, values: new Float32Array([7]) } });
  found.reply({ type: "panic", message: "once" });
  assert.deepEqual(
    start().moves.map((m) => [m.step, ...m.values]),
    [[100, 7]],
  );
  conductor.restart({ a: "batch=1", b: "batch=2" }, false);
  assert.deepEqual(start().moves, []);
});
