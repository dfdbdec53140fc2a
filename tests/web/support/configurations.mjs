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
  "model=rnn&norm=batch&depth=1&length=8&width=20&activation=tanh&optimizer=adam&lr=0.003",
  "data=recall&model=transformer&norm=layer&depth=2&length=8&width=24&activation=gelu&optimizer=adam&lr=0.003",
  "norm=none&lr=100&seed=9",
];

export const STEPS = 200;
