// A table that the server pages by cursors: one page of rows is in the document, changed rows are renewed in place.

import { ApiError } from "./api.js";
import { fill, h, renew } from "./dom.js";
import { markSort, moveByArrows, nextSort, tableParts } from "./table-parts.js";
import { texts } from "./texts.js";

/** Most rows of a page, as many as the API gives. */
export const MAX_ROWS = 200;

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} label
 * @property {(row: Row) => import("./dom.js").Child} cell
 * @property {boolean} [isNumber] right-aligned
 * @property {string} [kind] class of the cells; `named` wraps long names
 * @property {string} [sort] key by which the server can sort
 * @property {string} [hint] shown on hover of the header
 */

/**
 * @template Row
 * @typedef {object} TableOptions
 * @property {HTMLElement} place
 * @property {string} caption
 * @property {Column<Row>[]} columns
 * @property {(page: {limit: number, cursor: string | null, sort: string | null}) => Promise<{items: Row[], next_cursor: string | null}>} load
 * @property {(row: Row) => string} keyOf
 * @property {() => Node} empty what is shown instead of no rows
 * @property {(row: Row) => string} [nameOf] names the row's checkbox; with it, rows can be selected
 * @property {(rows: Row[]) => void} [onSelect]
 * @property {number} [limit]
 * @property {string | null} [sort] `name`, or `-name` for descending
 */

/** @template Row */
export class Table {
  /** @param {TableOptions<Row>} options */
  constructor(options) {
    this._options = options;
    this._limit = Math.min(options.limit ?? 50, MAX_ROWS);
    this._sort = options.sort ?? null;
    /** Cursors of the pages before this one and of this one. @type {(string | null)[]} */
    this._cursors = [null];
    /** @type {string | null} */
    this._next = null;
    /** @type {Map<string, {row: Row, element: HTMLTableRowElement}>} */
    this._rows = new Map();
    /** @type {Set<string>} */
    this._selected = new Set();
    this._request = 0;
    /** Rows that changed while a request is under way: they are newer than its answer. @type {Map<string, Row> | null} */
    this._newer = null;
    /** Whether the last page did not come; views fetch it when the connection is back. */
    this.hasFailed = false;
    const { place, caption, columns, nameOf } = options;
    this._parts = tableParts(caption, {
      headers: columns.map((column) => this._header(column)),
      selectAll: nameOf ? () => this._selectAll() : null,
      turn: (step) => this._turn(step),
    });
    this._parts.body.addEventListener("keydown", moveByArrows);
    fill(place, this._parts.frame, this._parts.pager);
  }

  /** Shows the first page anew, such as after a change of a filter. */
  restart() {
    this._cursors = [null];
    this._selected.clear();
    return this.refresh();
  }

  /** Fetches the page that is shown; rows that did not change keep their elements. */
  async refresh() {
    const request = (this._request += 1);
    this._newer = new Map();
    this._parts.frame.setAttribute("aria-busy", "true");
    try {
      const page = await this._options.load({ limit: this._limit, cursor: this._cursors.at(-1) ?? null, sort: this._sort });
      if (request !== this._request) return;
      this.hasFailed = false;
      this._parts.fault.hidden = true;
      this._next = page.next_cursor;
      this._show(page.items.map((row) => this._newer?.get(this._options.keyOf(row)) ?? row));
    } catch (error) {
      if (request === this._request) this._fail(error);
    } finally {
      if (request === this._request) {
        this._newer = null;
        this._parts.frame.removeAttribute("aria-busy");
      }
    }
  }

  /** Renews a row that is shown. @param {Row} row @returns {boolean} whether it is shown */
  update(row) {
    this._newer?.set(this._options.keyOf(row), row);
    const shown = this._rows.get(this._options.keyOf(row));
    if (!shown) return false;
    shown.row = row;
    const cells = this._cells(row);
    [...shown.element.cells].forEach((old, index) => {
      // The checkbox has state, and with the key it never changes.
      if (!old.classList.contains("check")) renew(old, cells[index]);
    });
    if (this._selected.has(this._options.keyOf(row))) this._tell();
    return true;
  }

  /**
   * Whether a row that is not shown would be on this page: `isBefore` says whether it comes before a row.
   * @param {(row: Row) => boolean} isBefore
   */
  hasPlaceFor(isBefore) {
    if (this._cursors.length > 1) return false;
    const last = this.rows.at(-1);
    return this._next === null || last === undefined || isBefore(last);
  }

  /** @returns {Row[]} */
  get rows() {
    return [...this._rows.values()].map(({ row }) => row);
  }

