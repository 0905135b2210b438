// Colours of css/variables.css for what is painted on a canvas, where light-dark() means nothing.

import { h } from "./dom.js";

/**
 * Returns the colour of a variable as it is within an element, in the theme of now.
 * @param {Element} within
 * @returns {(name: string) => string}
 */
export function coloursWithin(within) {
  /** @type {Map<string, string>} */
  const known = new Map();
  return (name) => {
    const colour = known.get(name) ?? read(within, name);
    known.set(name, colour);
    return colour;
  };
}

/** Calls `callback` when the system's theme or the one of the settings changed. @param {() => void} callback @param {AbortSignal} [signal] ends it */
export function onTheme(callback, signal) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback, { signal });
  const observer = new MutationObserver(callback);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  signal?.addEventListener("abort", () => observer.disconnect());
}

/** @param {Element} within @param {string} name */
function read(within, name) {
  const probe = h("span", { hidden: true });
  probe.style.color = `var(--${name})`;
  within.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
