/** The headless runner. `NORMLAB_RUNNER` names another build of it, with what has to stand in front (`qemu-aarch64 …`). */

import { execFileSync } from "node:child_process";
import { ROOT } from "./server.mjs";

const AT_MOST = { cwd: ROOT, maxBuffer: 1 << 28 };

/** JSON lines, parsed. @param {Buffer} output */
const parsed = (output) =>
  output
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Builds the runner, and says how it is called. @returns {string[]} */
function build() {
  if (process.env.NORMLAB_RUNNER) return process.env.NORMLAB_RUNNER.split(" ");
  const built = parsed(execFileSync("cargo", ["build", "--quiet", "--bin", "normlab", "--message-format=json"], AT_MOST));
  return built.map((line) => line.executable).filter(Boolean);
}

/** @type {string[]} */
let command = [];

/** What the runner prints: JSON lines, parsed. @param {string[]} words */
export function normlab(words) {
  if (!command.length) command = build();
  const [program, ...first] = command;
  return parsed(execFileSync(program, [...first, ...words], AT_MOST));
}

/** The summary of a run of so many steps. @param {string} text The configuration, `key=value&…`. @param {number} steps @param {string[]} [more] */
export function trained(text, steps, more = []) {
  const sets = text.split("&").flatMap((setting) => ["--set", setting]);
  return normlab(["run", "--quiet", "--steps", String(steps), ...sets, ...more])[0].summary;
}
