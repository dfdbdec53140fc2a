/** What every worker shares: starting, loading again, ending. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { EngineWorker } from "../../../www/workers/engine_worker.js";
import { FakeWorker, install } from "../support/workers.mjs";

/** @type {string[]} */
let calls;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  install();
  calls = [];
});

function begin() {
  const engine = /** @type {any} */ ({ bytes: new ArrayBuffer(0), glue: "" });
  return new EngineWorker(new URL("file:///worker.js"), engine, {
    message: (/** @type {any} */ reply) => calls.push(reply.text),
    crashed: (message, unloadable) => calls.push(`${message} ${unloadable}`),
  });
}

/** What was sent to the newest worker, but for the engine. */
const sent = () =>
  FakeWorker.all
    .at(-1)
    ?.messages.slice(1)
    .map((message) => message.text);

test("what is sent before the engine is there waits for it, in message", () => {
  FakeWorker.loadable = false;
  const worker = begin();
  for (const text of ["one", "two"]) worker.send({ text });
  assert.deepEqual(sent(), []);
  FakeWorker.all[0].reply({ type: "ready" });
  worker.send({ text: "three" });
  assert.deepEqual(sent(), ["one", "two", "three"]);
});

test("a worker whose script or engine does not load is started again after a pause, with all that was sent", () => {
  FakeWorker.loadable = false;
  const worker = begin();
  worker.send({ text: "one" });
  FakeWorker.all[0].refuse();
  assert.deepEqual([FakeWorker.living.length, calls], [0, []], "nothing is said: the browser may be leaving the page");
  mock.timers.tick(10_000);
  assert.equal(FakeWorker.all.length, 2);
  FakeWorker.all[1].reply({ type: "unloaded", message: "no engine" });
  FakeWorker.loadable = true;
  mock.timers.tick(10_000);
  assert.deepEqual([FakeWorker.all.length, sent(), calls], [3, ["one"], []]);
});

test("one that still does not load has crashed, and another would fare no better", () => {
  FakeWorker.loadable = false;
  begin();
  for (let i = 0; i < 10; i++) {
    FakeWorker.living[0]?.refuse();
    mock.timers.tick(10_000);
  }
  assert.equal(FakeWorker.all.length, 3);
  assert.deepEqual(calls, ["its script could not be loaded true"]);
});

test("a crash is reported once, though a panic ends in an error too", () => {
  const worker = begin();
  const [real] = FakeWorker.all;
  real.onmessage({ data: { type: "panic", message: "index out of bounds" } });
  real.onerror({ message: "unreachable", preventDefault: () => {} });
  real.onmessage({ data: { type: "reply", text: "late" } });
  worker.send({ text: "in vain" });
  assert.deepEqual([calls, FakeWorker.living.length], [["index out of bounds false"], 0]);
});

test("one that was ended is neither listened to nor started again", () => {
  FakeWorker.loadable = false;
  const worker = begin();
  FakeWorker.all[0].refuse();
  worker.end();
  mock.timers.tick(10_000);
  assert.deepEqual([FakeWorker.all.length, calls], [1, []]);
});
