/** Numbers and rows of the tables. */

/** A rate. @param {number} n */
export const count = (n) => (n < 10 ? n.toFixed(1) : Math.round(n).toLocaleString("en-US"));

/** A ratio. @param {number} ratio */
export const times = (ratio) => `${ratio.toFixed(ratio < 100 ? 1 : 0)}×`;

/** A share. @param {number} share */
export const percent = (share) => `${(share * 100).toFixed(0)} %`;

/** The head of a table, from its columns' names; those of numbers end with a colon. @param {string[]} names */
export function head(...names) {
  row(...names.map((name) => name.replace(/:$/, "")));
  console.log(`|${names.map((name) => (name.endsWith(":") ? "---:" : "---")).join("|")}|`);
}

/** @param {(string | number)[]} cells */
export const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);
