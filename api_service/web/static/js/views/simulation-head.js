// The head of a simulation's view: name, status, how far it is, counts by status, times, files.

import { h } from "../dom.js";
import { badge, shownStatus } from "../status.js";
import { texts } from "../texts.js";
import { about, between, duration, timeElement } from "../time.js";
import { bytes, count } from "../units.js";
import { fact } from "./run-head.js";

/** @typedef {{role: string, name: string, size: number, href: string}} Input */
/** @typedef {{description: string, round: number, inputs: Input[], spec: Record<string, any>, time_left_seconds: {p50: number, p90: number} | null}} More */
/** @typedef {import("./simulations.js").Simulation & More} Detail */
/** @typedef {"succeeded" | "running" | "queued" | "failed" | "cancelled"} Counted */

const words = texts.simulation;
/** In the order of the bar: what is done first. @type {Counted[]} */
export const COUNTED = ["succeeded", "failed", "cancelled", "running", "queued"];
/** Input files that are named; a simulation may have hundreds. */
const MOST_FILES = 20;
/** Characters of a name from which on it is shown smaller. */
const LONG = 80;

/** @param {Detail} simulation */
export function heading(simulation) {
  const name = simulation.name || texts.simulations.unnamed;
  return h("div", { id: "heading", class: "titled" },
    h("h1", { dir: "auto", class: name.length > LONG ? "long" : null }, name), badge(shownStatus(simulation)));
}

/** @param {Detail} simulation */
export function facts(simulation) {
  const named = words.facts;
  const { started_at, ended_at, round, description } = simulation;
  return h("dl", { id: "facts", class: "facts" },
    fact(named.owner, h("bdi", {}, simulation.owner)), fact(named.priority, texts.priority[simulation.priority]),
    fact(named.created, timeElement(simulation.created_at)), started_at && fact(named.started, timeElement(started_at)),
    ended_at && fact(named.ended, timeElement(ended_at)), started_at && ended_at && fact(named.took, duration(between(started_at, ended_at))),
    round > 1 && fact(named.round, round), description && fact(words.description, h("bdi", {}, description)));
}

/** Why its runs do not start, or were cancelled, besides what a user did. @param {Detail} simulation */
export function held({ ended_at, circuit_breaker, waits_for, dependency_error, spec }) {
  const isStopped = circuit_breaker && !ended_at;
  const runs = isStopped && [words.stopped(circuit_breaker.failures, circuit_breaker.same_cause), " ",
    h("a", { href: `/runs/${circuit_breaker.run_id}`, class: "clamped", dir: "auto" }, circuit_breaker.message), " ", words.stoppedHint];
  const waits = waits_for && !ended_at && [words.waits[spec.depends_on.when === "end" ? "end" : "success"], " ",
    h("a", { href: `/simulations/${waits_for}` }, waits_for)];
  const said = runs || waits || (dependency_error && [dependency_error]);
  return h("p", { id: "held", class: "note", hidden: !said }, ...(said || []));
}

/** A bar of the runs by status; the numbers are beside it, in the filter. @param {Detail} simulation */
export function bar({ counts, progress, ended_at, time_left_seconds }) {
  const there = COUNTED.filter((status) => counts[status] > 0);
  const parts = there.map((status) => {
    const part = h("span", { class: `part ${status}`, title: `${texts.status[status]}: ${count(counts[status])}` });
    part.style.flexGrow = String(counts[status] / counts.total);
    return part;
  });
  const said = there.map((status) => `${count(counts[status])} ${texts.status[status].toLowerCase()}`).join(", ");
  const soFar = [words.progress(progress), ...(time_left_seconds ? [words.left(about(time_left_seconds))] : [])].join(", ");
  return h("div", { id: "bar", class: "counts" }, h("div", { class: "bar-of-parts", role: "img", "aria-label": said }, ...parts),
    h("span", { class: "quiet-text" }, ended_at ? said : soFar));
}

/** What can be downloaded. @param {Detail} simulation */
export function downloads({ id, counts, inputs }) {
  const ended = counts.succeeded + counts.failed + counts.cancelled;
  const file = (/** @type {Input} */ { name, size, href }) =>
    h("li", {}, h("a", { href, download: name }, h("bdi", {}, name)), h("span", { class: "quiet-text" }, ` ${bytes(size)}`));
  const results = h("p", {}, h("a", { class: "button quiet", href: `/api/simulation/${id}/download/`, download: true }, words.results),
    h("span", { class: "help" }, words.resultsHint));
  return h("section", { class: "card", id: "downloads", "aria-labelledby": "downloads-title" },
    h("h2", { id: "downloads-title" }, words.files), ended ? results : h("p", { class: "quiet-text" }, words.noResults),
    h("h3", {}, words.inputs), h("ul", { class: "files" }, ...inputs.slice(0, MOST_FILES).map(file)),
    inputs.length > MOST_FILES && h("p", { class: "help" }, words.moreInputs(inputs.length - MOST_FILES)));
}
