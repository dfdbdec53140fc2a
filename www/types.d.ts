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
  kind: "whole" | "real" | "choice" | "names" | "axis";
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
  marks: Dress[];
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

/** To every worker, first of all: the engine, as its bytes and the address of the script that binds them. */
export type Init = { type: "init"; bytes: ArrayBuffer; glue: string };

/** From every worker, before and beside its own news: the engine is there, could not be loaded, or has crashed. */
export type EngineNews = { type: "ready" } | { type: "unloaded"; message: string } | { type: "panic"; message: string };

/** To a training worker. Each `go` is answered by exactly one frame. */
export type RunOrder =
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
      /** Look at the layers too; else they are as in the last frame that looked. */
      inside: boolean;
      /** Send the weights along as they are at this step, once it is reached. */
      weights?: number;
      /** Send the way that led to them along too. */
      trail: boolean;
    }
  | { type: "move"; generation: number; values: Float32Array }
  | { type: "trap" };

/** A run's weights, and the step at which they are that; the parameters at evenly spaced steps before. */
export type Weights = { step: number; values: Float32Array; trail?: Float32Array };

/** Weights at which a run was put after a step. */
export type Move = { step: number; values: Float32Array };

/** From a training worker. */
export type RunNews =
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
export type SurveyOrder = {
  id: number;
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
export interface RecordOrder {
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
export type RecordNews =
  | { type: "progress"; step: number }
  | { type: "recorded"; files: TakenFile[] }
  | { type: "refused"; reasons: string[] };

/** From a measuring worker. */
export type SurveyNews =
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
  | { type: "lacking"; id: number; why: string };

/** To a sweep's worker: a cell's configuration in one line, its steps, and what counts as learned. */
export type CellOrder = { type: "train"; cell: number; text: string; steps: number; share: number } | { type: "trap" };

/** From a sweep's worker: what a cell gave, as JSON. */
export type CellNews = { type: "done"; cell: number; outcome: string };

/** What a chart's card asks of whoever holds the chart. */
export interface ChartSource {
  lab: {
    draw(panel: number, canvas: HTMLCanvasElement, width: number, height: number, ratio: number, dark: boolean): boolean;
    read(panel: number, x: number, y: number, dark: boolean): Reading | undefined;
    table(panel: number): Table;
    caption(panel: number): string;
    moment(panel: number): string;
    lack(panel: number): string | undefined;
    marker?(side: Side): string;
    color?(side: Side, dark: boolean): string;
  };
}
