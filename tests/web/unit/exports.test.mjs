/** What the page exports is what the runner exports, and what comes back in is checked. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { full } from "../support/engine.mjs";
import { normlab } from "../support/native.mjs";

const RUNS = [
  "norm=batch&depth=2&width=16",
  "model=cnn&depth=2&width=8&norm=group&groups=4&batch=16",
  "model=rnn&depth=1&length=16&activation=tanh&norm=layer&optimizer=adam&lr=0.003",
  "data=recall&length=8&model=transformer&depth=1&width=16&norm=rms&tune_at=20&shift_scale=0.5",
];
const STEPS = 30;

/** What the headless runner writes. @param {string} text */
function runner(text) {
  const folder = mkdtempSync(join(tmpdir(), "normlab-exports-"));
  try {
    const sets = text.split("&").flatMap((setting) => ["--set", setting]);
    const out = join(folder, "run.py");
    normlab(["export-pytorch", ...sets, "--steps", String(STEPS), "--out", out]);
    return { script: readFileSync(out, "utf8"), tensors: readFileSync(join(folder, "run.safetensors")) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A safetensors file's tensors: name, type, shape and bytes. @param {Uint8Array} file */
function tensors(file) {
  const bytes = Buffer.from(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
  const entries = Object.entries(header).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    entries.map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { dtype, shape, bytes: bytes.subarray(8 + length + from, 8 + length + to) }],
    ),
  );
}

/** @param {string} text @param {Uint8Array} [start] @param {number} [steps] */
function exporter(text, start, steps = STEPS) {
  const run = new full.Exporter(text, start);
  run.advance(steps);
  return run;
}

for (const text of RUNS) {
  test(`the runner writes the same script, in the same bytes: ${text}`, { timeout: 600_000 }, () => {
    const want = runner(text);
    const { script, tensors: file } = exporter(text).pytorch("run.safetensors");
    assert.equal(script, want.script);
    const [ours, theirs] = [tensors(file), tensors(want.tensors)];
    assert.deepEqual([...ours], [...theirs]);
  });
}

/** The fingerprint after some steps, from these weights or drawn ones. @param {string} text @param {Uint8Array} [start] */
function fingerprint(text, start) {
  const trainer = start ? full.Trainer.start_from(text, start) : new full.Trainer(text);
  for (let i = 0; i < STEPS; i++) trainer.step();
  return trainer.fingerprint();
}

test("weights come back bit for bit", () => {
  for (const text of RUNS) {
    const drawn = exporter(text, undefined, 0).weights();
    assert.equal(fingerprint(text, drawn), fingerprint(text));
    const trained = exporter(text).weights();
    assert.notEqual(fingerprint(text, trained), fingerprint(text));
    assert.deepEqual(exporter(text, trained, 0).weights(), trained);
    assert.equal(exporter(text, trained).history(), exporter(text, trained).history());
    assert.notEqual(exporter(text, trained).history(), exporter(text).history());
    // What a script of a run from loaded weights starts from is just that.
    const initial = tensors(exporter(text, trained).pytorch("run.safetensors").tensors);
    for (const [name, { bytes }] of tensors(trained)) assert.ok(initial.get(`initial.${name}`)?.bytes.equals(bytes), name);
  }
});

test("a file that does not fit is refused in words, whatever it holds", () => {
  const weights = exporter(RUNS[0], undefined, 0).weights();
  const { misfit, note } = full.fit(RUNS[0], weights);
  assert.deepEqual([misfit, note], [undefined, undefined]);
  const other = "norm=layer&depth=2&width=32";
  const said =
    "it is of another network: that has width 16, normalization layers with running statistics; this one has width 32, normalization layers without running statistics";
  assert.equal(full.fit(other, weights).misfit, said);
  assert.throws(
    () => full.Trainer.start_from(other, weights),
    (error) => Array.isArray(error) && error.join() === said,
  );
  assert.throws(() => new full.Exporter(other, weights), Array.isArray);
  const huge = new Uint8Array(64);
  new DataView(huge.buffer).setBigUint64(0, 2n ** 60n, true);
  for (const bytes of [new Uint8Array(0), huge, weights.slice(0, -1), new TextEncoder().encode("PK, not tensors at all")]) {
    assert.match(String(full.fit(RUNS[0], bytes).misfit), /^not a whole safetensors file/);
  }
  assert.equal(full.fit("norm=instance", weights).misfit, "with these settings there is no network");
});

test("what PyTorch cannot say is refused with its reason", () => {
  const run = exporter("data=recall&model=transformer&depth=1&width=16&norm=batch&over_time=step", undefined, 1);
  assert.throws(
    () => run.pytorch("run.safetensors"),
    ([problem]) => /no module of PyTorch/.test(problem.reason),
  );
  assert.equal(run.history().split("\n").length, 3);
});
