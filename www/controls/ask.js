/** The button that shows and hides an explanation. */

import { h } from "../dom.js";

/** @param {string} label What is explained. @param {HTMLElement} help The explanation, with an id. */
export function ask(label, help) {
  const button = h(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-expanded": "false",
      "aria-controls": help.id,
      "aria-label": `What is ${label}?`,
      onclick: () => {
        help.hidden = !help.hidden;
        button.setAttribute("aria-expanded", String(!help.hidden));
      },
    },
    "?",
  );
  return button;
}
