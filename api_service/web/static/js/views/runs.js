// The runs of all simulations: what failed and with which message, what is slow, what runs where, and why not.

import { get, post } from "../api.js";
import { ask, attempt, inform } from "../dialog.js";
import { find, h } from "../dom.js";
import { FilterForm } from "../filter-form.js";
import { onConnection, subscribe } from "../live.js";
import { nothing } from "../nothing.js";
import { shownRunStatus } from "../resources.js";
import { isWanted, queryOf, SORTS } from "../run-filter.js";
import { badge } from "../status.js";
import { Table } from "../table.js";
import { texts } from "../texts.js";
import { throttled } from "../throttled.js";
import { duration, moment, twoLines } from "../time.js";

/** @typedef {import("../resources.js").Run} Run */

const words = texts.runs;
const place = find("#table");
const mayChange = place.dataset.mayChange === "yes";
const asked = new URLSearchParams(location.search).get("sort") ?? "";
const first = SORTS.includes(asked) ? asked : null;
let hasMore = false;

/** @type {import("../table.js").Column<Run>[]} */
const columns = [
  { label: words.columns.run, kind: "named", cell: named },
  { label: words.columns.status, kind: "state-of", cell: state },
  { label: words.columns.worker, kind: "worker", cell: worker },
  { label: words.columns.message, kind: "said", cell: message },
  { label: words.columns.started, sort: "started", kind: "time", cell: ({ started_at }) => started_at && twoLines(started_at) },
  { label: words.columns.ended, sort: "ended", kind: "time", cell: ({ ended_at }) => ended_at && twoLines(ended_at) },
  { label: words.columns.seconds, sort: "seconds", isNumber: true, cell: ({ seconds }) => seconds !== null && duration(seconds) },
  { label: words.columns.act, kind: "act", cell: act },
];

const filters = new FilterForm(/** @type {HTMLFormElement} */ (find("#filters")), () => table.restart());
/** @type {Table<Run>} */
const table = new Table({
  place,
  caption: words.caption,
  columns,
  load,
  keyOf: ({ id }) => id,
  empty: () => nothing({ title: words.empty, hint: words.emptyHint, filters, hasMore }),
  sort: first,
});

/** However many runs change. */
const refreshSoon = throttled(() => table.refresh());
find("#refresh").addEventListener("click", () => table.refresh());
subscribe("run", show);
subscribe("refetch", tell);
for (const subject of ["reset", "message"]) subscribe(subject, () => table.refresh());
onConnection((isUp) => {
  if (isUp && table.hasFailed) table.refresh();
});
table.refresh();

/** @param {{limit: number, cursor: string | null, sort: string | null}} page */
async function load({ limit, cursor, sort }) {
  filters.write({ sort });
  markPreset();
  const page = await get("/runs", { query: { limit, cursor, sort, ...queryOf(filters.values, Date.now()) } });
  hasMore = page.next_cursor !== null;
  find("#news").textContent = "";
  return page;
}

/** Rows that are shown change at once. Others do not push them aside: the button fetches them. @param {Run} run */
function show(run) {
  const isShown = table.update(run);
  if (isShown === isWanted(run, filters.values, Date.now())) return;
  if (table.rows.length) tell();
  else refreshSoon();
}

function tell() {
  find("#news").textContent = words.news;
}

function markPreset() {
  const now = [...new URLSearchParams(location.search)].sort().join("&");
  for (const link of find("#presets").querySelectorAll("a")) {
    const isNow = [...new URL(link.href).searchParams].sort().join("&") === now;
    if (isNow) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** @param {Run} run */
function named({ id, simulation_id, index, model }) {
  return h("div", {}, h("a", { class: "clamped", href: `/runs/${id}`, title: model, dir: "auto" }, model),
    h("div", { class: "under" }, `${words.index(index)} ${words.of} `, h("a", { href: `/simulations/${simulation_id}` }, simulation_id.slice(0, 8))));
}

/** @param {Run} run */
function state(run) {
  const { status, attempt: tried, max_attempts, progress } = run;
  const under = status === "running" ? `${progress} %` : null;
  const again = tried > 1 ? words.attempt(tried, max_attempts) : null;
  return h("div", {}, badge(shownRunStatus(run)), ...[under, again].filter(Boolean).map((text) => h("div", { class: "under" }, text)));
}

/** @param {Run} run */
function worker({ worker: id, engine }) {
  const link = id ? h("a", { class: "clamped", href: `/workers?show=all&q=${encodeURIComponent(id)}`, title: id }, id) : texts.none;
  return h("div", {}, link, h("div", { class: "under" }, words.engine(engine)));
}

/** @param {Run} run */
function message({ error, message: said }) {
  const text = error ? error.message : said;
  return text ? h("span", { class: "clamped", title: text, dir: "auto" }, text) : null;
}

/** @param {Run} run */
function act(run) {
  const button = (/** @type {string} */ name, /** @type {() => unknown} */ onclick) =>
    h("button", { class: "quiet small", type: "button", "data-run": run.id, onclick }, name);
  return h("div", { class: "actions" },
    run.status !== "succeeded" && button(words.why, () => why(run)),
    mayChange && run.status === "failed" && button(words.retry, () => change(words.askRetry, `/simulations/${run.simulation_id}/retry`, words.retried)),
    mayChange && (run.status === "queued" || run.status === "running") && !run.cancel_requested_at && button(words.cancel, () => change(words.askCancel, `/runs/${run.id}/cancel`, words.cancelled)));
}

/** @param {Run} run */
async function why(run) {
  const answer = await attempt(() => get(`/runs/${run.id}/why`), null);
  if (!answer) return;
  const reasons = answer.reasons.map((/** @type {{text: string, until: string | null}} */ { text, until }) =>
    h("li", { dir: "auto" }, until ? `${text} (${words.until(moment(until))})` : text));
  const title = answer.status === "queued" ? words.whyQueued : words.whyOther;
  inform(title(run.index, run.model), reasons.length ? h("ul", {}, ...reasons) : h("p", {}, words.noReason));
}

/** @param {{title: string, text: string, confirm: string}} question @param {string} path @param {string} done */
async function change(question, path, done) {
  if (!(await ask(question))) return;
  if (await attempt(() => post(path), () => done)) table.refresh();
}
