// The dead letters of a queue: why each was put aside, and sending new messages for their runs. For admins.

import { ApiError, get, post } from "../api.js";
import { ask, attempt } from "../dialog.js";
import { fill, h } from "../dom.js";
import { texts } from "../texts.js";
import { timeElement } from "../time.js";

/**
 * @typedef {object} Letter
 * @property {string} id
 * @property {string | null} reason
 * @property {string | null} died_at
 * @property {string | null} run_id
 * @property {string | null} simulation_id
 * @property {keyof typeof texts.status | null} run_status
 * @property {string} text
 */

const words = texts.deadLetters;

export class DeadLetters {
  /** @param {string} engine @param {() => unknown} changed */
  constructor(engine, changed) {
    this._path = `/queues/${encodeURIComponent(engine)}/dead-letters`;
    this._changed = changed;
    this._count = 0;
    this.element = h("div", { class: "letters", hidden: true });
  }

  /** Reads the letters when their number has changed. @param {number} count */
  async show(count) {
    if (count === this._count) return;
    this._count = count;
    this.element.hidden = count === 0;
    if (count === 0) return fill(this.element);
    try {
      const { items } = await get(this._path);
      if (count === this._count) this._draw(items);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fill(this.element, h("p", { class: "fault", role: "alert" }, error.message));
      // The next event or refresh reads them again.
      this._count = 0;
    }
  }

  /** @param {Letter[]} items */
  _draw(items) {
    const { columns } = words;
    const all = h("button", { class: "quiet small", type: "button", onclick: () => this._requeue(null) }, words.requeueAll);
    const head = h("div", { class: "queue-head" }, h("h3", {}, words.title),
      items.length < this._count ? h("span", { class: "quiet-text" }, words.shown(items.length, this._count)) : null, h("div", { class: "actions" }, all));
    const header = h("tr", { role: "row" }, ...Object.values(columns).map((label) => h(label ? "th" : "td", label ? { scope: "col", role: "columnheader" } : {}, label)));
    const table = h("table", { class: "cards", role: "table" }, h("caption", { class: "hidden-text" }, words.title),
      h("thead", { role: "rowgroup" }, header), h("tbody", { role: "rowgroup" }, ...items.map((letter) => this._row(letter))));
    fill(this.element, head, h("p", { class: "help" }, words.hint), h("div", { class: "scrolls", tabindex: 0, role: "region", "aria-label": words.title }, table));
  }

  /** @param {Letter} letter */
  _row(letter) {
    const { columns } = words;
    const cell = (/** @type {string} */ label, /** @type {string} */ kind, /** @type {import("../dom.js").Child} */ child) =>
      h("td", { role: "cell", class: kind || null, "data-label": label }, child);
    const reason = letter.reason ? (words.reasons[letter.reason] ?? letter.reason) : texts.fleet.unknown;
    const change = letter.run_id === null
      ? h("button", { class: "danger small", type: "button", onclick: () => this._drop(letter) }, words.drop)
      : h("button", { class: "quiet small", type: "button", onclick: () => this._requeue(letter.id) }, words.requeue);
    return h("tr", { role: "row" },
      cell(columns.died, "", timeElement(letter.died_at)),
      cell(columns.reason, "why", h("span", { title: letter.reason }, reason)),
      cell(columns.run, "", ofRun(letter)),
      cell(columns.text, "named", h("code", { class: "clamped", title: letter.text, dir: "auto" }, letter.text)),
      cell("", "act", change));
  }

  /** @param {Letter} letter */
  async _drop(letter) {
    if (await ask({ ...words.askDrop, isDangerous: true })) await this._requeue(letter.id);
  }

  /** @param {string | null} id */
  async _requeue(id) {
    const done = await attempt(() => post(`${this._path}/requeue`, { json: id === null ? {} : { id } }), words.done);
    if (!done) return;
    this._count = -1;
    await this.show(done.remaining);
    this._changed();
  }
}

/** @param {Letter} letter */
function ofRun({ run_id, simulation_id, run_status }) {
  if (run_id === null) return words.noRun;
  if (simulation_id === null) return words.deleted;
  return h("span", {}, h("a", { href: `/runs/${run_id}` }, run_id.slice(0, 8)), run_status ? `, ${texts.status[run_status].toLowerCase()}` : null);
}
