// What a run leaves: changes of the model, the engine's own report, files; and what happened to each attempt.

import { ApiError, get } from "../api.js";
import { readChanges } from "../changes.js";
import { fill, h } from "../dom.js";
import { scrolling } from "../table-parts.js";
import { MAX_ROWS } from "../table.js";
import { texts } from "../texts.js";
import { between, duration, timeElement } from "../time.js";
import { bytes } from "../units.js";

/** @typedef {import("../resources.js").Run} Run */

const words = texts.run;
const CHANGES = "changes.json";
const REPORT = "eplustbl.htm";

/** Says how many changes there are, with a link to the list, which it fetches. @param {Run} run */
export function changes(run) {
  const file = run.files.find(({ name }) => name === CHANGES);
  const said = h("span", {}, file ? texts.loading : words.noChangesFile);
  const section = h("details", { class: "card", id: "changes", hidden: true });
  if (file) show(file.href, said, section);
  return { said, section };
}

/** @param {string} href @param {HTMLElement} said @param {HTMLDetailsElement} section */
async function show(href, said, section) {
  let found = null;
  try {
    found = readChanges(await (await fetch(`${href}?redirect=false`)).json());
  } catch {
    // The file was deleted meanwhile, or the server is away: it is said that there is none.
  }
  if (!found) return fill(said, words.noChangesFile);
  if (!found.length) return fill(said, words.noChanges);
  const open = () => {
    section.open = true;
  };
  fill(said, h("a", { href: "#changes", onclick: open }, words.changeCount(found.length)));
  section.hidden = false;
  fill(section, h("summary", {}, words.changes), found.length > MAX_ROWS && h("p", { class: "help" }, words.firstChanges(MAX_ROWS, found.length)), scrolling(words.changes, h("table", { class: "plain" },
    h("caption", { class: "hidden-text" }, words.changes),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, words.object), h("th", { scope: "col" }, words.change))),
    h("tbody", {}, ...found.slice(0, MAX_ROWS).map(changeRow)))));
}

/** @param {import("../changes.js").Change} change */
function changeRow({ object, what, from, to }) {
  const values = from !== null && h("span", { class: "diff" }, h("del", {}, h("bdi", {}, from)), " → ", h("ins", {}, h("bdi", {}, to)));
  return h("tr", {}, h("td", { class: "mono" }, h("bdi", {}, object)), h("td", {}, h("bdi", {}, what), values));
}

/** The report is loaded when it is opened. @param {Run} run */
export function report(run) {
  const file = run.files.find(({ name }) => name === REPORT);
  if (!file) return null;
  const details = h("details", { class: "card", id: "report" }, h("summary", {}, words.report));
  details.addEventListener("toggle", () => {
    if (details.querySelector("iframe")) return;
    // An empty `sandbox` forbids scripts, forms, and access to this page; the server's policy for files does as well.
    details.append(h("p", { class: "help" }, words.reportHint),
      h("iframe", { sandbox: "", src: `${file.href}?redirect=false`, title: words.report, referrerpolicy: "no-referrer" }));
  });
  return details;
}

/** @param {Run} run */
export function files(run) {
  const row = (/** @type {import("../resources.js").StoredFile} */ { name, size, href }) =>
    h("tr", {}, h("td", { class: "named" }, h("a", { href, download: name }, h("bdi", {}, name))), h("td", { class: "number" }, bytes(size)));
  const table = h("table", { class: "plain" }, h("caption", { class: "hidden-text" }, words.files),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, words.file), h("th", { scope: "col", class: "number" }, words.size))),
    h("tbody", {}, ...run.files.slice(0, MAX_ROWS).map(row)));
  return h("section", { class: "card", id: "files", "aria-labelledby": "files-title" }, h("h2", { id: "files-title" }, words.files),
    run.files.length ? table : h("p", { class: "quiet-text" }, run.ended_at ? words.noFilesKept : words.noFiles));
}

/** @param {Run} run */
export function attempts(run) {
  const body = h("div", {}, h("p", { class: "quiet-text" }, texts.loading));
  const section = h("section", { class: "card", id: "attempts", "aria-labelledby": "attempts-title" },
    h("h2", { id: "attempts-title" }, words.attempts), body);
  get(`/runs/${run.id}/attempts`, { query: { limit: 50 } }).then(({ items, next_cursor }) => {
    if (!items.length) fill(body, h("p", { class: "quiet-text" }, words.noAttempts));
    else fill(body, attemptTable(items), next_cursor && h("p", { class: "help" }, words.moreAttempts));
  }, (error) => {
    if (!(error instanceof ApiError)) throw error;
    fill(body, h("p", { role: "alert", class: "fault" }, error.message));
  });
  return section;
}

/**
 * @typedef {object} Attempt
 * @property {number} number
 * @property {string} worker
 * @property {string} started_at
 * @property {string | null} ended_at
 * @property {string | null} outcome
 * @property {string | null} error_message
 * @property {Record<string, number>} phases
 */

/** @param {Attempt[]} items */
function attemptTable(items) {
  const named = words.attempt;
  const head = [named.number, named.outcome, named.worker, named.started, named.took, named.phases].map((label, index) =>
    h("th", { scope: "col", class: index === 0 || index === 4 ? "number" : null }, label));
  const row = (/** @type {Attempt} */ one) => h("tr", {}, h("td", { class: "number" }, one.number),
    h("td", { class: "outcome" }, words.outcomes[one.outcome ?? "running"] ?? one.outcome,
      one.error_message && h("p", { class: "help", dir: "auto" }, one.error_message)),
    h("td", { class: "worker" }, h("bdi", {}, one.worker)), h("td", {}, timeElement(one.started_at)),
    h("td", { class: "number" }, duration(between(one.started_at, one.ended_at))), h("td", {}, phases(one.phases)));
  return scrolling(words.attempts, h("table", { class: "plain" }, h("caption", { class: "hidden-text" }, words.attempts),
    h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...items.map(row))));
}

/** The longest first. @param {Record<string, number>} seconds */
function phases(seconds) {
  const longest = Object.entries(seconds).sort(([, a], [, b]) => b - a);
  return longest.map(([name, value]) => `${name} ${duration(value)}`).join(", ") || texts.none;
}
