// Shapes that cross between the page and its workers.

import type { Problem } from "./rust.js";
import type { Side } from "./types.js";

/** To every worker, first of all: the engine, as its bytes and the address of the script that binds them. */
export type Init = { type: "init"; bytes: ArrayBuffer; glue: string };

/** From every worker, before and beside its own replies: the engine is there, could not be loaded, or has crashed. */
export type EngineReply = { type: "ready" } | { type: "unloaded"; message: string } | { type: "panic"; message: string };

/** To a training worker. Each `go` is answered by exactly one frame. */
export type RunMessage =
  | {
      type: "start";
      generation: number;
      text: string;
      /** A safetensors file of the weights to start from, for the full edition; without one they are drawn. */
      start?: Uint8Array;
      /** Where it was put by hand, in order. */
      moves: Move[];
    }
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
      /** What to measure on the way, names separated by commas, and every how many steps. */
      measures: string;
      every: number;
      /** Display at the layers too; else they are as in the last frame that looked. */
      inside: boolean;
      /** Send the weights along as they are at this step, once it is reached. */
      weights?: number;
      /** Send the way that led to them along too. */
      trajectory: boolean;
    }
  | { type: "move"; generation: number; values: Float32Array }
  | { type: "crash" };

/** A run's weights, and the step at which they are that; the parameters at evenly spaced steps before. */
export type Weights = { step: number; values: Float32Array; trajectory?: Float32Array };

/** Weights at which a run was put after a step. */
export type Move = { step: number; values: Float32Array };

/** From a training worker. */
export type RunReply =
  | { type: "frame"; generation: number; step: number; diverged: boolean; measuring: boolean; bytes: Uint8Array; weights?: Weights }
  | { type: "refused"; generation: number; problems: Problem[] }
  | { type: "moved"; generation: number; move: Move };

/** What a landscape is measured on: fields of the view. */
export interface Section {
  plane: string;
  stats: string;
  /** Along the first direction alone. */
  line: boolean;
}

/** A plane: the weights that it goes through, and what else it needs, a path or a line's other end. */
export interface Through {
  weights: Float32Array;
  more: Float32Array;
}

/** To a measuring worker. */
export type SurveyMessage = {
  side: Side;
  /** The run's configuration in one line. */
  text: string;
  section: Section;
} & (
  | {
      type: "measure";
      /** Which plane; it comes along only if this worker has not seen it. */
      key: number;
      through?: Through;
      points: number;
      from: number;
      to: number;
    }
  | {
      /** The network at a point of a plane. */
      type: "locate";
      through: Through;
      place: [number, number];
    }
);

/** To a recording worker: repeat a run for so many steps. */
export interface RecordMessage {
  type: "record";
  /** The run's configuration in one line. */
  text: string;
  /** A safetensors file of the weights that it starts from, if they are not drawn. */
  start?: Uint8Array;
  steps: number;
  /** What is wanted of it. */
  what: "pytorch" | "weights" | "history";
  /** Of the files' names. */
  stem: string;
}

/** A file to be saved. */
export interface TakenFile {
  name: string;
  type: string;
  data: string | Uint8Array;
}

/** Weights from the reader's disk. */
export interface Start {
  /** The file's. */
  name: string;
  bytes: Uint8Array;
}

/** From a recording worker. */
export type RecordReply =
  | { type: "progress"; step: number }
  | { type: "recorded"; files: TakenFile[] }
  | { type: "refused"; reasons: string[] };

/** From a measuring worker. */
export type SurveyReply =
  | {
      type: "measured";
      id: number;
      from: number;
      values: Float32Array;
      milliseconds: number;
      /** Where the plane lies, if it came along. */
      placed?: Float64Array;
    }
  | { type: "located"; id: number; values: Float32Array }
  /** There is no such plane. */
  | { type: "unavailable"; id: number; why: string };

/** To a sweep's worker: a cell's configuration in one line, its steps, and what counts as learned. */
export type CellMessage = { type: "train"; text: string; steps: number; share: number } | { type: "crash" };

/** From a sweep's worker: what a cell gave, as JSON. */
export type CellReply = { type: "done"; id: number; outcome: string };
