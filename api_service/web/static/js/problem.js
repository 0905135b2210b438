// What a view says instead of the thing that it cannot show, and a way on.

import { h } from "./dom.js";
import { texts } from "./texts.js";

/** @param {string} title @param {string} hint @param {() => unknown} [again] without it, the way leads to the list */
export function problem(title, hint, again) {
  const way = again ? h("button", { class: "quiet", type: "button", onclick: again }, texts.retry)
    : h("a", { class: "button quiet", href: "/simulations" }, texts.simulation.back);
  return h("div", { class: "state", role: "alert" }, h("p", { class: "title" }, title), h("p", {}, hint), way);
}
