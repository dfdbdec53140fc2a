/** Training steps of our networks in TensorFlow.js: SGD with momentum on softmax cross-entropy. */

/* global tf */

/** @typedef {(times: number) => void} Work */

const made = (/** @type {number[]} */ shape, /** @type {number} */ fan) => tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / fan)));

/**
 * A normalization's tensors, one value a channel; `b` is the bias where there is none.
 *
 * @param {number} channels
 */
const channel = (channels) => ({
  b: tf.variable(tf.zeros([channels])),
  gamma: tf.variable(tf.ones([channels])),
  mean: tf.variable(tf.zeros([channels]), false),
  variance: tf.variable(tf.ones([channels]), false),
});

/** Mean and variance over all axes but the last. */
function moments(h) {
  const axes = h.shape.slice(1).map((_, axis) => axis);
  const mean = tf.mean(h, axes);
  return { mean, variance: tf.mean(tf.square(tf.sub(h, mean)), axes) };
}

/**
 * BatchNorm: the library's own `tf.moments` and `tf.batchNorm`, or written out `byHand`.
 *
 * @param {boolean} byHand
 * @param {unknown[]} seen Takes what running averages move towards after the gradient, outside its tape.
 */
function normalize(h, layer, byHand, seen) {
  const axes = h.shape.slice(1).map((_, axis) => axis);
  const { mean, variance } = byHand ? moments(h) : tf.moments(h, axes);
  seen.push([layer.mean, tf.keep(tf.clone(mean))], [layer.variance, tf.keep(tf.clone(variance))]);
  if (!byHand) return tf.batchNorm(h, mean, variance, layer.b, layer.gamma, 1e-5);
  return tf.add(tf.mul(tf.sub(h, mean), tf.mul(layer.gamma, tf.rsqrt(tf.add(variance, 1e-5)))), layer.b);
}

/**
 * Steps of a network that `logits` computes from fixed random samples.
 *
 * @param {number[]} shape Of one batch of them.
 * @param {number} classes
 * @param {(x: any, seen: unknown[]) => any} logits
 * @returns {Work}
 */
function trains(shape, classes, logits) {
  const x = tf.randomNormal(shape);
  const y = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: shape[0] }, (_, i) => i % classes),
      "int32",
    ),
    classes,
  );
  const optimizer = tf.train.momentum(0.01, 0.9);
  const step = (/** @type {boolean} */ fetch) =>
    tf.tidy(() => {
      /** @type {any[]} */
      const seen = [];
      const value = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, logits(x, seen)), fetch);
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

/** A fully connected network. */
export function mlp({ inputs, width, depth, classes, batch, norm }, byHand = false) {
  const layers = Array.from({ length: depth }, (_, i) => ({
    w: made([i === 0 ? inputs : width, width], i === 0 ? inputs : width),
    ...channel(width),
  }));
  const head = { w: made([width, classes], width), b: tf.variable(tf.zeros([classes])) };
  return trains([batch, inputs], classes, (x, seen) => {
    const hidden = (h, layer) => (norm ? normalize(h, layer, byHand, seen) : tf.add(h, layer.b));
    const h = layers.reduce((h, layer) => tf.relu(hidden(tf.matMul(h, layer.w), layer)), x);
    return tf.add(tf.matMul(h, head.w), head.b);
  });
}

/**
 * A 3 × 3 convolution with zero padding, and the shape of its weights. Its `wasm` backend has no gradient of
 * `tf.conv2d` with respect to the filter, but has that of `tf.conv3d`, here of a single plane; by `columns` it
 * is a product, as ours.
 *
 * @type {Record<string, {shape: (inputs: number, outputs: number) => number[], apply: (x: any, w: any) => any}>}
 */
const CONVOLUTIONS = {
  conv2d: { shape: (inputs, outputs) => [3, 3, inputs, outputs], apply: (x, w) => tf.conv2d(x, w, 1, "same") },
  conv3d: {
    shape: (inputs, outputs) => [1, 3, 3, inputs, outputs],
    apply: (x, w) => tf.squeeze(tf.conv3d(tf.expandDims(x, 1), w, 1, "same"), [1]),
  },
  columns: {
    shape: (inputs, outputs) => [9 * inputs, outputs],
    apply(x, w) {
      const [images, side, , channels] = x.shape;
      const padded = tf.pad(x, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]);
      const taps = Array.from({ length: 9 }, (_, i) => tf.slice(padded, [0, Math.floor(i / 3), i % 3, 0], [images, side, side, channels]));
      const columns = tf.reshape(tf.concat(taps, 3), [images * side * side, 9 * channels]);
      return tf.reshape(tf.matMul(columns, w), [images, side, side, w.shape[1]]);
    },
  },
};

/**
 * A convolutional network: each convolution is pooled 2 × 2 and the next has twice the channels; then a
 * fully connected layer.
 *
 * @param {any} net
 * @param {string} convolution
 */
export function cnn({ side, width, depth, head, classes, batch, norm }, convolution, byHand = false) {
  const { shape, apply } = CONVOLUTIONS[convolution];
  const layers = Array.from({ length: depth }, (_, i) => {
    const [inputs, outputs] = [i === 0 ? 1 : width * 2 ** (i - 1), width * 2 ** i];
    return { w: made(shape(inputs, outputs), 9 * inputs), ...channel(outputs) };
  });
  const flat = (side / 2 ** depth) ** 2 * width * 2 ** (depth - 1);
  const linear = { w: made([flat, head], flat), ...channel(head) };
  const last = { w: made([head, classes], head), b: tf.variable(tf.zeros([classes])) };
  return trains([batch, side, side, 1], classes, (x, seen) => {
    const hidden = (h, layer) => tf.relu(norm ? normalize(h, layer, byHand, seen) : tf.add(h, layer.b));
    const image = layers.reduce((h, layer) => tf.avgPool(hidden(apply(h, layer.w), layer), 2, 2, "valid"), x);
    const h = hidden(tf.matMul(tf.reshape(image, [batch, flat]), linear.w), linear);
    return tf.add(tf.matMul(h, last.w), last.b);
  });
}
