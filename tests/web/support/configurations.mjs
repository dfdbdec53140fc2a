/** Varied runs whose fingerprints must be the same everywhere. */

export const CONFIGURATIONS = [
  "norm=none",
  "norm=batch",
  "norm=layer&batch=7",
  "norm=group&groups=4&width=20&batch=33",
  "norm=rms&activation=silu&optimizer=adamw&lr=0.003&weight_decay=0.05",
  "norm=batch&batch=2&activation=tanh&init=glorot",
  "norm=batch&stat_momentum=cumulative&eps=0.001&optimizer=momentum",
  "norm=none&init=he&depth=12&width=33&activation=gelu&lr=0.01",
  "norm=layer&init=normal&init_std=0.1&activation=sigmoid&optimizer=adam&lr=0.001",
  "data=spirals&norm=batch&width=16&depth=4",
  "data=circles&noise=0.3&norm=none&activation=tanh&batch=400&seed=4294967295",
  "data=xor&norm=group&groups=1&width=2&depth=1",
  "data=gaussians&norm=rms&width=17&depth=3&batch=1",
  "norm=batch&skip=plain&bias=on&dropout=0.2&order=after",
  "norm=layer&skip=skipinit&affine=off&sampling=sorted&subset=500",
  "norm=batch&devices=4&shards=sorted&freeze=150&tune_at=100&shift_scale=0.5&shift_noise=0.1",
  "norm=none&lr=100&seed=9",
];

export const STEPS = 200;

/** Runs on the squared error, with numbers and with classes as targets. */
const SQUARED = [
  "norm=batch&data=linear&loss=mse&activation=identity&depth=25&width=10&batch=1000&lr=0.001",
  "norm=layer&loss=mse&batch=1437&activation=tanh",
];

/** Small nets of every family with every normalization that the engine's tables name, on data that it can read; and some on the squared error. @param {any} wasm */
export function combinations(wasm) {
  /** @type {import("../../../www/types.js").Field[]} */
  const fields = wasm.tables().fields;
  const names = (/** @type {string} */ field) => fields.find((f) => f.name === field)?.choices.map((c) => c.name) ?? [];
  const sizes = "depth=2&width=8&head=8&groups=4&heads=2&length=8&batch=12&ghost=4&devices=3&warmup=2&dropout=0.1&optimizer=adamw&lr=0.01";
  const data = /** @type {Record<string, string>} */ ({ mlp: "xor", cnn: "shapes", rnn: "recall", transformer: "majority" });
  const all = names("model").flatMap((model) =>
    names("norm").map((norm) => `model=${model}&norm=${norm}&data=${data[model] ?? "digits"}&${sizes}`),
  );
  return [...all, ...SQUARED];
}

/** Steps of each of these: enough for every kernel to have run forward and back. */
export const FEW = 6;

/** Numbers from 0 to 1 that follow from a seed (mulberry32). @param {number} seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whole numbers are drawn up to here: larger networks compute nothing else, but longer. */
const LARGEST = 24;

/** A value of a field, from all its choices or its whole range. @param {import("../../../www/types.js").Field} field @param {() => number} next */
function draw(field, next) {
  if (field.kind === "choice") return field.choices[Math.floor(next() * field.choices.length)].name;
  if (field.absent && next() < 0.2) return field.absent;
  const [min, max] = [field.min, field.kind === "whole" && field.name !== "seed" ? Math.min(field.max, LARGEST) : field.max];
  const value = field.log && min > 0 ? min * (max / min) ** next() : min + (max - min) * next();
  return field.kind === "whole" ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/**
 * Configurations that can be trained, each a small net with a fifth of all settings drawn anew, evenly over families
 * and normalizations.
 *
 * @param {any} wasm @param {number} count @param {number} seed
 */
export function drawn(wasm, count, seed) {
  /** @type {import("../../../www/types.js").Field[]} */
  const fields = wasm.tables().fields;
  const [bases, next] = [combinations(wasm), random(seed)];
  const found = [];
  for (let i = 0; found.length < count; i++) {
    const changes = fields.filter(() => next() < 0.2).map((field) => `${field.name}=${draw(field, next)}`);
    const settings = new Map(
      `${bases[i % bases.length]}&${changes.join("&")}`.split("&").map((s) => /** @type {[string, string]} */ (s.split("="))),
    );
    const text = [...settings]
      .filter(([key]) => key)
      .map(([key, value]) => `${key}=${value}`)
      .join("&");
    try {
      new wasm.Trainer(text).free();
      found.push(text);
    } catch (problems) {
      if (!Array.isArray(problems)) throw problems;
    }
  }
  return found;
}
