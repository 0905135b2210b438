// What a list says when it has no rows: there are none yet, or none that match.

import { h } from "./dom.js";
import { texts } from "./texts.js";

/**
 * @param {{title: string, hint: string, filters: import("./filter-form.js").FilterForm, hasMore?: boolean}} options
 */
export function nothing({ title, hint, filters, hasMore = false }) {
  const words = texts.fleet;
  if (hasMore) return h("p", {}, words.lookFurther);
  if (filters.isEmpty) return h("div", {}, h("p", { class: "title" }, title), h("p", {}, hint));
  return h("div", {}, h("p", { class: "title" }, words.nothingFound), h("p", {}, words.nothingFoundHint),
    h("button", { class: "quiet", type: "button", onclick: () => filters.clear() }, words.clear));
}
