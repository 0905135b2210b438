// The workers: what each runs, how it is, what it has ended; admins drain and resume them.

import { post } from "../api.js";
import { attempt } from "../dialog.js";
import { find, h } from "../dom.js";
import { FilterForm } from "../filter-form.js";
import { isFound, isHere, ordered, workersAfter } from "../fleet.js";
import { FollowedList } from "../followed-list.js";
import { nothing } from "../nothing.js";
import { badge } from "../status.js";
import { Table } from "../table.js";
import { texts } from "../texts.js";
import { clockElement, timeElement } from "../time.js";
import { bytes, count, tenths } from "../units.js";

/** @typedef {import("../fleet.js").Worker} Worker */

const words = texts.workers;
const place = find("#table");
const mayAdmin = place.dataset.mayAdmin === "yes";
/** Most runs of a worker that its row lists. */
const SHOWN_RUNS = 4;

/** @type {FollowedList<Worker>} */
const workers = new FollowedList({
  path: "/workers",
  events: ["worker", "workers", "run"],
  after: workersAfter,
  changed: () => table.refresh(),
});
const filters = new FilterForm(/** @type {HTMLFormElement} */ (find("#filters")), () => table.restart());

/** @type {import("../table.js").Column<Worker>[]} */
const columns = [
  { label: words.columns.worker, kind: "named", cell: named },
  { label: words.columns.status, kind: "state-of", cell: state },
  { label: words.columns.engine, cell: ({ engine, version }) => two(engine, words.version(version)) },
  { label: words.columns.runs, kind: "runs", cell: runs },
  { label: words.columns.memory, isNumber: true, cell: ({ memory_bytes }) => h("span", { title: words.memoryHint }, memory_bytes === null ? texts.none : bytes(memory_bytes)) },
  { label: words.columns.cpu, isNumber: true, cell: ({ cpu_percent }) => h("span", { title: words.cpuHint }, cpu_percent === null ? texts.none : `${tenths(cpu_percent)} %`) },
  { label: words.columns.ended, kind: "ended", cell: ended },
  { label: words.columns.beat, isNumber: true, cell: (worker) => (isHere(worker) ? clockElement(worker.beat_at) : timeElement(worker.beat_at)) },
];
if (mayAdmin) columns.push({ label: words.columns.act, kind: "act", cell: act });

/** @type {Table<Worker>} */
const table = new Table({
  place,
  caption: words.caption,
  columns,
  // The API gives all workers at once, so pages are cut here.
  load: async ({ limit, cursor }) => {
    const all = await workers.current();
    sum(all);
    const found = ordered(all).filter(isWanted);
    const first = Number(cursor ?? 0);
    return { items: found.slice(first, first + limit), next_cursor: found.length > first + limit ? String(first + limit) : null };
  },
  keyOf: ({ id }) => id,
  empty: () => nothing({ title: words.empty, hint: words.emptyHint, filters }),
});

find("#refresh").addEventListener("click", () => workers.refresh());
table.refresh();

/** @param {Worker} worker */
function isWanted(worker) {
  const { q, show } = filters.values;
  const isShown = show === "all" || (show === "unfit" ? ["unfit", "lost"].includes(worker.status) : worker.status !== "stopped");
  return isShown && isFound(worker, q);
}

/** @param {Worker[]} all */
function sum(all) {
  const there = all.filter(isHere);
  const add = (/** @type {(worker: Worker) => number} */ value) => there.reduce((total, worker) => total + value(worker), 0);
  find("#sum").textContent = words.sum(there.length, add(({ running }) => running), add(({ concurrency }) => concurrency));
}

/** @param {import("../dom.js").Child} first @param {import("../dom.js").Child} second */
function two(first, second) {
  return h("div", {}, h("div", {}, first), h("div", { class: "under" }, second));
}

/** @param {Worker} worker */
function named({ id, host, pid, started_at }) {
  return h("div", { title: id }, h("strong", { dir: "auto" }, host),
    h("div", { class: "under" }, `${words.pid(pid)}, ${texts.fleet.since} `, timeElement(started_at)));
}

/** @param {Worker} worker */
function state({ status, reason }) {
  return h("div", {}, badge(status), reason ? h("div", { class: "under reason", dir: "auto" }, reason) : null);
}

/** @param {Worker} worker */
function runs({ id, concurrency, running, runs: all }) {
  const items = all.slice(0, SHOWN_RUNS).map((run) => h("li", {},
    h("a", { href: `/runs/${run.id}`, dir: "auto" }, run.model), ` (${words.run(run.index)} `,
    h("a", { href: `/simulations/${run.simulation_id}` }, run.simulation_id.slice(0, 8)), `), ${words.progress(run.progress)} `, clockElement(run.started_at)));
  const rest = all.length - SHOWN_RUNS;
  const more = rest > 0 ? h("li", {}, h("a", { href: `/runs?status=running&worker=${encodeURIComponent(id)}` }, words.more(rest))) : null;
  return h("div", {}, words.slots(running, concurrency), items.length ? h("ul", { class: "under" }, ...items, more) : null);
}

/** @param {Worker} worker */
function ended({ id, ended: outcomes }) {
  if (!outcomes) return texts.none;
  const given = Object.entries(words.outcomes).filter(([name]) => outcomes[name]);
  if (!given.length) return h("span", { class: "quiet-text" }, words.noneEnded);
  return h("ul", {}, ...given.map(([name, word]) => h("li", {},
    name === "failed" ? h("a", { href: `/runs?status=failed&sort=-ended&worker=${encodeURIComponent(id)}` }, `${count(outcomes[name])} ${word}`) : `${count(outcomes[name])} ${word}`)));
}

/** @param {Worker} worker */
function act({ id, host, status, drain_requested_at }) {
  if (!["ready", "unfit", "draining", "drained"].includes(status)) return null;
  const isDraining = drain_requested_at !== null;
  const name = isDraining ? "resume" : "drain";
  const label = isDraining ? words.resume : words.drain;
  const change = async () => {
    const changed = await attempt(() => post(`/workers/${encodeURIComponent(id)}/${name}`), () => (isDraining ? words.resumed(host) : words.drained(host)));
    if (changed) workers.refresh();
  };
  return h("button", { class: "quiet small", type: "button", "data-change": name, "aria-label": `${label} ${host}`, onclick: change }, label);
}
