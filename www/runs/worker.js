// @ts-check
/** A training worker: one run, trained in short slices so that orders are heard between them. */

import { listen } from "../workers/listen.js";

/** Longest time without listening, in milliseconds. */
const SLICE = 8;

/** @typedef {import("../pkg/normlab.js").Trainer | import("../pkg/full/normlab.js").Trainer} Trainer */

/** @type {Trainer | undefined} */
let trainer;
let generation = 0;
let limit = 0;
let settle = false;
let rest = 0;
let range = 6;
let inside = true;
/** What is measured, and how often. */
let watched = "";
/** The step at which somebody wants the weights. @type {number | undefined} */
let wanted;
/** Whether the way that led to them is wanted too. */
let trail = false;
/** What is still to be repeated of a crashed run's moves. @type {import("../types.js").Move[]} */
let moves = [];
/** What they were there, to go along with the next frame. @type {import("../types.js").Weights | undefined} */
let weights;
/** Whether the page is owed a frame. */
let owed = false;
let scheduled = false;

/** @param {import("../types.js").RunNews} news @param {Transferable[]} [transfer] */
const tell = (news, transfer = []) => /** @type {any} */ (self).postMessage(news, transfer);

// A message to oneself comes behind those already waiting, and is not throttled as timers are.
const channel = new MessageChannel();
channel.port1.onmessage = resume;

function resume() {
  scheduled = false;
  work();
}

/** @param {number} delay Milliseconds. */
function schedule(delay) {
  if (scheduled) return;
  scheduled = true;
  if (delay >= 1) setTimeout(resume, delay);
  else channel.port2.postMessage(0);
}

function work() {
  if (!trainer) return;
  const end = performance.now() + SLICE;
  repeat(trainer);
  keep(trainer);
  const over = () => !trainer || trainer.steps() >= limit || trainer.diverged();
  // What is due at a step is measured before the next one, piece by piece.
  let measuring = measure(trainer);
  while ((measuring || !over()) && performance.now() < end) {
    if (!measuring) {
      trainer.step();
      repeat(trainer);
      keep(trainer);
    }
    measuring = measure(trainer);
  }
  const rests = over() && !measuring;
  if (owed) {
    if (rests && settle) trainer.settle();
    frame(trainer, over() && measuring);
  }
  if (!rests) schedule(rest);
}

/** Does one piece of the measurement that is due; false if none is. @param {Trainer} trainer */
function measure(trainer) {
  return "measure" in trainer && trainer.measure();
}

/** Measures from here on, if that is something else than before. @param {string} measures @param {number} every */
function watch(measures, every) {
  const order = `${measures} ${every}`;
  if (!trainer || !("watch" in trainer) || order === watched) return;
  watched = order;
  trainer.watch(measures, every);
}

/** Moves a run that is being repeated where it was moved before. @param {Trainer} trainer */
function repeat(trainer) {
  while (moves.length > 0 && moves[0].step === trainer.steps()) trainer.move_to(moves.splice(0, 1)[0].values);
}

/** Copies the weights at the step at which they are wanted; where the run ends, if it ends before. @param {Trainer} trainer */
function keep(trainer) {
  if (wanted === undefined || (trainer.steps() < wanted && !trainer.diverged())) return;
  wanted = undefined;
  weights = { step: trainer.steps(), values: trainer.weights(), trail: trail ? trainer.trail() : undefined };
}

/** @param {Trainer} trainer @param {boolean} measuring Whether the last step is still being measured. */
function frame(trainer, measuring) {
  owed = false;
  const bytes = trainer.frame(range, inside);
  const news = { type: /** @type {const} */ ("frame"), generation, step: trainer.steps(), diverged: trainer.diverged(), measuring, bytes };
  const kept = weights;
  weights = undefined;
  if (kept) tell({ ...news, weights: kept }, [bytes.buffer, kept.values.buffer, ...(kept.trail ? [kept.trail.buffer] : [])]);
  else tell(news, [bytes.buffer]);
}

/** @param {import("../types.js").RunOrder} data @param {import("../workers/listen.js").Wasm} wasm */
function obey(data, wasm) {
  switch (data.type) {
    case "start":
      trainer?.free();
      trainer = undefined;
      generation = data.generation;
      owed = false;
      wanted = weights = undefined;
      limit = 0;
      watched = "";
      moves = data.moves;
      try {
        trainer = data.start && "Exporter" in wasm ? wasm.Trainer.start_from(data.text, data.start) : new wasm.Trainer(data.text);
      } catch (problems) {
        // A panic tells of itself; whatever else is thrown here is a list of problems.
        if (Array.isArray(problems)) tell({ type: "refused", generation, problems });
        else throw problems;
      }
      break;
    case "go":
      if (data.generation !== generation) break;
      ({ limit, settle, rest, range, inside } = data);
      wanted = data.weights ?? wanted;
      trail = data.trail;
      watch(data.measures, data.every);
      owed = true;
      schedule(0);
      break;
    case "move":
      if (data.generation !== generation || !trainer?.move_to(data.values)) break;
      // Those from before are of no use to anybody.
      weights = undefined;
      tell({ type: "moved", generation, move: { step: trainer.steps(), values: data.values } });
      break;
    case "trap":
      wasm.trap();
  }
}

listen(obey);
