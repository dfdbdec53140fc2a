// @ts-check
/** A measuring worker: losses around given weights, some points at a time. */

import { listen } from "../orders.js";

/** @typedef {import("../pkg/normlab.js").Surveyor | import("../pkg/full/normlab.js").Surveyor} Surveyor */
/** @typedef {{text: string, surveyor: Surveyor, key: number, running: boolean}} Post */
/** The surveyor of each side. @type {Map<string, Post>} */
const posts = new Map();

/** @param {import("../types.js").SurveyNews} news @param {Transferable[]} [transfer] */
const tell = (news, transfer = []) => /** @type {any} */ (self).postMessage(news, transfer);

/** @type {any} */ (globalThis).normlabPanicked = (/** @type {string} */ message) => tell({ type: "panic", message });

/** @param {import("../types.js").SurveyOrder} data @param {import("../orders.js").Wasm} wasm */
function obey(data, wasm) {
  const start = performance.now();
  let post = posts.get(data.side);
  if (!post || post.text !== data.text) {
    post?.surveyor.free();
    post = { text: data.text, surveyor: new wasm.Surveyor(data.text), key: -1, running: false };
    posts.set(data.side, post);
  }
  if (data.weights) {
    post.surveyor.place(data.weights, data.running);
    post.key = data.key;
  }
  const { surveyor } = post;
  const values = data.line ? surveyor.line(data.points, data.from, data.to) : surveyor.plane(data.points, data.from, data.to);
  tell({ type: "measured", id: data.id, from: data.from, values, milliseconds: performance.now() - start }, [values.buffer]);
}

listen(obey, (message) => tell({ type: "panic", message }));
