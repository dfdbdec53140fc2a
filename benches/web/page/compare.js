/** Several works in turn, many short turns each: whatever slows the machine down for a while meets them all. */

/** Milliseconds of one turn. */
const TURN = 40;

/** @typedef {(times: number) => void} Work */

/** @param {number[]} values */
export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/**
 * @param {Work[]} works
 * @param {number} rounds
 * @returns Repetitions per second of each, and of the first divided by each; medians over the rounds.
 */
export function compare(works, rounds) {
  const times = works.map((work) => {
    // Warmed up, and the number of repetitions found, by doubling.
    for (let n = 1; ; n *= 2) {
      const start = performance.now();
      work(n);
      const spent = performance.now() - start;
      if (spent > TURN) return Math.max(1, Math.round((n * TURN) / spent));
    }
  });
  const rates = works.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < rounds; round++) {
    works.forEach((work, i) => {
      const start = performance.now();
      work(times[i]);
      rates[i].push((times[i] * 1000) / (performance.now() - start));
    });
  }
  return { rates: rates.map(median), ratios: rates.map((own) => median(own.map((rate, i) => rates[0][i] / rate))) };
}

/** A work of one repetition. @param {() => void} once @returns {Work} */
export const repeat = (once) => (times) => {
  for (let i = 0; i < times; i++) once();
};
