/** Training steps: ours, those of TensorFlow.js and of jax-js, and their matrix products alone. */

/* global tf */

import { compare, repeat } from "./compare.js";
import { wasm } from "./engine.js";
import * as jax from "./jax.js";
import { cnn, mlp } from "./peers.js";

/** Our step of a network. @param {string} text @returns {import("./compare.js").Work} */
function ours(text) {
  const run = new wasm.Steps(text);
  const step = repeat(() => run.step());
  return (times) => {
    step(times);
    if (run.diverged()) throw new Error("our run diverged");
  };
}

/** Steps per second: ours, the step's matrix products alone, jax-js, and TensorFlow.js on wasm and on cpu. */
export async function measureSteps(net) {
  const text = `data=${net.data}&depth=${net.depth}&width=${net.width}&batch=${net.batch}&norm=${net.norm ? "batch" : "none"}&init=he&optimizer=momentum&lr=0.001`;
  const products = new wasm.Products(text, 0);
  const own = ours(text);
  await tf.setBackend("wasm");
  await jax.ready();
  const peers = [jax.mlp(net), mlp(net), ...(net.norm ? [mlp(net, true)] : [])];
  const onWasm = compare([own, (n) => products.step(n), ...peers], 25);
  await tf.setBackend("cpu");
  const onCpu = compare([own, mlp(net)], 5);
  return { wasm: onWasm, cpu: onCpu, gflops: (products.operations() * onWasm.rates[1]) / 1e9 };
}

/** Steps per second of a network of any family, and its matrix products alone. */
export function measureFamily(text) {
  const products = new wasm.Products(text, 0);
  const { rates, ratios } = compare([ours(text), (n) => products.step(n)], 25);
  return { own: rates[0], limit: rates[1], share: ratios[1], gflops: (products.operations() * rates[1]) / 1e9 };
}

/** Builds of the same layers: where in memory their buffers happen to lie can cost a layer half as much again. */
const BUILDS = 4;

/** Shares of a step: its matrix products with weights, what else layers with weights do, normalizations, nonlinearities, layers without weights, all else. @param {string} text */
export function measureLayers(text) {
  const products = new wasm.Products(text, 0);
  const builds = Array.from({ length: BUILDS }, () => [0, 1, 2, 3].map((kind) => new wasm.Layers(text, kind)));
  const step = ours(text);
  const measured = builds.map((kinds) => {
    // A net may have none of a kind.
    const present = kinds.filter((kind) => kind.count() > 0);
    const works = [(/** @type {number} */ n) => products.weighted(n), ...present.map((k) => (/** @type {number} */ n) => k.step(n))];
    const [, matrix, ...shares] = compare([step, ...works], 9).ratios;
    return [matrix, ...kinds.map((kind) => (present.includes(kind) ? shares[present.indexOf(kind)] : 0))];
  });
  const [matrix, weights, ...others] = measured[0].map((_, i) => Math.min(...measured.map((shares) => shares[i])));
  const all = [matrix, weights - matrix, ...others];
  return [...all, 1 - all.reduce((sum, share) => sum + share, 0)];
}

/** Steps per second of a convolutional network: ours, and TensorFlow.js in every way that its backends know. */
export async function measureCnn(net) {
  const own = ours(net.text);
  const hands = net.norm ? [false, true] : [false];
  const against = async (/** @type {string} */ backend, /** @type {string[]} */ convolutions, /** @type {number} */ rounds) => {
    await tf.setBackend(backend);
    const ways = convolutions.flatMap((name) =>
      hands.map((byHand) => ({ name: byHand ? `${name}, norm by hand` : name, step: cnn(net, name, byHand) })),
    );
    const { rates, ratios } = compare([own, ...ways.map((w) => w.step)], rounds);
    return ways.map(({ name }, i) => ({ backend, name, rate: rates[i + 1], ratio: ratios[i + 1] }));
  };
  return [...(await against("wasm", ["conv3d", "columns"], 15)), ...(await against("cpu", ["conv2d", "columns"], 3))];
}

/** Which TensorFlow.js runs, and on what. */
export async function backends() {
  tf.wasm.setWasmPaths("node_modules/@tensorflow/tfjs-backend-wasm/dist/");
  await tf.setBackend("wasm");
  await tf.ready();
  return {
    version: tf.version.tfjs,
    simd: await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"),
    threads: await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT"),
  };
}
