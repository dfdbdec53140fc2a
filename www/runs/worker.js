/** A training worker: one run, trained in short slices so that messages are read between them. */

import { listen } from "../workers/listen.js";

/** @import { Move, RunMessage, RunReply, Wasm, Weights } from "../types.js" */

/** Longest time without reading messages, in milliseconds. */
const SLICE = 8;

/** @typedef {InstanceType<Wasm["Trainer"]>} Trainer */

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
let trajectory = false;
/** What is still to be repeated of a crashed run's moves. @type {Move[]} */
let moves = [];
/** What they were there, to go along with the next frame. @type {Weights | undefined} */
let weights;
/** Whether the page is owed a frame. */
let owed = false;
let scheduled = false;

/** @param {RunReply} reply @param {Transferable[]} [transfer] */
const post = (reply, transfer = []) => /** @type {any} */ (self).postMessage(reply, transfer);

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
  const message = `${measures} ${every}`;
  if (!trainer || !("watch" in trainer) || message === watched) return;
  watched = message;
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
  weights = { step: trainer.steps(), values: trainer.weights(), trajectory: trajectory ? trainer.trail() : undefined };
}

/** @param {Trainer} trainer @param {boolean} measuring Whether the last step is still being measured. */
function frame(trainer, measuring) {
  owed = false;
  const bytes = trainer.frame(range, inside);
  const reply = { type: /** @type {const} */ ("frame"), generation, step: trainer.steps(), diverged: trainer.diverged(), measuring, bytes };
  const kept = weights;
  weights = undefined;
  if (kept) post({ ...reply, weights: kept }, [bytes.buffer, kept.values.buffer, ...(kept.trajectory ? [kept.trajectory.buffer] : [])]);
  else post(reply, [bytes.buffer]);
}

/** @param {RunMessage} data @param {Wasm} wasm */
function handle(data, wasm) {
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
        // A panic is reported by itself; all else that is thrown here is a list of problems.
        if (Array.isArray(problems)) post({ type: "refused", generation, problems });
        else throw problems;
      }
      break;
    case "go":
      if (data.generation !== generation) break;
      ({ limit, settle, rest, range, inside } = data);
      wanted = data.weights ?? wanted;
      trajectory = data.trajectory;
      watch(data.measures, data.every);
      owed = true;
      schedule(0);
      break;
    case "move":
      if (data.generation !== generation || !trainer?.move_to(data.values)) break;
      // Those from before are of no use to anybody.
      weights = undefined;
      post({ type: "moved", generation, move: { step: trainer.steps(), values: data.values } });
      break;
    case "crash":
      wasm.trap();
  }
}

listen(handle);
