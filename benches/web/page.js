/** What is measured inside the browser's page: one thread, one thing after the other, medians of several rounds. */

/* global tf */

import init, { Products, Steps, Surveyor, Trainer } from "../../target/bench-pkg/normlab.js";
import { cnn, mlp } from "./peers.js";

globalThis.normlabPanicked = (message) => {
  throw new Error(message);
};
await init({ module_or_path: await (await fetch("../../target/bench-pkg/normlab_bg.wasm")).arrayBuffer() });

/** Milliseconds of one turn. */
const TURN = 40;

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/**
 * Measures some functions in many short turns, one after the other: whatever slows the machine down
 * for a while meets them all.
 *
 * @param {((times: number) => void)[]} works
 * @param {number} rounds
 * @returns Repetitions per second of each, and of the first divided by each; medians over the rounds.
 */
function compare(works, rounds) {
  const times = works.map((work) => {
    // Warmed up, and the number of repetitions found, by doubling.
    for (let n = 1; ; n *= 2) {
      const start = performance.now();
      work(n);
      const spent = performance.now() - start;
      if (spent > TURN) return Math.max(1, Math.round((n * TURN) / spent));
    }
  });
  const rates = works.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < rounds; round++) {
    works.forEach((work, i) => {
      const start = performance.now();
      work(times[i]);
      rates[i].push((times[i] * 1000) / (performance.now() - start));
    });
  }
  return { rates: rates.map(median), ratios: rates.map((own) => median(own.map((rate, i) => rates[0][i] / rate))) };
}

/** Our step of the same network. */
function ours(text) {
  const run = new Steps(text);
  return (times) => {
    for (let i = 0; i < times; i++) run.step();
    if (run.diverged()) throw new Error("our run diverged");
  };
}

/** Steps per second: ours, TensorFlow.js on wasm and on cpu, and the step's matrix products alone. */
globalThis.measureSteps = async (net) => {
  const text = `data=${net.data}&depth=${net.depth}&width=${net.width}&batch=${net.batch}&norm=${net.norm ? "batch" : "none"}&init=he&optimizer=momentum&lr=0.001`;
  const products = new Products(text, false);
  const own = ours(text);
  await tf.setBackend("wasm");
  const wasm = compare([own, (n) => products.step(n), mlp(net), ...(net.norm ? [mlp(net, true)] : [])], 25);
  await tf.setBackend("cpu");
  const cpu = compare([own, mlp(net)], 5);
  return { wasm, cpu, gflops: (products.operations() * wasm.rates[1]) / 1e9 };
};

/** Steps per second of a network of any family, and its matrix products alone. */
globalThis.measureFamily = (text) => {
  const products = new Products(text, false);
  const { rates, ratios } = compare([ours(text), (n) => products.step(n)], 25);
  return { own: rates[0], limit: rates[1], share: ratios[1], gflops: (products.operations() * rates[1]) / 1e9 };
};

/** Steps per second of a convolutional network: ours, and TensorFlow.js in every way that its backends know. */
globalThis.measureCnn = async (net) => {
  const own = ours(net.text);
  const hands = net.norm ? [false, true] : [false];
  const against = async (/** @type {string} */ backend, /** @type {string[]} */ convolutions, /** @type {number} */ rounds) => {
    await tf.setBackend(backend);
    const ways = convolutions.flatMap((name) => hands.map((byHand) => ({ name: byHand ? `${name}, norm by hand` : name, step: cnn(net, name, byHand) })));
    const { rates, ratios } = compare([own, ...ways.map((w) => w.step)], rounds);
    return ways.map(({ name }, i) => ({ backend, name, rate: rates[i + 1], ratio: ratios[i + 1] }));
  };
  return [...(await against("wasm", ["conv3d", "columns"], 15)), ...(await against("cpu", ["conv2d", "columns"], 3))];
};

globalThis.backends = async () => {
  const base = "node_modules/@tensorflow/tfjs-backend-wasm/dist/";
  tf.wasm.setWasmPaths(base);
  await tf.setBackend("wasm");
  await tf.ready();
  return { version: tf.version.tfjs, simd: await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"), threads: await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT") };
};

/** A 51 × 51 landscape against its matrix products, and the time to the first, coarse picture. */
globalThis.measureLandscape = (text) => {
  const trainer = new Trainer(text);
  for (let i = 0; i < 50; i++) trainer.step();
  const weights = trainer.weights();
  const surveyor = new Surveyor(text);
  surveyor.place(weights, "random", "batch", new Float32Array(0));
  const products = new Products(text, true);
  let next = 0;
  const survey = (/** @type {number} */ points) => {
    surveyor.plane(51, next, next + points);
    next = (next + points) % 2000;
  };
  const { rates, ratios } = compare([survey, (points) => products.forward(points)], 60);
  const start = performance.now();
  const fresh = new Surveyor(text);
  fresh.place(weights, "random", "batch", new Float32Array(0));
  fresh.plane(5, 0, 25);
  return { seconds: 51 ** 2 / rates[0], ratio: 1 / ratios[1], first: performance.now() - start };
};

/** How much longer training takes, evaluations and all, when something is measured every so many steps. */
globalThis.measureProbes = (text, measures, every) => {
  const [plain, watched] = [new Trainer(text), new Trainer(text)];
  watched.watch(measures, every);
  const train = (/** @type {number} */ steps) => {
    for (let i = 0; i < steps; i++) plain.step();
  };
  const measure = (/** @type {number} */ steps) => {
    for (let i = 0; i < steps; i++) {
      while (watched.measure());
      watched.step();
    }
  };
  const { rates, ratios } = compare([train, measure], 40);
  if (plain.diverged()) throw new Error("the run diverged");
  return { plain: rates[0], watched: rates[1], overhead: ratios[1] - 1 };
};

globalThis.ready = true;
