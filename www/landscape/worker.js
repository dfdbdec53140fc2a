/** A measuring worker: losses around given weights, some points at a time. */

import { listen } from "../workers/listen.js";

/** @import { SurveyMessage as Message, SurveyReply, Wasm } from "../types.js" */

/** @typedef {Message & {id: number}} SurveyMessage */
/** @typedef {InstanceType<Wasm["Surveyor"]>} Surveyor */
/** @typedef {{text: string, surveyor: Surveyor}} Post */
/** The surveyor of each side. @type {Map<string, Post>} */
const posts = new Map();

/** @param {SurveyReply} reply @param {Transferable[]} [transfer] */
const post = (reply, transfer = []) => /** @type {any} */ (self).postMessage(reply, transfer);

/** @param {SurveyMessage} data @param {Wasm} wasm */
function handle(data, wasm) {
  const surveyor = posted(data, wasm);
  const { plane, stats, line } = data.section;
  try {
    if (data.type === "locate") {
      const { weights, more } = data.through;
      const values = surveyor.at(weights, plane, stats, more, ...data.place);
      post({ type: "located", id: data.id, values }, [values.buffer]);
      return;
    }
    const placed = data.through && surveyor.place(data.through.weights, plane, stats, data.through.more);
    // What a point costs is asked for: finding the plane is done once.
    const start = performance.now();
    const values = line ? surveyor.line(data.points, data.from, data.to) : surveyor.plane(data.points, data.from, data.to);
    post({ type: "measured", id: data.id, from: data.from, values, milliseconds: performance.now() - start, placed }, [values.buffer]);
  } catch (why) {
    // A panic is reported by itself; all else that is thrown here says why there is no such plane.
    if (typeof why !== "string") throw why;
    post({ type: "unavailable", id: data.id, why });
  }
}

/** @param {SurveyMessage} message @param {Wasm} wasm */
function posted({ side, text }, wasm) {
  let post = posts.get(side);
  if (!post || post.text !== text) {
    post?.surveyor.free();
    post = { text, surveyor: new wasm.Surveyor(text) };
    posts.set(side, post);
  }
  return post.surveyor;
}

listen(handle);
