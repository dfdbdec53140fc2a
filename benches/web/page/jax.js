/**
 * Training steps of our fully connected networks in jax-js: SGD with momentum on softmax cross-entropy, the whole
 * step compiled by `jit` for its WebAssembly backend, which runs on one thread. BatchNorm is written out; the
 * library has none.
 *
 * Each use of an array but its last takes a `ref`: the library counts them.
 */

import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "../node_modules/@jax-js/jax/dist/index.js";

/** Gets its backend ready. */
export async function ready() {
  await init("wasm");
  defaultDevice("wasm");
}

const normal = (/** @type {number[]} */ shape, /** @type {number} */ scale) => {
  const one = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()) * scale;
  return np.array(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, one)).reshape(shape);
};

/** @typedef {any} Values A jax-js array. */

/**
 * BatchNorm in training, and the batch's mean and variance.
 *
 * @param {Values} h
 * @param {{b: Values, gamma: Values}} layer
 */
function normalize(h, { b, gamma }) {
  const mean = np.mean(h.ref, 0);
  const variance = np.mean(np.square(h.ref.sub(mean.ref)), 0);
  // A gain and a shift per channel, found before they are applied: a tenth faster than γ·(h − mean)·scale + β.
  const gain = gamma.mul(np.reciprocal(np.sqrt(variance.ref.add(1e-5))));
  const shift = b.sub(mean.ref.mul(gain.ref));
  return { y: h.mul(gain).add(shift), seen: [lax.stopGradient(mean), lax.stopGradient(variance)] };
}

/**
 * Steps of a fully connected network from fixed random samples.
 *
 * @param {any} net
 * @returns {import("./compare.js").Work}
 */
export function mlp({ inputs, width, depth, classes, batch, norm }) {
  const x = normal([batch, inputs], 1);
  const y = nn.oneHot(np.array(Int32Array.from({ length: batch }, (_, i) => i % classes)), classes);
  const layer = (/** @type {number} */ fan) => ({
    w: normal([fan, width], Math.sqrt(2 / fan)),
    b: np.zeros([width]),
    ...(norm ? { gamma: np.ones([width]) } : {}),
  });
  let params = {
    layers: Array.from({ length: depth }, (_, i) => layer(i === 0 ? inputs : width)),
    head: { w: normal([width, classes], Math.sqrt(2 / width)), b: np.zeros([classes]) },
  };
  let velocity = tree.map((/** @type {Values} */ p) => np.zerosLike(p.ref), tree.ref(params));
  let running = norm ? params.layers.map(() => [np.zeros([width]), np.ones([width])]) : [];

  const loss = (/** @type {typeof params} */ { layers, head }, /** @type {Values} */ x, /** @type {Values} */ y) => {
    /** @type {Values[][]} */
    const seen = [];
    let h = x;
    for (const layer of layers) {
      h = np.matmul(h, layer.w);
      if (norm) {
        const normed = normalize(h, /** @type {any} */ (layer));
        seen.push(normed.seen);
        h = normed.y;
      } else h = h.add(layer.b);
      h = nn.relu(h);
    }
    const logits = np.matmul(h, head.w).add(head.b);
    return [np.sum(nn.logSoftmax(logits).mul(y)).mul(-1 / batch), seen];
  };
  const step = jit((params, velocity, running, x, y) => {
    const [[value, seen], gradient] = valueAndGrad(loss, { hasAux: true })(tree.ref(params), x, y);
    const faster = tree.map((/** @type {Values} */ v, /** @type {Values} */ g) => v.mul(0.9).add(g), velocity, gradient);
    const moved = tree.map((/** @type {Values} */ p, /** @type {Values} */ v) => p.sub(v.mul(0.01)), params, tree.ref(faster));
    const followed = tree.map((/** @type {Values} */ r, /** @type {Values} */ s) => r.mul(0.9).add(s.mul(0.1)), running, seen);
    return [value, moved, faster, followed];
  });
  return (times) => {
    let last = Number.NaN;
    for (let i = 1; i <= times; i++) {
      let value;
      [value, params, velocity, running] = step(params, velocity, running, x.ref, y.ref);
      if (i === times) last = value.dataSync()[0];
      else value.dispose();
    }
    if (!Number.isFinite(last)) throw new Error("jax-js diverged");
  };
}
