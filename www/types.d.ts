// Shapes that cross between modules.

export type * from "./messages.js";
export type * from "./rust.js";

import type { Reading, Table } from "./rust.js";

export type Side = "a" | "b";

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

/** How charts are drawn now. */
export interface Display {
  dark: boolean;
  /** Device pixels per CSS pixel. */
  ratio: number;
}

/** What a chart's card is made of. */
export interface CardOptions {
  /** Its name in `hide=`. */
  part: string;
  title: string;
  /** What it shows, for a screen reader. */
  label: string;
  /** Its place in the grid. */
  place: string;
  /** Whose it is, if it is one run's. */
  run?: Side;
  /** Controls in its head. */
  tools?: Node[];
  /** Controls beside its title. */
  aside?: Node[];
  /** What stands above the chart, and below it. */
  legend?: Node[];
  below?: Node[];
  /** Opens what stands at a pixel: by a click or Enter. */
  open?(at: [number, number]): void;
  /** Called with the place of the read-out. */
  pointed?(at: [number, number] | undefined): void;
}

/** A change of the state. */
export interface Change {
  /** What trains, what is shown, or everything at once: by another link, or by a choice among experiments. */
  kind: "run" | "view" | "all" | "preset";
  /** The field or experiment; empty for `all`. */
  name: string;
  /** Whether a slider is still being dragged. */
  passing: boolean;
}

/** What the page's frame holds. */
export interface Parts {
  transport: HTMLElement;
  rail: HTMLElement;
  question: HTMLElement;
  finding: HTMLElement;
  /** Buttons of dialogs: experiments, and what can be taken away. */
  dialogs: HTMLElement[];
  heads: HTMLElement[];
  panels: HTMLElement[];
  toggleTheme(): void;
  /** The address that restores what is seen. */
  link(): string;
}

/** What keys do, and buttons too. */
export interface Actions {
  toggle(): void;
  advance(steps: number): void;
  reset(): void;
  reseed(): void;
}

/** What the step counter shows. */
export interface Status {
  step: number;
  stop: number;
  speed: number;
  seed: string;
  playing: boolean;
  over: boolean;
  away: boolean;
  fingerprint: string;
  fingerprintStep: number;
  loaded: boolean;
}

/** The engine in its full edition. */
export type FullEngine = import("./engine.js").Engine<import("./engine.js").Full>;

// What scripts declare, from here too, so that each needs one import of types.
export type { Engine, First, Full } from "./engine.js";
export type { Fate } from "./runs/types.js";
export type { Held, Place, Progress } from "./landscape/types.js";
export type { Lab } from "./lab.js";
export type { Starts } from "./dialogs/starts.js";
export type { Store } from "./store.js";
export type { Wasm } from "./workers/listen.js";

/** What the finding shows of where its numbers come from. */
export interface Evidence {
  /** What the chart that shows it is called; nothing, if the page has none. */
  offer(shows: string): string | undefined;
  /** Turns to that chart. */
  reveal(shows: string): void;
}

/** A dialog that is loaded when it is first wanted. */
export interface Dialog {
  element: HTMLDialogElement;
  open(): void;
  dispose?(): void;
}

/** What the loading of the full edition reports. */
export interface UpgradeHooks {
  arrived(engine: FullEngine, wanted: boolean): void;
  /** Says how it goes; nothing, with an empty text. */
  say(text: string, again?: () => void): void;
}
