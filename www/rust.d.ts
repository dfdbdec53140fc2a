// Shapes that the WebAssembly module gives; `tests/web/unit/types.test.mjs` checks them against it.

import type { Side } from "./types.js";

/** One alternative of a field. */
export interface Choice {
  name: string;
  label: string;
  help: string;
}

/** A field of the configuration or of the view, as `tables()` gives it. */
export interface Field {
  name: string;
  label: string;
  help: string;
  group: string;
  kind: "whole" | "real" | "choice" | "names" | "axis";
  min: number;
  max: number;
  log: boolean;
  absent?: string;
  choices: Choice[];
}

/** An experiment ready to be run. */
export interface Preset {
  name: string;
  title: string;
  question: string;
  /** Who claimed or first measured it; may be empty. */
  source: string;
}

/** What can be measured while runs train. */
export interface Measure {
  name: string;
  label: string;
  help: string;
  group: string;
  inPanels: boolean;
}

export interface Tables {
  fields: Field[];
  view: Field[];
  plan: Field[];
  measures: Measure[];
}

/** What is wrong with one field, and the nearest value that would do. */
export interface Problem {
  field: string;
  value: string;
  allowed: string;
  reason: string;
  fix?: string;
  or: Way[];
}

/** A way out by another field. */
export interface Way {
  field: string;
  allowed: string;
  fix?: string;
}

/** A run's head. */
export interface Vitals {
  verdict:
    | "not_started"
    | "early"
    | "learning"
    | "barely"
    | "guessing"
    | "worse_but_falling"
    | "worse"
    | "worse_at_inference"
    | "diverged";
  divergedAt?: number;
  /** The step after which it was last moved by hand. */
  movedAt?: number;
  /** The newest validation, in words. */
  loss: string;
  accuracy: string;
  fingerprint: string;
  fingerprintStep: number;
}

/** How a run is doing, and what that means. */
export interface Badge {
  text: string;
  how: string;
}

/** The page's title and the sentence below it. */
export interface Title {
  title: string;
  lede: string;
}

export interface Finding {
  headline: string;
  about: Side | "both";
  /** `shows`: what the charts can be set to, to see where the number comes from. */
  text: { text: string; how?: string; shows?: string }[];
}

export interface Ghost {
  name: string;
  pinned: boolean;
  light: string;
  dark: string;
  marker: string;
}

export interface Reading {
  title: string;
  rows: { name: string; value: string; color?: string; marker?: string }[];
  dots: [number, number][];
  /** Place, upper and lower end. */
  guide?: [number, number, number];
  /** Along the first and the second direction of a landscape, where the loss is known. */
  place?: [number, number];
}

export interface Table {
  head: string[];
  rows: string[][];
}
