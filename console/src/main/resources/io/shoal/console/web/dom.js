// Elements from data. Text goes in as text nodes only: nothing that a transaction holds becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; `on...` attributes are listeners, null ones are left out. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" && "value" in element) element.value = value;
    else if (name === "style") Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/** Writes what is chosen on a page into its address, so that the address can be sent to somebody; empty values are left out. */
export function remember(path, parameters) {
  const set = Object.entries(parameters).filter(([, v]) => v !== null && v !== undefined && v !== "");
  history.replaceState(null, "", `#/${path}${set.length ? `?${new URLSearchParams(set)}` : ""}`);
}

/** Puts these children in place of those that were there. */
export function put(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}
