/** A dialog in front of everything: the keyboard stays in it, Escape or a click beside it closes it. */

import { h } from "../dom.js";

/**
 * @param {string} name For the styles.
 * @param {string} title
 * @param {...Node} content
 */
export function modal(name, title, ...content) {
  const heading = h("h2", { id: `${name}-title` }, title);
  const close = h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => dialog.close() }, "×");
  const dialog = h(
    "dialog",
    { class: `modal ${name}`, "aria-labelledby": heading.id },
    h("div", { class: "modal-head" }, heading, close),
    ...content,
  );
  dialog.addEventListener("click", (event) => {
    // The dialog itself is hit only beside its content.
    if (event.target === dialog) dialog.close();
  });
  // The lab's shortcuts mean what lies behind.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  return dialog;
}
