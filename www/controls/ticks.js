/** The round values at which a slider snaps. */

/** @import { Field } from "../types.js" */

/** Most ticks at which each whole number has its own. */
const MOST = 128;

/** Steps within a decade (or, for whole numbers, within a factor of two). */
const MANTISSAS = [1, 1.5, 2, 3, 5, 7];

/**
 * Every tick of a field's slider, from low to high.
 *
 * @param {Field} field
 * @returns {number[]}
 */
export function ticks(field) {
  if (field.kind === "whole") {
    const each = !field.log && field.max - field.min < MOST;
    return each ? range(field.min, field.max) : doublings(field.min, field.max);
  }
  return field.log ? decades(field.min, field.max) : hundredths(field.min, field.max);
}

/** @param {number} min @param {number} max */
function range(min, max) {
  return Array.from({ length: max - min + 1 }, (_, i) => min + i);
}

/** 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, … @param {number} min @param {number} max */
function doublings(min, max) {
  const ticks = new Set([min, max]);
  for (let power = 1; power <= max; power *= 2) {
    for (const value of [power, power * 1.5]) if (value >= min && value <= max && Number.isInteger(value)) ticks.add(value);
  }
  return [...ticks].sort((a, b) => a - b);
}

/** 1e-5, 1.5e-5, 2e-5, … ; a range from 0 starts with 0 and goes on at 1e-8. @param {number} min @param {number} max */
function decades(min, max) {
  const ticks = min === 0 ? [0] : [];
  const first = Math.floor(Math.log10(min === 0 ? 1e-8 : min));
  for (let power = first; power <= Math.log10(max) + 1e-9; power++) {
    for (const mantissa of MANTISSAS) {
      const value = Number(`${mantissa}e${power}`);
      if (value >= min && value <= max) ticks.push(value);
    }
  }
  return ticks;
}

/** @param {number} min @param {number} max */
function hundredths(min, max) {
  return Array.from({ length: 101 }, (_, i) => Number((min + ((max - min) * i) / 100).toPrecision(6)));
}

/**
 * The tick nearest to a value.
 *
 * @param {number[]} ticks
 * @param {number} value
 */
export function nearest(ticks, value) {
  let best = 0;
  for (let i = 1; i < ticks.length; i++) if (Math.abs(ticks[i] - value) < Math.abs(ticks[best] - value)) best = i;
  return best;
}

/**
 * A number as the engine reads it: whole numbers in digits, else powers of ten for the very small.
 *
 * @param {number} value
 */
export function text(value) {
  return !Number.isInteger(value) && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}
