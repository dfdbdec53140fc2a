/** The page's modules: no circle of imports, and no file too long to be read in one go. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../support/server.mjs";

/** Most lines of a source file. */
const LINES = 400;

/** The files below a folder, without what is built or installed. @param {string} folder @returns {string[]} */
function below(folder) {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter(({ name }) => !["pkg", "node_modules"].includes(name));
  return entries.flatMap((entry) => (entry.isDirectory() ? below(join(folder, entry.name)) : join(folder, entry.name)));
}

const sources = ["www", "tests/web", "benches/web"].flatMap(below).filter((file) => /\.(js|mjs|ts|css|html)$/.test(file));
const read = (/** @type {string} */ file) => readFileSync(join(ROOT, file), "utf8");

test("no source file is too long", () => {
  assert.ok(sources.length > 50);
  const long = sources.filter((file) => read(file).split("\n").length - 1 > LINES);
  assert.deepEqual(long, []);
});

/** What a module imports before it runs. Imports in comments are types, which make no circle. @param {string} file */
function imports(file) {
  const code = read(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const found = [...code.matchAll(/^(?:import|export)\s(?:[^"';]*\sfrom\s)?\s*"(\.[^"]+)"/gm)];
  return found.map(([, name]) => join(dirname(file), name)).filter((name) => sources.includes(name));
}

/**
 * The first circle that can be walked from a module.
 *
 * @param {string} file
 * @param {(file: string) => string[]} next
 * @param {string[]} way
 * @param {Set<string>} clear Modules from which no circle can be reached.
 * @returns {string[] | undefined}
 */
function circle(file, next, way, clear) {
  if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
  if (clear.has(file)) return undefined;
  for (const other of next(file)) {
    const found = circle(other, next, [...way, file], clear);
    if (found) return found;
  }
  clear.add(file);
  return undefined;
}

test("a circle is found where there is one", () => {
  const graph = /** @type {Record<string, string[]>} */ ({ a: ["b"], b: ["c", "d"], c: [], d: ["b"] });
  assert.deepEqual(
    circle("a", (file) => graph[file], [], new Set()),
    ["b", "d", "b"],
  );
});

test("no modules of the page import each other in a circle", () => {
  const modules = sources.filter((file) => file.startsWith("www/") && file.endsWith(".js"));
  assert.ok(imports("www/lab.js").includes("www/store.js") && imports("www/norm-lab.js").includes("www/lab.js"));
  const clear = /** @type {Set<string>} */ (new Set());
  for (const file of modules) assert.equal(circle(file, imports, [], clear), undefined);
});
