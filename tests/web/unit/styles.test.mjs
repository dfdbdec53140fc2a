/** The styles come in one wave: whatever is loaded is preloaded, and nothing lies about. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { NAMES } from "../../../www/styles.js";
import { ROOT } from "../support/server.mjs";

test("every style sheet is loaded, and the page preloads it", () => {
  const page = readFileSync(`${ROOT}index.html`, "utf8");
  const preloaded = [...page.matchAll(/rel="preload" href="www\/styles\/([a-z]+)\.css"/g)].map(([, name]) => name);
  assert.deepEqual(preloaded, NAMES);
  assert.deepEqual(readdirSync(`${ROOT}www/styles`).sort(), NAMES.map((name) => `${name}.css`).sort());
});
