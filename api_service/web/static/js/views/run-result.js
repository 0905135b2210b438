// The result of a run: what it rests on, headline numbers, end uses by fuel, and all numbers there are.

import { isSingle, labelOf, shownValue, term } from "../catalogue.js";
import { h } from "../dom.js";
import { endUseChart, endUseTable, endUses, readable } from "../end-uses.js";
import { settings } from "../settings.js";
import { scrolling } from "../table-parts.js";
import { MAX_ROWS } from "../table.js";
import { texts } from "../texts.js";
import { count, number } from "../units.js";
import { fact } from "./run-head.js";

/** @typedef {import("../resources.js").Run} Run */
/** @typedef {import("../catalogue.js").Entry} Entry */

const words = texts.run;
/** What the trust strip and the period say already. */
const ELSEWHERE = new Set(["warnings", "severe_errors", "total_area_m2", "engine_seconds"]);

/** @param {NonNullable<Run["metrics"]>} metrics @param {Run} run @param {HTMLElement} changes */
export function trust(metrics, run, changes) {
  const period = metrics.period;
  const area = (/** @type {string} */ name) => `${number(metrics[name])} m²`;
  const tolerance = (/** @type {string} */ name) => (metrics[name] === null ? texts.none : `${Number(metrics[name].toFixed(3))} K`);
  const severe = metrics.severe_errors ?? 0;
  const environments = period && h("span", { class: "quiet-text under" }, h("bdi", {}, period.environments.join(", ")));
  const notes = { design_days: words.designDays, partial: words.notAnnual, multiple: words.notAnnual };
  const note = notes[/** @type {keyof typeof notes} */ (period?.kind ?? "")];
  return h("section", { class: "card trust", "aria-labelledby": "trust" }, h("h2", { id: "trust" }, words.trust),
    severe > 0 && h("p", { class: "fault" }, words.severeNote), note && h("p", { class: "note" }, note),
    h("dl", { class: "facts" },
      period && fact(words.period, words.kinds[period.kind] ?? period.kind, environments),
      period && fact(words.hours, `${number(period.hours_simulated)} h`),
      fact(words.areas, words.area(area("total_area_m2"), area("conditioned_area_m2"))),
      fact(words.tolerances, words.tolerance(tolerance("unmet_heating_tolerance_k"), tolerance("unmet_cooling_tolerance_k"))),
      fact(words.severe, severe > 0 ? h("a", { class: "failed", href: "#messages" }, count(severe)) : "0"),
      fact(words.warnings, metrics.warnings ? h("a", { href: "#messages" }, count(metrics.warnings)) : "0"),
      run.verdict && fact(words.verdict, words.verdicts[run.verdict] ?? run.verdict),
      fact(words.changed, changes)));
}

/** @param {NonNullable<Run["metrics"]>} metrics @param {Entry[]} entries */
export function headline(metrics, entries) {
  const choice = settings().energy;
  const isShown = (/** @type {Entry} */ entry) => entry.headline && isSingle(entry) && !ELSEWHERE.has(entry.name) && has(metrics[entry.name]);
  const shown = entries.filter(isShown);
  if (!shown.length) return null;
  shown.sort((a, b) => Number(b.name === "site_eui_kwh_per_m2") - Number(a.name === "site_eui_kwh_per_m2"));
  const tile = (/** @type {Entry} */ entry) => {
    const { text, unit } = shownValue(entry, metrics[entry.name], choice);
    const at = entry.name === "peak_electricity_w" && metrics.peak_electricity_at;
    return h("div", { class: "tile", "data-metric": entry.name }, h("dt", {}, term(entry)),
      h("dd", {}, h("span", { class: "value" }, text), " ", h("span", { class: "unit" }, unit)),
      at && h("dd", { class: "quiet-text at" }, shownValue({ name: "peak_electricity_at", shape: "time" }, at, choice).text));
  };
  return h("section", { "aria-labelledby": "headline" }, h("h2", { id: "headline" }, words.headline),
    h("dl", { class: "tiles" }, ...shown.map(tile)));
}

/** @param {NonNullable<Run["metrics"]>} metrics */
export function endUseSection(metrics) {
  if (!metrics.end_uses || !Object.keys(metrics.end_uses).length) return null;
  const uses = endUses(metrics.end_uses);
  return h("section", { class: "card", "aria-labelledby": "end-uses" }, h("h2", { id: "end-uses" }, words.endUses),
    h("div", { class: "beside" }, endUseChart(uses), endUseTable(uses)));
}

/** @param {NonNullable<Run["metrics"]>} metrics @param {Entry[]} entries */
export function allNumbers(metrics, entries) {
  const choice = settings().energy;
  const single = entries.filter((entry) => isSingle(entry));
  const groups = [...new Set(single.map(({ group }) => group))];
  const row = (/** @type {Entry} */ entry) => {
    const { text, unit } = shownValue(entry, metrics[entry.name], choice);
    return h("tr", {}, h("th", { scope: "row" }, labelOf(entry), h("span", { class: "definition" }, entry.text)),
      h("td", { class: "number" }, text, " ", h("span", { class: "unit" }, unit)));
  };
  const table = h("table", { class: "plain" }, h("caption", { class: "hidden-text" }, words.all),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, words.metric), h("th", { scope: "col", class: "number" }, words.value))),
    ...groups.map((group) => h("tbody", {}, h("tr", {}, h("th", { scope: "rowgroup", colspan: 2, class: "group" }, group)),
      ...single.filter((entry) => entry.group === group).map(row))));
  return h("details", { class: "card" }, h("summary", {}, words.all), table);
}

/** What was sized: the only result of design days. @param {NonNullable<Run["metrics"]>} metrics @param {boolean} isOpen */
export function sizing(metrics, isOpen) {
  return ["zones", "systems"].map((name) => {
    const rows = metrics.sizing?.[name] ?? [];
    if (!rows.length) return null;
    const title = name === "zones" ? words.zones : words.systems;
    const columns = /** @type {(keyof typeof words.sizing)[]} */ (Object.keys(words.sizing)).filter((column) => column in rows[0]);
    // Only the kind of load is a word of ours; names are as the model has them.
    const text = (/** @type {string} */ column, /** @type {any} */ value) => (column === "load" && value ? readable(value) : String(value ?? texts.none));
    const cell = (/** @type {string} */ column, /** @type {any} */ value) =>
      (typeof value === "number" ? h("td", { class: "number" }, number(value)) : h("td", {}, h("bdi", {}, text(column, value))));
    const header = (/** @type {keyof typeof words.sizing} */ column) =>
      h("th", { scope: "col", class: typeof rows[0][column] === "number" ? "number" : null }, words.sizing[column]);
    return h("details", { class: "card", open: isOpen }, h("summary", {}, title),
      scrolling(title, h("table", { class: "plain" }, h("caption", { class: "hidden-text" }, title),
        h("thead", {}, h("tr", {}, ...columns.map(header))),
        h("tbody", {}, ...rows.slice(0, MAX_ROWS).map((/** @type {any} */ row) => h("tr", {}, ...columns.map((column) => cell(column, row[column]))))))));
  });
}

/** @param {unknown} value */
const has = (value) => value !== null && value !== undefined;
