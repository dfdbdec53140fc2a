/** The networks that are measured, as the page's hash writes them. */

/** The network that the page opens with, which is small enough for ratios to scatter less. */
export const DEFAULT = [
  { name: "64-[64]×5-10, BatchNorm", text: "norm=batch" },
  { name: "64-[64]×5-10, no norm", text: "norm=none" },
];

export const LARGE = { name: "64-[128]×8-10, BatchNorm", text: "norm=batch&depth=8&width=128" };

/** Of each family; the convolutional one is that of the experiment on small batches. */
export const CNN = "model=cnn&depth=2&width=8&head=32";
export const RNN = "model=rnn&depth=1&width=64&length=32&activation=tanh";
export const TRANSFORMER = "data=majority&length=8&model=transformer&depth=2&width=32&activation=gelu";

/** How both sides train where they are compared. */
export const TRAINING = "init=he&optimizer=momentum&lr=0.001";
