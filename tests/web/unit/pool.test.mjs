/** A pool of workers: tasks, requests that go first, crashes; and a sweep's cells in one. */

import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import { CellPool } from "../../../www/sweep/pool.js";
import { WorkerPool } from "../../../www/workers/pool.js";
import { FakeWorker, install } from "../support/workers.mjs";

const engine = /** @type {any} */ ({ bytes: new ArrayBuffer(0), glue: "" });

beforeEach(() => {
  install();
  mock.method(console, "warn", () => {});
  Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: 2 }, configurable: true });
});

/** A pool whose tasks are names. @param {string[]} names */
function begin(names) {
  /** @type {string[]} */
  const calls = [];
  /** @type {WorkerPool<{name: string}, {text: string}, {id: number, text: string}>} */
  const pool = new WorkerPool(new URL("file:///worker.js"), engine, {
    next: () => {
      const name = names.shift();
      return name === undefined ? undefined : { task: { name }, message: { text: name } };
    },
    done: ({ name }, { text }) => calls.push(`${name} ${text}`),
    crashed: (task, unloadable) => calls.push(`crash ${task?.name} ${unloadable}`),
  });
  return { pool, calls };
}

/** What a worker was sent last. @param {number} index */
const last = (index) => FakeWorker.living[index].messages.at(-1);

test("each worker has one task at a time, and takes the next when it is done", () => {
  const { pool, calls } = begin(["one", "two", "three"]);
  pool.spawn(2);
  pool.fill();
  pool.fill();
  assert.deepEqual([last(0).text, last(1).text, pool.tasks.length], ["one", "two", 2]);
  FakeWorker.living[1].reply({ id: last(1).id, text: "done" });
  FakeWorker.living[1].reply({ id: last(1).id, text: "again" });
  assert.deepEqual(calls, ["two done"]);
  pool.fill();
  assert.equal(last(1).text, "three");
  FakeWorker.living[0].reply({ id: last(0).id, text: "done" });
  pool.fill();
  pool.shrink();
  assert.equal(pool.size, 1);
});

test("a request goes to a free worker, and before all tasks that are not yet assigned", async () => {
  const { pool } = begin(["one", "two"]);
  pool.spawn(2);
  const answer = pool.request({ text: "urgent" });
  pool.fill();
  assert.deepEqual(
    FakeWorker.living[0].messages.slice(1).map(({ text }) => text),
    ["urgent", "one"],
  );
  const { id } = FakeWorker.living[0].messages[1];
  FakeWorker.living[0].reply({ id, text: "here" });
  assert.equal((await answer).text, "here");
  assert.equal(pool.tasks.length, 2);
});

test("a crash is reported with its task, and requests to that worker are rejected", async () => {
  const { pool, calls } = begin(["one"]);
  pool.spawn(1);
  pool.fill();
  const answer = pool.request({ text: "in vain" });
  FakeWorker.living[0].fail();
  await assert.rejects(answer, /gone/);
  assert.deepEqual([calls, pool.size], [["crash one false"], 0]);
});

test("a cell that keeps crashing is given up, and all others are trained", () => {
  /** @type {string[]} */
  const calls = [];
  const pool = new CellPool(engine, {
    order: (cell) => ({ text: `cell ${cell}`, steps: 1, share: 0 }),
    done: (cell, outcome) => calls.push(`${cell} ${outcome}`),
    lost: (cell) => calls.push(`lost ${cell}`),
    over: () => calls.push("over"),
  });
  pool.start([0, 1, 2]);
  assert.equal(pool.size, 2);
  for (let i = 0; i < 20 && pool.busy; i++) {
    const [worker] = FakeWorker.living;
    const { id, text } = worker.messages.at(-1);
    if (text === "cell 1") worker.fail();
    else worker.reply({ type: "done", id, outcome: "{}" });
  }
  assert.deepEqual(calls.sort(), ["0 {}", "2 {}", "lost 1", "over"]);
  assert.equal(FakeWorker.living.length, 0);
});

test("cells for which no worker can be had are all lost, once", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  FakeWorker.loadable = false;
  /** @type {number[]} */
  const lost = [];
  let over = 0;
  const pool = new CellPool(engine, {
    order: (cell) => ({ text: `cell ${cell}`, steps: 1, share: 0 }),
    done: () => {},
    lost: (cell) => lost.push(cell),
    over: () => {
      over += 1;
    },
  });
  pool.start([0, 1, 2]);
  for (let i = 0; i < 10; i++) {
    FakeWorker.living[0]?.refuse();
    mock.timers.tick(10_000);
  }
  mock.timers.reset();
  assert.deepEqual([lost.sort(), over, pool.busy], [[0, 1, 2], 1, false]);
});
