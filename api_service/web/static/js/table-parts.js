// What a table is made of apart from its rows, and how it is sorted and walked through. Called by `table.js`.

import { h } from "./dom.js";
import { texts } from "./texts.js";

/**
 * @param {string} caption
 * @param {{headers: HTMLTableCellElement[], selectAll: (() => void) | null, turn: (step: number) => void}} options
 */
export function tableParts(caption, { headers, selectAll, turn }) {
  const all = h("input", { type: "checkbox", "aria-label": texts.table.selectAll, onchange: () => selectAll?.() });
  const check = selectAll ? h("th", { class: "check", role: "columnheader" }, all) : null;
  const head = h("tr", { role: "row" }, check, ...headers);
  const body = h("tbody", { role: "rowgroup" });
  const table = h("table", { class: "cards", role: "table" }, h("caption", { class: "hidden-text" }, caption),
    h("thead", { role: "rowgroup" }, head), body);
  const state = h("div", { class: "state" }, texts.loading);
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const frame = h("div", { class: "table-frame" }, fault, scrolling(caption, table), state);
  const newer = h("button", { class: "quiet", type: "button", disabled: true, onclick: () => turn(-1) }, texts.table.newer);
  const older = h("button", { class: "quiet", type: "button", disabled: true, onclick: () => turn(1) }, texts.table.older);
  const where = h("span", { class: "quiet-text" });
  const pager = h("nav", { class: "pager", "aria-label": texts.table.pages }, where, h("div", { class: "actions" }, newer, older));
  return { all, head, body, table, state, fault, frame, newer, older, where, pager };
}

/** A table in a box that scrolls sideways on narrow screens; reachable by keyboard. @param {string} name @param {Node} table */
export function scrolling(name, table) {
  return h("div", { class: "scrolls", tabindex: 0, role: "region", "aria-label": name }, table);
}

/** The arrow keys go to the same control of the next row. @param {KeyboardEvent} event */
export function moveByArrows(event) {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const target = event.target instanceof HTMLElement ? event.target : null;
  const row = target?.closest("tr");
  if (!step || !target || !row) return;
  const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  const control = next && controls(next)[controls(row).indexOf(target)];
  if (!control) return;
  event.preventDefault();
  control.focus();
}

/**
 * The sort after a click on a header: ascending, then descending, then the server's own order.
 * @param {string | null} now
 * @param {string} clicked
 */
export function nextSort(now, clicked) {
  if (now === clicked) return `-${clicked}`;
  return now === `-${clicked}` ? null : clicked;
}

/** @param {HTMLElement} header @param {string | null} sort */
export function markSort(header, sort) {
  if (!header.dataset.sort) return;
  const direction = sort === header.dataset.sort ? "ascending" : sort === `-${header.dataset.sort}` ? "descending" : "none";
  header.setAttribute("aria-sort", direction);
}

/** @param {Element} row @returns {HTMLElement[]} */
const controls = (row) => [...row.querySelectorAll("a, button, input, select")].filter((one) => one instanceof HTMLElement);
