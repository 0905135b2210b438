// The first numbers of a run: site energy per area, end uses by fuel, peak and unmet hours; or why there are none.

import { timeOfYear } from "../catalogue.js";
import { fill, find, h } from "../dom.js";
import { endUseChart, endUses, endUseTable, readable } from "../end-uses.js";
import { onSettings, settings } from "../settings.js";
import { badge } from "../status.js";
import { texts } from "../texts.js";
import { energy, metric, number } from "../units.js";
import { words } from "./new-texts.js";

/** @typedef {import("../settings.js").EnergyUnit} EnergyUnit */
/** @typedef {Record<string, any>} Metrics */
/**
 * @typedef {object} Run
 * @property {string} id
 * @property {string} simulation_id
 * @property {number} index
 * @property {keyof typeof texts.status} status
 * @property {number} progress
 * @property {string} message
 * @property {string | null} ended_at
 * @property {{code: string, message: string} | null} error
 * @property {import("../resources.js").Message[]} messages
 * @property {Metrics | null} metrics
 */
/** @typedef {{run: Run, simulation: import("./simulations.js").Simulation, catalogue: {name: string, text: string}[], place: HTMLElement, startOver: () => void}} Ended */

const SHOWN_MESSAGES = 5;
const SHOWN_ZONES = 12;

/** Shows the numbers anew in other units. */
let again = () => {};
onSettings(() => again());

/** @param {Ended} ended */
export function firstNumbers(ended) {
  const { run, simulation, place } = ended;
  const content = h("div", { id: "numbers" });
  fill(place, h("section", { class: "card result", "aria-labelledby": "result-title" },
    h("p", { class: "line" }, badge(run.status), h("span", { id: "counts", class: "quiet-text" })),
    h("h2", { id: "result-title", class: "clamped", dir: "auto", tabindex: -1 }, simulation.name), content, links(ended)));
  find("#result-title").focus({ preventScroll: true });
  if (!run.metrics) {
    fill(content, failure(run));
    return;
  }
  const define = new Map(ended.catalogue.map(({ name, text }) => [name, text]));
  const show = () => showMetrics(content, /** @type {Metrics} */ (run.metrics), define, settings().energy);
  again = () => content.isConnected && show();
  show();
}

/** @param {HTMLElement} content @param {Metrics} metrics @param {Map<string, string>} define @param {EnergyUnit} unit */
function showMetrics(content, metrics, define, unit) {
  const figures = h("dl", { class: "figures" }, ...headline(metrics, define, unit));
  if (!metrics.end_uses) {
    fill(content, figures, h("p", {}, words.result.noEnergy), sizes(metrics));
    return;
  }
  const uses = endUses(metrics.end_uses);
  fill(content, figures, h("h3", {}, texts.run.endUses, " ", h("span", { class: "unit" }, energy(0, unit).unit)), endUseChart(uses),
    h("details", {}, h("summary", {}, words.result.tableSummary), endUseTable(uses)));
}

/** @param {Metrics} metrics @param {Map<string, string>} define @param {EnergyUnit} unit */
function headline(metrics, define, unit) {
  const entry = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string | null} */ more = null, isMain = false) => {
    const { text, unit: shown } = name === "peak_electricity_w" ? kilowatts(metrics[name]) : metric(name, metrics[name], unit);
    return h("div", { class: isMain ? "main" : null, title: define.get(name) ?? null }, h("dt", {}, label),
      h("dd", { "data-metric": name }, h("b", {}, text), " ", text !== texts.none && h("span", { class: "unit" }, shown), more && h("small", {}, more)));
  };
  const peak = metrics.peak_electricity_at ? words.result.at(timeOfYear(metrics.peak_electricity_at)) : null;
  const all = [
    metrics.end_uses && entry("site_eui_kwh_per_m2", words.result.siteEnergy, null, true),
    metrics.end_uses && entry("peak_electricity_w", words.result.peak, peak),
    metrics.end_uses && entry("unmet_heating_hours", words.result.unmetHeating),
    metrics.end_uses && entry("unmet_cooling_hours", words.result.unmetCooling),
    entry("total_area_m2", words.result.area),
  ];
  return all.filter(Boolean);
}

/** Peaks are watts in the API. @param {number | null | undefined} watts */
const kilowatts = (watts) => ({ text: number(watts, 0.001), unit: "kW" });

/** @param {Metrics} metrics */
function sizes({ sizing }) {
  const zones = (sizing?.zones ?? []).slice(0, SHOWN_ZONES);
  if (!zones.length) return null;
  const row = (/** @type {any} */ { zone, load, design_load_w }) => h("tr", {}, h("td", { class: "named", dir: "auto" }, zone),
    h("td", {}, words.result.load[/** @type {"heating" | "cooling"} */ (load)] ?? load),
    h("td", { class: "number" }, kilowatts(design_load_w).text, " ", h("span", { class: "unit" }, "kW")));
  return h("div", { class: "scrolls", tabindex: 0 }, h("table", {}, h("caption", { class: "quiet-text" }, words.result.sizes), h("tbody", {}, ...zones.map(row))));
}

/** In the modeller's words: what EnergyPlus itself said. @param {Run} run */
function failure({ status, error, messages }) {
  const grave = messages.filter(({ severity }) => severity !== "warning").slice(0, SHOWN_MESSAGES);
  // The error of a model is made of its gravest messages, which come below.
  const isSaid = error !== null && grave.some(({ text }) => error.message.includes(text));
  return h("div", {},
    h("p", { class: status === "failed" ? "fault" : "note", dir: "auto" }, h("strong", {}, status === "failed" ? words.result.failed : words.result.cancelled),
      error && !isSaid && `: ${error.message}`),
    grave.length > 0 && h("h3", {}, words.result.severe),
    grave.length > 0 && h("ul", { class: "said" }, ...grave.map(({ severity, text, object }) => h("li", {}, h("span", { class: "tag" }, readable(severity)), h("span", { dir: "auto" }, text),
      object?.line ? h("span", { class: "help" }, ` ${texts.run.line(object.line)}`) : null))));
}

/** @param {Ended} ended */
function links({ run, startOver }) {
  return h("div", { class: "actions links" },
    h("a", { class: "button", href: `/runs/${run.id}` }, words.result.run),
    h("a", { class: "button quiet", href: `/simulations/${run.simulation_id}` }, words.result.simulation),
    h("button", { class: "quiet", type: "button", onclick: startOver }, words.result.again));
}