  /** @returns {Row[]} */
  get selected() {
    return [...this._rows.values()].filter(({ row }) => this._selected.has(this._options.keyOf(row))).map(({ row }) => row);
  }

  clearSelection() {
    this._selected.clear();
    this._markSelected();
  }

  /** @param {Column<Row>} column */
  _header({ label, isNumber, sort, hint }) {
    const attributes = { scope: "col", role: "columnheader", title: hint, class: isNumber ? "number" : null };
    if (!sort) return h("th", attributes, label);
    const header = h("th", attributes, h("button", { class: "sort", type: "button", onclick: () => this._sortBy(sort) }, label));
    header.dataset.sort = sort;
    markSort(header, this._sort);
    return header;
  }

  /** @param {string} sort */
  _sortBy(sort) {
    this._sort = nextSort(this._sort, sort);
    for (const header of this._parts.head.cells) markSort(header, this._sort);
    return this.restart();
  }

  /** @param {Row[]} items */
  _show(items) {
    const before = this._rows;
    this._rows = new Map();
    for (const row of items.slice(0, MAX_ROWS)) {
      const key = this._options.keyOf(row);
      const element = before.get(key)?.element ?? this._row(row);
      this._rows.set(key, { row, element });
      if (before.has(key)) this.update(row);
    }
    const elements = [...this._rows.values()].map(({ element }) => element);
    if (elements.some((element, index) => this._parts.body.rows[index] !== element) || elements.length !== this._parts.body.rows.length) fill(this._parts.body, ...elements);
    this._selected = new Set([...this._selected].filter((key) => this._rows.has(key)));
    this._markSelected();
    this._parts.table.hidden = elements.length === 0;
    this._parts.state.hidden = elements.length > 0;
    if (!elements.length) fill(this._parts.state, this._options.empty());
    const first = (this._cursors.length - 1) * this._limit + 1;
    this._parts.where.textContent = texts.table.shown(first, first + elements.length - 1);
    this._parts.newer.disabled = this._cursors.length === 1;
    this._parts.older.disabled = this._next === null;
  }

  /** @param {unknown} error */
  _fail(error) {
    if (!(error instanceof ApiError)) throw error;
    this.hasFailed = true;
    if (this._rows.size) {
      // The rows stay, but they may not be what is so any more.
      this._parts.fault.textContent = `${texts.table.stale} ${error.message}`;
      this._parts.fault.hidden = false;
      return;
    }
    this._parts.table.hidden = true;
    this._parts.state.hidden = false;
    fill(this._parts.state, h("p", { class: "title" }, texts.errors.title), h("p", { role: "alert" }, error.message),
      h("button", { class: "quiet", type: "button", onclick: () => this.refresh() }, texts.retry));
  }

  /** @param {Row} row @returns {HTMLTableRowElement} */
  _row(row) {
    return h("tr", { role: "row" }, ...this._cells(row));
  }

  /** @param {Row} row @returns {HTMLTableCellElement[]} */
  _cells(row) {
    const { columns, nameOf, keyOf } = this._options;
    const key = keyOf(row);
    const cells = columns.map(({ label, cell, isNumber, kind }) =>
      h("td", { role: "cell", class: [isNumber && "number", kind].filter(Boolean).join(" ") || null, "data-label": label }, cell(row)));
    if (!nameOf) return cells;
    const check = h("input", { type: "checkbox", "aria-label": `${texts.table.select} ${nameOf(row)}` });
    check.addEventListener("change", () => this._select(key, check.checked));
    return [h("td", { class: "check", role: "cell" }, check), ...cells];
  }

  /** @param {string} key @param {boolean} isSelected */
  _select(key, isSelected) {
    if (isSelected) this._selected.add(key);
    else this._selected.delete(key);
    this._markSelected();
  }

  _selectAll() {
    this._selected = new Set(this._parts.all.checked ? this._rows.keys() : []);
    this._markSelected();
  }

  _markSelected() {
    if (!this._options.nameOf) return;
    for (const [key, { element }] of this._rows) {
      const isSelected = this._selected.has(key);
      element.classList.toggle("selected", isSelected);
      const check = element.querySelector("input");
      if (check) check.checked = isSelected;
    }
    const { all } = this._parts;
    all.checked = this._rows.size > 0 && this._selected.size === this._rows.size;
    all.indeterminate = this._selected.size > 0 && !all.checked;
    this._tell();
  }

  _tell() {
    this._options.onSelect?.(this.selected);
  }

  /** @param {number} step */
  async _turn(step) {
    if (step < 0) this._cursors.pop();
    else this._cursors.push(this._next);
    this._selected.clear();
    await this.refresh();
    this._parts.frame.scrollIntoView({ block: "nearest" });
  }
}
