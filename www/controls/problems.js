// @ts-check
/** The engine's problems in sentences. */

/** @typedef {import("../types.js").Problem} Problem */

/** @param {Problem} problem */
const allowed = (problem) => `allowed: ${problem.allowed}.`;

/** Why a value was not taken, and what was taken instead. @param {Problem} problem */
export function refusal(problem) {
  const instead = problem.fix ? ` Set to ${problem.fix}.` : "";
  return `“${problem.value}” is not possible; ${allowed(problem)}${instead}`;
}

/** Why a run cannot be trained. @param {Problem} problem @param {string} label The field's. */
export function obstacle(problem, label) {
  const reason = problem.reason.charAt(0).toUpperCase() + problem.reason.slice(1);
  return `${reason}. ${label} ${allowed(problem)}`;
}
