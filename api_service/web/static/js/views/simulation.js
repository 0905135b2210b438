// One simulation: how far it is, its runs with parameters and headline metrics, what can be done with it, downloads.

import { ApiError } from "../api.js";
import { catalogue } from "../catalogue.js";
import { fill, find, h, renew } from "../dom.js";
import { Followed } from "../follow.js";
import { onConnection, subscribe } from "../live.js";
import { problem } from "../problem.js";
import { onSettings } from "../settings.js";
import { Table } from "../table.js";
import { texts } from "../texts.js";
import { throttled } from "../throttled.js";
import { count } from "../units.js";
import { COUNTED, bar, downloads, facts, heading, held } from "./simulation-head.js";
import { gather, runColumns } from "./simulation-runs.js";
import { ACTIONS, ALLOWED, actionButton, perform } from "./simulations-selection.js";

/** @typedef {import("./simulation-head.js").Detail} Detail */
/** @typedef {import("../resources.js").Run} Run */
/** @typedef {import("./simulations-selection.js").Action} Action */

const words = texts.simulation;
const ALL = "all";
const TYPING_MILLISECONDS = 250;
const id = find("#main").dataset.simulationId ?? "";
const place = find("#simulation");
const actions = find("#actions");
const runs = find("#runs");
const filters = /** @type {HTMLFormElement} */ (find("#filters"));
const first = find("#failures-first");
const mayChange = actions.dataset.mayChange === "yes";
const buttons = ACTIONS.map((action) => actionButton(action, () => act(action)));
/** @type {Detail | null} */
let shown = null;
/** @type {Table<Run> | null} */
let table = null;
/** However many runs change. */
const refreshSoon = throttled(() => table?.refresh());
/** @type {ReturnType<typeof setTimeout> | undefined} */
let typing;

/** @type {Followed<Detail>} */
const followed = new Followed({
  path: `/simulations/${id}`,
  subject: "simulation",
  id,
  simulationOf: () => id,
  show,
  gone: () => fail(shown ? words.deleted : words.gone, shown ? words.deletedHint : words.goneHint),
  fail: (error, isShown) => isShown || fail(texts.errors.title, error.message, () => location.reload()),
});

filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("input", ({ target }) => {
  clearTimeout(typing);
  typing = setTimeout(applyFilter, target instanceof HTMLInputElement && target.type === "search" ? TYPING_MILLISECONDS : 0);
});
subscribe("run", showRun);
subscribe("refetch", ({ href }) => href === `/api/v1/simulations/${id}/runs` && table?.refresh());
subscribe("reset", () => table?.refresh());
onSettings(() => shown && makeTable(shown));
onConnection((isUp) => {
  if (!isUp || !shown) return;
  if (!table) makeTable(shown);
  else if (table.hasFailed) table.refresh();
});
followed.start();

/** @param {Detail} simulation */
function show(simulation) {
  const isFirst = shown === null;
  shown = simulation;
  if (isFirst) {
    if (mayChange) fill(actions, ...buttons);
    fill(place, h("p", { id: "held" }), h("dl", { id: "facts" }), h("div", { id: "bar" }));
    find("#below").hidden = false;
    readAddress(simulation);
    makeTable(simulation);
  }
  document.title = `${simulation.name || texts.simulations.unnamed} · EPSM`;
  renew(find("#heading"), heading(simulation));
  renew(find("#held"), held(simulation));
  renew(find("#facts"), facts(simulation));
  renew(find("#bar"), bar(simulation));
  renew(find("#downloads"), downloads(simulation));
  ACTIONS.forEach((action, index) => {
    buttons[index].hidden = !ALLOWED[action](simulation);
  });
  for (const status of COUNTED) find(`[data-count=${status}]`, filters).textContent = count(simulation.counts[status]);
  find("[data-count=all]", filters).textContent = count(simulation.counts.total);
}

/** @param {Detail} simulation */
async function makeTable(simulation) {
  try {
    const entries = await catalogue();
    table = new Table({
      place: runs,
      caption: words.runs,
      columns: runColumns(simulation, entries),
      load: ({ limit, cursor, sort }) => gather(`/simulations/${id}/runs`, { sort, ...filter() }, limit, cursor),
      keyOf: (run) => run.id,
      empty: () => h("div", {}, h("p", { class: "title" }, words.none), h("p", {}, words.noneHint),
        h("button", { class: "quiet", type: "button", onclick: showAll }, words.showAll)),
    });
    await table.refresh();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    fill(runs, h("p", { class: "fault", role: "alert" }, error.message));
  }
}

/** A run that is shown is renewed in place; one that has come to match the filter comes with the next reading. @param {Run} run */
function showRun(run) {
  if (!table || run.simulation_id !== id || table.update(run)) return;
  if (filter().status === run.status) refreshSoon();
}

/** @param {Action} action */
async function act(action) {
  if (!shown || !(await perform(action, [shown]))) return;
  if (action === "delete") location.assign("/simulations");
  else followed.refresh();
}

/** @returns {{status: string, q: string}} */
function filter() {
  const values = new FormData(filters);
  const status = String(values.get("status") ?? ALL);
  return { status: status === ALL ? "" : status, q: String(values.get("q") ?? "").trim() };
}

/** The address has the filter, so that a link shows the same. */
function applyFilter() {
  const { status, q } = filter();
  const query = new URLSearchParams([["status", status || ALL], ...(q ? [["q", q]] : [])]);
  history.replaceState(null, "", `?${query}`);
  first.hidden = true;
  table?.restart();
}

function showAll() {
  filters.reset();
  choose(ALL);
  applyFilter();
}

/** Failures come first, unless the address says what is wanted. @param {Detail} simulation */
function readAddress({ counts }) {
  const query = new URLSearchParams(location.search);
  const isFailuresFirst = !query.has("status") && !query.has("q") && counts.failed > 0 && counts.failed < counts.total;
  choose(isFailuresFirst ? "failed" : (query.get("status") ?? ALL));
  /** @type {HTMLInputElement} */ (filters.elements.namedItem("q")).value = query.get("q") ?? "";
  first.hidden = !isFailuresFirst;
  fill(first, words.failuresFirst, " ", h("button", { class: "link", type: "button", onclick: showAll }, words.showAll));
}

/** @param {string} status */
function choose(status) {
  for (const choice of filters.querySelectorAll("[name=status]")) {
    const radio = /** @type {HTMLInputElement} */ (choice);
    radio.checked = radio.value === (COUNTED.some((known) => known === status) ? status : ALL);
  }
}

/** @param {string} title @param {string} hint @param {() => void} [again] */
function fail(title, hint, again) {
  fill(actions);
  find("#below").hidden = true;
  fill(place, problem(title, hint, again));
}
