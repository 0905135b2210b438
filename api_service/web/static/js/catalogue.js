// The catalogue of metrics: what each number is called, its unit and its definition.

import { get } from "./api.js";
import { h } from "./dom.js";
import { texts } from "./texts.js";
import { count, metric } from "./units.js";

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {string | null} unit
 * @property {string} text
 * @property {string} group
 * @property {string} source
 * @property {string} shape
 * @property {string | null} label
 * @property {boolean} headline
 */

/** @type {Promise<Entry[]> | null} */
let fetched = null;
/** Endings of names that are units. */
const UNITS = /_(kwh_per_m2|kwh|m2|m3|w|k|minutes|seconds)$/;
/** Shapes that are one value. */
const SINGLE = new Set(["number", "integer", "flag", "time", "text"]);
let terms = 0;

/** @returns {Promise<Entry[]>} in the order in which a run has them */
export function catalogue() {
  fetched ??= get("/metrics").then(({ items }) => items, (error) => {
    fetched = null;
    throw error;
  });
  return fetched;
}

/** Whether a metric is one value, which a line can show. @param {Entry} entry */
export const isSingle = ({ shape }) => SINGLE.has(shape);

/** The short name of a metric. @param {Pick<Entry, "name" | "label">} entry */
export function labelOf({ name, label }) {
  const words = label ?? name.replace(UNITS, "").replaceAll("_", " ").replace(/\b(pv|eui)\b/g, (word) => word.toUpperCase());
  return words[0].toUpperCase() + words.slice(1);
}

/**
 * A value of a metric as text, and its unit.
 * @param {Pick<Entry, "name" | "shape">} entry
 * @param {any} value
 * @param {import("./settings.js").EnergyUnit} energy
 * @returns {import("./units.js").Shown}
 */
export function shownValue({ name, shape }, value, energy) {
  if (value === null || value === undefined) return { text: texts.none, unit: "" };
  if (shape === "flag") return { text: value ? texts.yes : texts.no, unit: "" };
  if (shape === "time") return { text: timeOfYear(String(value)), unit: "" };
  if (shape === "text") return { text: String(value), unit: "" };
  if (shape === "integer") return { text: count(value), unit: "" };
  return metric(name, value, energy);
}

/**
 * `17 Jul, 14:15` of `07-17T14:15`: an instant of a simulated year.
 * @param {string} value
 */
export function timeOfYear(value) {
  const found = /^(\d\d)-(\d\d)T(\d\d:\d\d)$/.exec(value);
  return found ? `${Number(found[2])} ${texts.months[Number(found[1]) - 1]}, ${found[3]}` : value;
}

/**
 * The name of a metric; its definition is shown on hover and on focus, and read to who does not see it.
 * @param {Entry} entry
 */
export function term(entry) {
  const id = `term-${(terms += 1)}`;
  const tip = h("span", { class: "tip", role: "tooltip", id }, entry.text, h("span", { class: "source" }, texts.source(entry.source)));
  const name = h("button", { class: "term", type: "button", "aria-describedby": id }, labelOf(entry));
  const box = h("span", { class: "term-box" }, name, tip);
  name.addEventListener("keydown", ({ key }) => key === "Escape" && name.blur());
  return box;
}
