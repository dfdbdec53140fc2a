// Shapes that cross between modules, workers and the WebAssembly module.

export type Side = "a" | "b";

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
  kind: "whole" | "real" | "choice" | "names";
  min: number;
  max: number;
  log: boolean;
  absent?: string;
  choices: Choice[];
}

/** A normalization's colours and marker. */
export interface Dress {
  name: string;
  light: string;
  dark: string;
  marker: string;
}

export interface Tables {
  fields: Field[];
  view: Field[];
  marks: Dress[];
}

/** What is wrong with one field, and the nearest value that would do. */
export interface Problem {
  field: string;
  value: string;
  allowed: string;
  reason: string;
  fix?: string;
}

/** A run's head. */
export interface Vitals {
  verdict: "learning" | "barely" | "stuck" | "diverged";
  divergedAt?: number;
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
  text: { text: string; how?: string }[];
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
}

export interface Table {
  head: string[];
  rows: string[][];
}

/** To every worker, first of all: the engine, as its bytes and the address of the script that binds them. */
export type Init = { type: "init"; bytes: ArrayBuffer; glue: string };

/** To a training worker. Each `go` is answered by exactly one frame. */
export type RunOrder =
  | { type: "start"; generation: number; text: string }
  | {
      type: "go";
      generation: number;
      /** Train up to this step. */
      limit: number;
      /** Bring evaluation and fingerprint up to date once the limit is reached. */
      settle: boolean;
      /** Milliseconds to rest between slices of training, on a machine that cannot keep up. */
      rest: number;
      /** Half the width of the histograms. */
      range: number;
      /** Look at the layers too; else they are as in the last frame that looked. */
      inside: boolean;
      /** Send the weights along as they are at this step, once it is reached. */
      weights?: number;
    }
  | { type: "trap" };

/** A run's weights, and the step at which they are that. */
export type Weights = { step: number; values: Float32Array };

/** From a training worker. */
export type RunNews =
  | { type: "frame"; generation: number; step: number; diverged: boolean; bytes: Uint8Array; weights?: Weights }
  | { type: "refused"; generation: number; problems: Problem[] }
  | { type: "panic"; message: string };

/** To a measuring worker. */
export interface SurveyOrder {
  type: "measure";
  id: number;
  side: Side;
  /** The run's configuration in one line. */
  text: string;
  /** Which weights; they come along only if this worker has not seen them. */
  key: number;
  weights?: Float32Array;
  running: boolean;
  line: boolean;
  points: number;
  from: number;
  to: number;
}

/** From a measuring worker. */
export type SurveyNews =
  | { type: "measured"; id: number; from: number; values: Float32Array; milliseconds: number }
  | { type: "panic"; message: string };
