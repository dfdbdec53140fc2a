// Shapes within the measuring of landscapes.

import type { Section, Side, Through, Weights } from "../types.js";
import type { Job } from "./job.js";

/** A plane and the step of its weights. */
export interface Held {
  step: number;
  through: Through;
  /** Where the plane lies, once a worker has placed it. */
  placed?: Float64Array;
}

/** What is measured and not yet shown: values by points on a side. */
export type Ready = Held & { grids: Map<number, Float32Array> };

/** What is shown of a run, and what will be. */
export interface Shown {
  /** Points on a side of what is shown. */
  points: number;
  held?: Held;
  ready?: Ready;
}

/** What is known of a run. */
export interface Own {
  text: string;
  job?: Job;
  /** The step that need not be measured any more. */
  measured: number;
  /** Whether its weights are on their way. */
  asked: boolean;
  /** The newest weights. */
  taken?: Weights;
  /** When a grid of it was last complete. */
  time: number;
  /** Whether it has weights to measure. */
  able: boolean;
  /** Whether it was said that there will be none. */
  missed?: boolean;
}

/** Where a run is. */
export interface Place {
  step: number;
  /** Whether it is being trained. */
  moving: boolean;
  /** Whether it cannot go on. */
  ended: boolean;
}

/** How far measuring has come. */
export interface Progress {
  /** Points on a side of the grid. */
  points: number;
  /** Part that is done. */
  share: number;
  /** Seconds left. */
  left: number;
}

/** A portion of a grid. */
export interface Task {
  side: Side;
  job: Job;
  from: number;
  to: number;
}

/** What the surveys ask of the page. */
export interface Hooks {
  /** Asks for a run's weights. */
  want(side: Side): void;
  done(side: Side, step: number, points: number, values: Float32Array, section: Section, placed?: Float64Array): void;
  /** There is no such plane there. */
  unavailable(side: Side, step: number, why: string, section: Section): void;
  /** Nothing can be measured until the next start. */
  failed(): void;
}

/** What a landscape's card asks of the lab. */
export interface Actions {
  /** What is shown. */
  held(side: Side): Held | undefined;
  /** Puts the run at a point of it. */
  move(side: Side, held: Held, place: [number, number]): void;
  /** Measures no further. */
  stop(): void;
}
