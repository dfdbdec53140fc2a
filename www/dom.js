/** Building elements without markup made from strings. */

/**
 * An element with attributes, properties and children. `on…` keys are listeners, `class` and names
 * with a dash are attributes, everything else is a property if the element has it.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && !key.includes("-") && key !== "role" && key !== "list") Object.assign(element, { [key]: value });
    else if (value !== false) element.setAttribute(key === "class" ? "class" : key, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Sets text only when it changes, so that nothing is laid out or announced anew without need.
 *
 * @param {Node} node
 * @param {string} text
 */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * A button group of which one is pressed.
 *
 * @param {string} label
 * @param {{name: string, label: string, help?: string}[]} choices
 * @param {(name: string) => void} choose
 * @returns {{element: HTMLElement, show: (name: string) => void}}
 */
export function segmented(label, choices, choose) {
  const buttons = choices.map((choice) =>
    h(
      "button",
      { type: "button", class: "segment", title: choice.help, "data-value": choice.name, onclick: () => choose(choice.name) },
      choice.label,
    ),
  );
  return {
    element: h("div", { class: "segmented", role: "group", "aria-label": label }, ...buttons),
    show(name) {
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.value === name));
    },
  };
}
