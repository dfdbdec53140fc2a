/** What the page unpacks is what was packed. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ROOT } from "../support/server.mjs";
import { unpack } from "../../../www/unpack.js";

for (const module of ["www/pkg/normlab_bg.wasm", "www/pkg/full/normlab_bg.wasm"]) {
  const packed = new Uint8Array(readFileSync(`${ROOT}${module}.lzma`));

  test(`${module} comes out as it went in`, () => {
    assert.ok(Buffer.from(unpack(packed)).equals(readFileSync(`${ROOT}${module}`)));
  });

  test(`${module} cut short or damaged is never taken for the whole`, () => {
    assert.throws(() => unpack(packed.slice(0, packed.length / 2)), /ends early/);
    const damaged = packed.slice();
    damaged.fill(0x55, 2000, 2100);
    let out;
    try {
      out = unpack(damaged);
    } catch (error) {
      assert.ok(error instanceof RangeError);
      return;
    }
    assert.ok(!Buffer.from(out).equals(readFileSync(`${ROOT}${module}`)));
  });
}
