// Shapes between the runs and the page.

import type { Problem, Side, Weights } from "../types.js";
import type { Run } from "./run.js";

/** What becomes of a run whose worker crashed: it is repeated in another one, or there is none for it. */
export type Fate = "repeated" | "crashing" | "unloadable";

/** What a run reports to its owner. */
export interface Listener {
  frame(run: Run, bytes: Uint8Array, weights?: Weights): void;
  /** It was put at other weights after that step. */
  moved(run: Run, step: number): void;
  refused(run: Run, problems: Problem[]): void;
  /** The worker crashed. */
  crashed(run: Run, fate: Fate): void;
}

/** What the conductor needs from the page. */
export interface Hooks {
  frame(side: Side, bytes: Uint8Array): void;
  weights(side: Side, weights: Weights): void;
  /** A run was put at other weights. */
  moved(side: Side): void;
  refused(side: Side, problems: Problem[]): void;
  crashed(side: Side, fate: Fate): void;
  /** Half the width of the histograms' axis. */
  range(resting: boolean): number;
  /** Both runs came to rest. */
  rested(): void;
}
