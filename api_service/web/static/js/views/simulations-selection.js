// The bar above the list of simulations: what can be done with those that are selected.

import { ApiError, call } from "../api.js";
import { ask, toast } from "../dialog.js";
import { h } from "../dom.js";
import { texts } from "../texts.js";

/** @typedef {import("./simulations.js").Simulation} Simulation */
/** @typedef {keyof typeof texts.simulations.actions} Action */

const words = texts.simulations;

/** @type {{[Name in Action]: (simulation: Simulation) => boolean}} Whether it makes sense for a simulation. */
export const ALLOWED = {
  cancel: ({ ended_at, cancel_requested_at }) => !ended_at && !cancel_requested_at,
  hold: ({ ended_at, held_at }) => !ended_at && !held_at,
  release: ({ ended_at, held_at, circuit_breaker }) => !ended_at && Boolean(held_at ?? circuit_breaker),
  priority: ({ ended_at }) => !ended_at,
  retry: ({ ended_at, counts }) => Boolean(ended_at) && counts.failed > 0,
  delete: ({ ended_at }) => Boolean(ended_at),
};
export const ACTIONS = /** @type {Action[]} */ (Object.keys(ALLOWED));

/** @type {{[Name in Action]: (path: string, answers: FormData) => Promise<unknown>}} */
const CALLS = {
  cancel: (path) => call("POST", `${path}/cancel`),
  hold: (path) => call("PATCH", path, { json: { hold: true } }),
  release: (path) => call("PATCH", path, { json: { hold: false } }),
  priority: (path, answers) => call("PATCH", path, { json: { priority: answers.get("priority") } }),
  retry: (path) => call("POST", `${path}/retry`),
  delete: (path) => call("DELETE", path),
};

export class Selection {
  /** @param {() => unknown} changed is called after something was done */
  constructor(changed) {
    this._changed = changed;
    /** @type {Simulation[]} */
    this._rows = [];
    this._count = h("span", { class: "quiet-text", "aria-live": "polite" });
    this._buttons = ACTIONS.map((action) => actionButton(action, () => this._do(action)));
    this.element = h("div", { class: "selection", role: "group", "aria-label": words.actionsLabel }, this._count, ...this._buttons);
    this.show([]);
  }

  /** Offers what at least one of the rows allows. @param {Simulation[]} rows */
  show(rows) {
    this._rows = rows;
    this._count.textContent = rows.length ? texts.table.selected(rows.length) : words.selectHint;
    ACTIONS.forEach((action, index) => {
      this._buttons[index].hidden = !rows.some(ALLOWED[action]);
    });
  }

  /** @param {Action} action */
  async _do(action) {
    if (await perform(action, this._rows.filter(ALLOWED[action]))) this._changed();
  }
}

/** A button for an action. @param {Action} action @param {() => unknown} onclick */
export function actionButton(action, onclick) {
  const kind = action === "delete" || action === "cancel" ? "danger small" : "quiet small";
  return h("button", { class: kind, type: "button", onclick }, words.actions[action]);
}

/**
 * Asks, does it to each simulation, and says what came of it.
 * @param {Action} action
 * @param {Simulation[]} rows
 * @returns {Promise<boolean>} whether it was done to one of them at least
 */
export async function perform(action, rows) {
  const body = action === "priority" ? priorities(rows[0].priority) : null;
  const named = rows.length === 1 ? `“${rows[0].name || words.unnamed}”` : words.count(rows.length);
  const answers = await ask({ ...words.confirm[action](named), isDangerous: action === "delete" || action === "cancel", body });
  if (!answers) return false;
  const faults = [];
  for (const row of rows) {
    try {
      await CALLS[action](`/simulations/${row.id}`, answers);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      faults.push(error.message);
    }
  }
  if (faults.length) toast(words.notDone(words.count(faults.length), [...new Set(faults)].join("; ")), { isBad: true });
  if (faults.length < rows.length) toast(words.done[action](words.count(rows.length - faults.length)));
  return faults.length < rows.length;
}

/** @param {string} now */
function priorities(now) {
  const choices = Object.entries(texts.priority).map(([value, text]) =>
    h("label", {}, h("input", { type: "radio", name: "priority", value, checked: value === now }), text));
  return h("fieldset", { class: "choices" }, h("legend", {}, words.columns.priority), ...choices);
}
