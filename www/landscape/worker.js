// @ts-check
/** A measuring worker: losses around given weights, some points at a time. */

import { listen } from "../workers/listen.js";

/** @typedef {import("../types.js").SurveyOrder} SurveyOrder */
/** @typedef {import("../pkg/normlab.js").Surveyor | import("../pkg/full/normlab.js").Surveyor} Surveyor */
/** @typedef {{text: string, surveyor: Surveyor}} Post */
/** The surveyor of each side. @type {Map<string, Post>} */
const posts = new Map();

/** @param {import("../types.js").SurveyNews} news @param {Transferable[]} [transfer] */
const tell = (news, transfer = []) => /** @type {any} */ (self).postMessage(news, transfer);

/** @param {SurveyOrder} data @param {import("../workers/listen.js").Wasm} wasm */
function obey(data, wasm) {
  const surveyor = posted(data, wasm);
  const { plane, stats, line } = data.section;
  try {
    if (data.type === "locate") {
      const { weights, more } = data.through;
      const values = surveyor.at(weights, plane, stats, more, ...data.place);
      tell({ type: "located", id: data.id, values }, [values.buffer]);
      return;
    }
    const placed = data.through && surveyor.place(data.through.weights, plane, stats, data.through.more);
    // What a point costs is asked for: finding the plane is done once.
    const start = performance.now();
    const values = line ? surveyor.line(data.points, data.from, data.to) : surveyor.plane(data.points, data.from, data.to);
    tell({ type: "measured", id: data.id, from: data.from, values, milliseconds: performance.now() - start, placed }, [values.buffer]);
  } catch (why) {
    // A panic tells of itself; what else is thrown here says in words why there is no such plane.
    if (typeof why !== "string") throw why;
    tell({ type: "lacking", id: data.id, why });
  }
}

/** @param {SurveyOrder} order @param {import("../workers/listen.js").Wasm} wasm */
function posted({ side, text }, wasm) {
  let post = posts.get(side);
  if (!post || post.text !== text) {
    post?.surveyor.free();
    post = { text, surveyor: new wasm.Surveyor(text) };
    posts.set(side, post);
  }
  return post.surveyor;
}

listen(obey);
