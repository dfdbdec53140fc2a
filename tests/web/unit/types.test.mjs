/** What the module gives has the shapes that `www/rust.d.ts` declares. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { full, wasm } from "../support/engine.mjs";
import { ROOT } from "../support/server.mjs";

const declared = readFileSync(`${ROOT}www/rust.d.ts`, "utf8").replace(/\/\*\*[\s\S]*?\*\//g, "");

/** The names of an interface's properties: those that must be there, and all. @param {string} name */
function properties(name) {
  const [, body] = declared.match(new RegExp(`interface ${name} \\{\\n([\\s\\S]*?)\\n\\}`)) ?? [];
  assert.ok(body, `there is no ${name}`);
  const found = [...body.matchAll(/^ {2}(\w+)(\??):/gm)];
  return { required: found.filter(([, , mark]) => !mark).map(([, property]) => property), all: found.map(([, property]) => property) };
}

/** @param {string} name @param {any[]} values */
function check(name, values) {
  const { required, all } = properties(name);
  assert.ok(values.length > 0, `no ${name}`);
  for (const value of values) {
    const given = Object.keys(value).filter((key) => value[key] !== undefined);
    assert.deepEqual(
      given.filter((key) => !all.includes(key)),
      [],
      `${name} gives what is not declared`,
    );
    assert.deepEqual(
      required.filter((key) => !given.includes(key)),
      [],
      `${name} does not give what is declared`,
    );
  }
}

for (const [edition, { tables, Trainer }] of Object.entries({ first: wasm, full })) {
  test(`tables and problems of the ${edition} edition`, () => {
    const given = tables();
    check("Tables", [given]);
    const fields = [...given.fields, ...given.view, ...given.plan];
    check("Field", fields);
    check(
      "Choice",
      fields.flatMap((field) => field.choices),
    );
    check("Measure", given.measures);
    /** @type {any[]} */
    let problems = [];
    try {
      new Trainer("batch=1&norm=batch");
    } catch (thrown) {
      problems = /** @type {any[]} */ (thrown);
    }
    check("Problem", problems);
    const ways = problems.flatMap((problem) => problem.or);
    if (edition === "full") check("Way", ways);
  });
}

test("experiments and ready-made sweeps", () => {
  check("Preset", full.presets());
  check("Choice", full.sweep_presets());
});

test("each choice of a speed says its steps per second, or that there is no limit", () => {
  const speeds = wasm.tables().view.find((/** @type {any} */ field) => field.name === "speed").choices;
  const paces = speeds.map((/** @type {any} */ { name, label }) => `${name} ${Number.parseFloat(label)}`);
  assert.deepEqual(paces, ["slow 2", "steady 20", "quick 100", "full NaN"]);
});
