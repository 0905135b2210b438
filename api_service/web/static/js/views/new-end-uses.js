// End uses by fuel, sorted for bars and as a table.

import { h } from "../dom.js";
import { texts } from "../texts.js";
import { energy } from "../units.js";
import { words } from "./new-texts.js";

/** @typedef {Record<string, Record<string, number>>} ByUse */
/** @typedef {{uses: string[], fuels: string[], kwh: ByUse}} EndUses */

/** `natural_gas` as "Natural gas". @param {string} name */
export function readable(name) {
  const spaced = name.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** The end uses that use anything, the largest first, and their fuels. @param {ByUse} found @returns {EndUses} */
export function endUses(found) {
  const sum = (/** @type {number[]} */ values) => values.reduce((total, value) => total + value, 0);
  const uses = Object.keys(found).filter((use) => sum(Object.values(found[use])) !== 0)
    .sort((a, b) => sum(Object.values(found[b])) - sum(Object.values(found[a])));
  const ofFuel = (/** @type {string} */ fuel) => sum(uses.map((use) => found[use][fuel] ?? 0));
  const fuels = [...new Set(uses.flatMap((use) => Object.keys(found[use])))].filter((fuel) => ofFuel(fuel) !== 0)
    .sort((a, b) => ofFuel(b) - ofFuel(a));
  return { uses, fuels, kwh: found };
}

/** @param {EndUses} endUses @param {import("../settings.js").EnergyUnit} unit */
export function endUseTable({ uses, fuels, kwh }, unit) {
  const cell = (/** @type {number | undefined} */ value) => h("td", { class: "number" }, value === undefined ? texts.none : energy(value, unit).text);
  return h("div", { class: "scrolls", tabindex: 0, role: "region", "aria-label": words.result.endUses }, h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, words.result.endUse),
      ...fuels.map((fuel) => h("th", { scope: "col", class: "number" }, readable(fuel))))),
    h("tbody", {}, ...uses.map((use) => h("tr", { "data-use": use }, h("th", { scope: "row" }, readable(use)), ...fuels.map((fuel) => cell(kwh[use][fuel])))))));
}
