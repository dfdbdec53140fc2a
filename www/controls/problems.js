/** The engine's problems in sentences. */

/** @import { Problem, Way } from "../types.js" */

/** @param {Way} way */
const allowed = (way) => `allowed: ${way.allowed}.`;

/** What can be changed: the field at fault, or others. @param {Problem} problem @returns {Way[]} */
export const ways = (problem) => [problem, ...problem.or];

/** Why a value was not taken, and what was taken instead. @param {Problem} problem */
export function refusal(problem) {
  const instead = problem.fix ? ` Set to ${problem.fix}.` : "";
  return `“${problem.value}” is not possible; ${allowed(problem)}${instead}`;
}

/** Why a run cannot be trained. @param {Problem} problem @param {(name: string) => string} label A field's. */
export function obstacle(problem, label) {
  const reason = problem.reason.charAt(0).toUpperCase() + problem.reason.slice(1);
  return `${reason}. ${ways(problem)
    .map((way) => `${label(way.field)} ${allowed(way)}`)
    .join(" ")}`;
}
