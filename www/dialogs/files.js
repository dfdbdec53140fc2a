/** Files to and from the reader's disk, without leaving the page. */

import { h } from "../dom.js";

/** @import { TakenFile } from "../types.js" */

/** How long an address of a file is kept, in milliseconds: browsers read it some time after the click. */
const KEPT = 60_000;

/**
 * Whether the frame that this page sits in lets it save files; unknown behind another origin.
 *
 * @returns {boolean | undefined}
 */
export function maySave() {
  if (window.parent === window) return true;
  const frame = window.frameElement;
  if (!frame) return undefined;
  return !frame.hasAttribute("sandbox") || /** @type {HTMLIFrameElement} */ (frame).sandbox.contains("allow-downloads");
}

/**
 * A link that saves a file.
 *
 * @param {TakenFile} file
 */
export function link({ name, type, data }) {
  const url = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (data)], { type }));
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
  return h("a", { href: url, download: name }, name);
}

/**
 * Asks for a file; nothing, if none is chosen.
 *
 * @param {string} accept
 * @returns {Promise<File | undefined>}
 */
export function ask(accept) {
  return new Promise((resolve) => {
    const input = h("input", { type: "file", accept });
    input.addEventListener("change", () => resolve(input.files?.[0]));
    input.addEventListener("cancel", () => resolve(undefined));
    input.click();
  });
}
