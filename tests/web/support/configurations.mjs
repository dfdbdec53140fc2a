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
  const all = names("model").flatMap((model) => names("norm").map((norm) => `model=${model}&norm=${norm}&data=${data[model] ?? "digits"}&${sizes}`));
  return [...all, ...SQUARED];
}

/** Steps of each of these: enough for every kernel to have run forward and back. */
export const FEW = 6;
