/** Memory stays flat, however long a run and however often it starts over. */

import assert from "node:assert/strict";
import test from "node:test";
import { memory, wasm } from "../support/engine.mjs";

const SMALL = "data=xor&width=8&depth=2&norm=batch&batch=16";

test("100 000 steps, with frames taken all along", () => {
  const trainer = new wasm.Trainer(SMALL);
  const sizes = [];
  for (let step = 1; step <= 100_000; step++) {
    trainer.step();
    if (step % 500 === 0) trainer.frame(5, true);
    if (step % 10_000 === 0) sizes.push(memory.buffer.byteLength);
  }
  trainer.free();
  assert.deepEqual(new Set(sizes.slice(1)).size, 1, `bytes of memory: ${sizes}`);
});

test("200 runs one after the other", () => {
  const sizes = [];
  for (let i = 0; i < 200; i++) {
    const trainer = new wasm.Trainer(`batch=64&seed=${i}`);
    for (let step = 0; step < 3; step++) trainer.step();
    trainer.frame(5, true);
    trainer.free();
    if (i % 20 === 19) sizes.push(memory.buffer.byteLength);
  }
  assert.deepEqual(new Set(sizes).size, 1, `bytes of memory: ${sizes}`);
});
