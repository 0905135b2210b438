// The list of simulations: what is queued, running and done; changes of several at once.

import { get } from "../api.js";
import { find, h } from "../dom.js";
import { FilterForm } from "../filter-form.js";
import { onConnection, subscribe } from "../live.js";
import { nothing } from "../nothing.js";
import { badge, shownStatus } from "../status.js";
import { Table } from "../table.js";
import { texts } from "../texts.js";
import { throttled } from "../throttled.js";
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
 * @property {{failures: number, same_cause: boolean, message: string, run_id: string} | null} circuit_breaker
 * @property {string | null} waits_for
 * @property {string | null} dependency_error
 */

const words = texts.simulations;
const place = find("#table");

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

const filters = new FilterForm(/** @type {HTMLFormElement} */ (find("#filters")), () => table.restart());
/** @type {Table<Simulation>} */
const table = new Table({
  place: tablePlace,
  caption: words.caption,
  columns,
  load: ({ limit, cursor }) => get("/simulations", { query: { limit, cursor, ...filters.values } }),
  keyOf: ({ id }) => id,
  empty: () => nothing({ title: words.empty, hint: words.emptyHint, filters }),
  nameOf: selection ? nameOf : undefined,
  onSelect: (rows) => selection?.show(rows),
});

/** However many simulations change. */
const refreshSoon = throttled(() => table.refresh());
subscribe("simulation", show);
subscribe("deleted", refreshSoon);
for (const subject of ["reset", "message"]) subscribe(subject, () => table.refresh());
onConnection((isUp) => {
  if (isUp && table.hasFailed) table.refresh();
});
table.refresh();

function done() {
  table.clearSelection();
  return table.refresh();
}

/** One that is not shown comes with the next reading, which knows its place, unless that is on another page. @param {Simulation} simulation */
function show(simulation) {
  if (table.update(simulation)) return;
  const { name, status, owner } = filters.values;
  const isWanted = (!status || status === simulation.status) && (!owner || owner === simulation.owner)
    && simulation.name.toLowerCase().includes(name.toLowerCase());
  if (isWanted && table.hasPlaceFor((row) => Date.parse(row.created_at) <= Date.parse(simulation.created_at))) refreshSoon();
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
