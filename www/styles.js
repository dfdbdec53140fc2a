/** The lab's styles, loaded once for all labs on a page. */

import { load, once } from "./load.js";

/** In the order in which they apply; `index.html` preloads them all. */
export const NAMES = ["base", "frame", "controls", "settings", "runs", "cards", "narrow", "media"];

/** The style sheets. */
export const loadStyles = once(() => Promise.all(NAMES.map(sheet)));

/** @param {string} name */
async function sheet(name) {
  const answer = await load(`./styles/${name}.css`, "The lab's styles");
  return new CSSStyleSheet().replace(await answer.text());
}
