/** The ticks of sliders. */

import assert from "node:assert/strict";
import test from "node:test";
import { nearest, ticks, text } from "../../../www/controls/ticks.js";
import { wasm } from "../support/engine.mjs";

/** @type {import("../../../www/types.d.ts").Tables} */
const tables = wasm.tables();

test("every tick of every slider is a value that the field takes", () => {
  for (const field of tables.fields.filter((f) => f.kind === "whole" || f.kind === "real")) {
    if (field.name === "seed") continue;
    const all = ticks(field);
    assert.ok(all.length > 1 && all.length <= 256, `${field.name}: ${all.length} ticks`);
    assert.deepEqual([all[0], all.at(-1)], [field.min, field.max], field.name);
    assert.ok(
      all.every((v, i) => i === 0 || v > all[i - 1]),
      `${field.name} rises`,
    );
    for (const tick of all) {
      // Batches of one sample fit into however few there are.
      assert.doesNotThrow(() => new wasm.Surveyor(`norm=none&batch=1&${field.name}=${text(tick)}`).free(), `${field.name}=${text(tick)}`);
    }
  }
});

test("a value between ticks lies at the nearest", () => {
  const batch = ticks(/** @type {any} */ (tables.fields.find((f) => f.name === "batch")));
  assert.equal(batch[nearest(batch, 33)], 32);
  assert.equal(batch[nearest(batch, 500)], 512);
});
