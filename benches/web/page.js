/** What is measured inside the browser's page: one thread, one thing after the other, medians of several rounds. */

/* global tf */

import init, { Products, Steps, Surveyor, Trainer } from "../../target/bench-pkg/normlab.js";

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

/**
 * A step of the same network in TensorFlow.js: SGD with momentum on softmax cross-entropy. BatchNorm is
 * the library's own `tf.moments` and `tf.batchNorm`, or written out `byHand`; running averages move
 * after the gradient, outside its tape.
 */
function peer({ inputs, width, depth, classes, batch, norm }, byHand = false) {
  const made = (/** @type {number[]} */ shape, /** @type {number} */ scale) => tf.variable(tf.randomNormal(shape, 0, scale));
  const layers = Array.from({ length: depth }, (_, i) => ({
    w: made([i === 0 ? inputs : width, width], Math.sqrt(2 / (i === 0 ? inputs : width))),
    b: tf.variable(tf.zeros([width])),
    gamma: tf.variable(tf.ones([width])),
    mean: tf.variable(tf.zeros([width]), false),
    variance: tf.variable(tf.ones([width]), false),
  }));
  const head = { w: made([width, classes], Math.sqrt(2 / width)), b: tf.variable(tf.zeros([classes])) };
  const x = tf.randomNormal([batch, inputs]);
  const y = tf.oneHot(tf.tensor1d(Array.from({ length: batch }, (_, i) => i % classes), "int32"), classes);
  const optimizer = tf.train.momentum(0.01, 0.9);
  const normalize = (h, layer, seen) => {
    if (!norm) return tf.add(h, layer.b);
    const { mean, variance } = byHand ? moments(h) : tf.moments(h, 0);
    seen.push([layer.mean, tf.keep(tf.clone(mean))], [layer.variance, tf.keep(tf.clone(variance))]);
    if (!byHand) return tf.batchNorm(h, mean, variance, layer.b, layer.gamma, 1e-5);
    return tf.add(tf.mul(tf.sub(h, mean), tf.mul(layer.gamma, tf.rsqrt(tf.add(variance, 1e-5)))), layer.b);
  };
  const moments = (h) => {
    const mean = tf.mean(h, 0);
    return { mean, variance: tf.mean(tf.square(tf.sub(h, mean)), 0) };
  };
  const step = (fetch) =>
    tf.tidy(() => {
      const seen = [];
      const value = optimizer.minimize(() => {
        const h = layers.reduce((h, layer) => tf.relu(normalize(tf.matMul(h, layer.w), layer, seen)), x);
        return tf.losses.softmaxCrossEntropy(y, tf.add(tf.matMul(h, head.w), head.b));
      }, fetch);
      for (const [running, now] of seen) {
        running.assign(tf.add(tf.mul(running, 0.9), tf.mul(now, 0.1)));
        now.dispose();
      }
      return value?.dataSync()[0];
    });
  return (times) => {
    for (let i = 1; i < times; i++) step(false);
    if (!Number.isFinite(step(true))) throw new Error("TensorFlow.js diverged");
  };
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
  const wasm = compare([own, (n) => products.step(n), peer(net), ...(net.norm ? [peer(net, true)] : [])], 25);
  await tf.setBackend("cpu");
  const cpu = compare([own, peer(net)], 5);
  return { wasm, cpu, gflops: (products.operations() * wasm.rates[1]) / 1e9 };
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
  surveyor.place(weights, false);
  const products = new Products(text, true);
  let next = 0;
  const survey = (/** @type {number} */ points) => {
    surveyor.plane(51, next, next + points);
    next = (next + points) % 2000;
  };
  const { rates, ratios } = compare([survey, (points) => products.forward(points)], 60);
  const start = performance.now();
  const fresh = new Surveyor(text);
  fresh.place(weights, false);
  fresh.plane(5, 0, 25);
  return { seconds: 51 ** 2 / rates[0], ratio: 1 / ratios[1], first: performance.now() - start };
};

globalThis.ready = true;
