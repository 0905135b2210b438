// The runs of a simulation as a table: parameters and headline metrics as columns; searched and sorted by the server.

import { get } from "../api.js";
import { isSingle, labelOf, shownValue } from "../catalogue.js";
import { h } from "../dom.js";
import { parameterText, shownRunStatus } from "../resources.js";
import { settings } from "../settings.js";
import { badge } from "../status.js";
import { texts } from "../texts.js";
import { duration, timeElement } from "../time.js";

/** @typedef {import("../resources.js").Run} Run */
/** @typedef {import("../catalogue.js").Entry} Entry */
/** @typedef {import("../table.js").Column<Run>} Column */

const words = texts.simulation;
/** Requests for one page: a search may answer with few runs, or none, and still a cursor. */
const MOST_REQUESTS = 10;
/** Parameters that have columns of their own; a run's view shows all. */
const MOST_PARAMETERS = 8;
/** Headline metrics that say nothing when runs of one simulation are compared. */
const NOT_COMPARED = new Set(["site_energy_kwh", "total_area_m2", "engine_seconds"]);
/** The metric by which the server can sort; it is the first one. */
const SORTED = "site_eui_kwh_per_m2";

/**
 * @param {{inputs: {role: string}[], spec: {parameters?: {name: string}[]}}} simulation
 * @param {Entry[]} entries
 * @returns {Column[]}
 */
export function runColumns({ inputs, spec }, entries) {
  const named = words.columns;
  const several = (/** @type {string} */ role) => inputs.filter((input) => input.role === role).length > 1;
  const parameters = (spec.parameters ?? []).slice(0, MOST_PARAMETERS).map(({ name }) => parameterColumn(name));
  const shown = entries.filter((entry) => entry.headline && isSingle(entry) && !NOT_COMPARED.has(entry.name));
  shown.sort((a, b) => Number(b.name === SORTED) - Number(a.name === SORTED));
  return [
    { label: named.run, kind: "named", cell: (run) => h("a", { href: `/runs/${run.id}` }, words.run(run.index)) },
    { label: named.status, kind: "status", cell: status },
    ...(several("model") ? [textColumn(named.model, "model")] : []),
    ...(several("weather") ? [textColumn(named.weather, "weather")] : []),
    ...parameters,
    ...shown.map(metricColumn),
    { label: named.seconds, isNumber: true, sort: "seconds", cell: ({ seconds }) => (seconds === null ? "" : duration(seconds)) },
    { label: named.ended, sort: "ended", cell: ({ ended_at }) => (ended_at ? timeElement(ended_at) : "") },
  ];
}

/**
 * A page of up to `limit` runs, gathered from as many answers as it takes.
 * @param {string} path
 * @param {Record<string, import("../api.js").QueryValue>} query
 * @param {number} limit
 * @param {string | null} cursor
 * @param {(path: string, options: import("../api.js").Options) => Promise<any>} [ask] of tests
 * @returns {Promise<{items: Run[], next_cursor: string | null}>}
 */
export async function gather(path, query, limit, cursor, ask = get) {
  /** @type {Run[]} */
  const items = [];
  let next = cursor;
  for (let request = 0; request < MOST_REQUESTS; request += 1) {
    const answer = await ask(path, { query: { ...query, limit: limit - items.length, cursor: next } });
    items.push(...answer.items);
    next = answer.next_cursor;
    if (items.length >= limit || next === null) break;
  }
  return { items, next_cursor: next };
}

/** @param {string} label @param {"model" | "weather"} key @returns {Column} */
function textColumn(label, key) {
  return { label, kind: "text", cell: (run) => h("bdi", { class: "clamped", title: run[key] }, run[key]) };
}

/** @param {string} name @returns {Column} */
function parameterColumn(name) {
  const isNumber = (/** @type {unknown} */ value) => typeof value === "number";
  const cell = (/** @type {Run} */ { parameters }) => {
    const value = parameters?.[name];
    if (value === undefined) return texts.none;
    return isNumber(value) ? String(value) : h("bdi", { class: "clamped", title: parameterText(value) }, parameterText(value));
  };
  return { label: name, kind: "parameter", isNumber: true, cell };
}

/** @param {Entry} entry @returns {Column} */
function metricColumn(entry) {
  const { energy } = settings();
  const { unit } = shownValue(entry, 0, energy);
  const cell = (/** @type {Run} */ { metrics }) => (metrics ? shownValue(entry, metrics[entry.name], energy).text : "");
  const label = unit ? `${labelOf(entry)}, ${unit}` : labelOf(entry);
  return { label, hint: entry.text, isNumber: true, sort: entry.name === SORTED ? SORTED : undefined, cell };
}

/** The badge; beside it how far a run is, so that rows keep their height, and below it why it has failed. @param {Run} run */
function status(run) {
  const text = run.status === "failed" && run.error?.message;
  return h("div", {}, badge(shownRunStatus(run)),
    run.status === "running" && h("span", { class: "quiet-text percent", title: run.message }, `${run.progress} %`),
    text && h("p", { class: "clamped", title: text, dir: "auto" }, text));
}
