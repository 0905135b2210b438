// The list of simulations: what is queued, running and done; changes of several at once.

import { get } from "../api.js";
import { find, h } from "../dom.js";
import { onConnection, subscribe } from "../live.js";
import { badge, shownStatus } from "../status.js";
import { Table } from "../table.js";
import { texts } from "../texts.js";
import { between, duration, timeElement } from "../time.js";
import { count } from "../units.js";
import { Selection } from "./simulations-selection.js";

/**
 * @typedef {object} Simulation
 * @property {string} id
 * @property {string} name
 * @property {string} owner
 * @property {string} status
 * @property {keyof typeof texts.priority} priority
 * @property {number} progress
 * @property {{total: number, queued: number, running: number, succeeded: number, failed: number, cancelled: number}} counts
 * @property {string} created_at
 * @property {string | null} started_at
 * @property {string | null} ended_at
 * @property {string | null} cancel_requested_at
 * @property {string | null} held_at
 */

const words = texts.simulations;
const place = find("#table");
const filters = /** @type {HTMLFormElement} */ (find("#filters"));
const NAMES = ["name", "status", "owner"];
const TYPING_MILLISECONDS = 250;

/** @param {Simulation} simulation */
const nameOf = ({ name }) => name || words.unnamed;

/** @type {import("../table.js").Column<Simulation>[]} */
const columns = [
  { label: words.columns.name, kind: "named", cell: (row) => h("a", { class: "clamped", title: row.name, dir: "auto", href: `/simulations/${row.id}` }, nameOf(row)) },
  { label: words.columns.status, cell: (row) => badge(shownStatus(row)) },
  { label: words.columns.progress, kind: "progress", cell: progress },
  { label: words.columns.runs, isNumber: true, cell: runs },
  { label: words.columns.priority, cell: ({ priority }) => texts.priority[priority] },
  { label: words.columns.owner, kind: "owner", cell: ({ owner }) => h("bdi", { title: owner }, owner) },
  { label: words.columns.created, cell: ({ created_at }) => timeElement(created_at) },
  { label: words.columns.took, isNumber: true, cell: took },
];

const tablePlace = h("div");
const selection = place.dataset.mayChange === "yes" ? new Selection(done) : null;
if (selection) place.append(selection.element);
place.append(tablePlace);

/** @type {Table<Simulation>} */
const table = new Table({
  place: tablePlace,
  caption: words.caption,
  columns,
  load: ({ limit, cursor }) => get("/simulations", { query: { limit, cursor, ...filter() } }),
  keyOf: ({ id }) => id,
  empty,
  nameOf: selection ? nameOf : undefined,
  onSelect: (rows) => selection?.show(rows),
});

readAddress();
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("input", soon(applyFilter));
subscribe("simulation", show);
subscribe("deleted", () => table.refresh());
for (const subject of ["reset", "message"]) subscribe(subject, () => table.refresh());
onConnection((isUp) => {
  if (isUp && table.hasFailed) table.refresh();
});
table.refresh();

function done() {
  table.clearSelection();
  return table.refresh();
}

/** @param {Simulation} simulation */
function show(simulation) {
  const { name, status, owner } = filter();
  const isWanted = (!status || status === simulation.status) && (!owner || owner === simulation.owner)
    && simulation.name.toLowerCase().includes(name.toLowerCase());
  if (!table.update(simulation) && isWanted) table.prepend(simulation);
}

/** @param {Simulation} row */
function progress({ progress: percent, counts, ended_at }) {
  if (ended_at) return "";
  return h("progress", { max: 100, value: percent, "aria-label": `${percent} % of ${counts.total} runs` });
}

/** @param {Simulation} row */
function took({ started_at, ended_at }) {
  return started_at && ended_at ? duration(between(started_at, ended_at)) : "";
}

/** @param {Simulation} row */
function runs({ counts }) {
  const ended = counts.succeeded + counts.failed + counts.cancelled;
  const all = ended === counts.total ? count(counts.total) : words.runs(ended, counts.total);
  return counts.failed ? h("span", {}, `${all}, `, h("span", { class: "failed" }, words.failed(counts.failed))) : all;
}

function empty() {
  if (!Object.values(filter()).some(Boolean)) {
    return h("div", {}, h("p", { class: "title" }, words.empty), h("p", {}, words.emptyHint));
  }
  return h("div", {}, h("p", { class: "title" }, words.nothingFound), h("p", {}, words.nothingFoundHint),
    h("button", { class: "quiet", type: "button", onclick: () => { filters.reset(); applyFilter(); } }, words.clear));
}

/** @returns {Record<string, string>} */
function filter() {
  const values = new FormData(filters);
  return Object.fromEntries(NAMES.map((name) => [name, String(values.get(name) ?? "").trim()]));
}

/** The address has the filter, so that a link shows the same. */
function applyFilter() {
  const query = new URLSearchParams(Object.entries(filter()).filter(([, value]) => value)).toString();
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
  table.restart();
}

function readAddress() {
  const query = new URLSearchParams(location.search);
  for (const name of NAMES) {
    const field = filters.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = query.get(name) ?? "";
  }
}

/** Calls once after the last of several calls. @param {() => void} callback */
function soon(callback) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(callback, TYPING_MILLISECONDS);
  };
}
