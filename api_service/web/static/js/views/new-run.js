// A submission as it runs: progress by month, then the first numbers. Nothing is polled.

import { ApiError, call, get } from "../api.js";
import { toast } from "../dialog.js";
import { fill, find, h, renew } from "../dom.js";
import { onConnection, subscribe } from "../live.js";
import { badge, shownStatus } from "../status.js";
import { texts } from "../texts.js";
import { firstNumbers } from "./new-result.js";
import { doingOf, monthOf } from "./new-progress.js";
import { words } from "./new-texts.js";

/** @typedef {import("./simulations.js").Simulation} Simulation */
/** @typedef {import("./new-result.js").Run} Run */

/** @type {Submission | null} */
let followed = null;

// From the beginning: a run may end before a stream that is opened after it was submitted tells anything.
subscribe("simulation", (now) => followed?.isAbout(now.id) && followed.hear(now, null));
subscribe("run", (now) => followed?.isAbout(now.simulation_id) && followed.hear(null, now));
// What was missed is read once.
onConnection((isUp) => isUp && followed?.refresh());
for (const subject of ["reset", "message", "refetch"]) subscribe(subject, () => followed?.refresh());

/**
 * Shows a simulation until it has ended; the first of its runs gives the first numbers.
 * @param {Simulation} simulation
 * @param {HTMLElement} place
 * @param {() => void} startOver
 */
export async function follow(simulation, place, startOver) {
  followed = new Submission(simulation, place, startOver);
  await followed.refresh();
}

/** Shows nothing more of the simulation, which goes on. */
export function unfollow() {
  followed = null;
}

class Submission {
  /** @param {Simulation} simulation @param {HTMLElement} place @param {() => void} startOver */
  constructor(simulation, place, startOver) {
    this._simulation = simulation;
    this._place = place;
    /** @type {Run | null} */
    this._run = null;
    this._hasResult = false;
    this._reason = "";
    /** How many changes the stream has told. */
    this._heard = 0;
    this._startOver = startOver;
    this._progress = h("div", { class: "running" });
    fill(place, h("section", { class: "card", id: "running", "aria-labelledby": "running-title" },
      h("h2", { id: "running-title", class: "clamped", dir: "auto", tabindex: -1 }, simulation.name), this._progress));
    find("#running-title").focus();
    this._show();
  }

  /** @param {string} id */
  isAbout(id) {
    return this._simulation.id === id;
  }

  /** A change that the stream tells. @param {Simulation | null} simulation @param {Run | null} run */
  hear(simulation, run) {
    this._heard += 1;
    this._update(simulation, run);
  }

  /** Reads simulation and run anew. */
  async refresh() {
    const heard = this._heard;
    const path = `/simulations/${this._simulation.id}`;
    try {
      const [simulation, runs] = await Promise.all([get(path), get(`${path}/runs`, { query: { limit: 1 } })]);
      const [run] = runs.items;
      if (run?.status === "queued") this._reason = await reasonOf(run.id);
      // What was heard meanwhile is newer; only the reason is not in it.
      if (heard === this._heard) this._update(simulation, run ?? null);
      else this._update(null, null);
    } catch (error) {
      // The line above the page says that the connection is lost; asked again when it is back.
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404) toast(error.message, { isBad: true });
    }
  }

  /** @param {Simulation | null} simulation @param {Run | null} run */
  _update(simulation, run) {
    this._simulation = simulation ?? this._simulation;
    if (run && run.index === 0) this._run = run;
    if (this._run?.ended_at && !this._hasResult) this._finish(this._run);
    else if (!this._hasResult) this._show();
    else renewCounts(this._simulation);
  }

  _show() {
    const run = this._run;
    const status = shownStatus({ ...this._simulation, status: run?.status ?? this._simulation.status, ended_at: run?.ended_at ?? null });
    const percent = run?.progress ?? 0;
    const doing = doingOf(run, this._reason);
    const fresh = h("div", { class: "running" },
      h("p", { class: "line" }, badge(status), h("span", { id: "doing", "aria-live": "off" }, run?.status === "running" ? words.run.progress(percent, doing) : doing)),
      h("progress", { max: 100, value: percent, "aria-label": words.run.label }),
      months(run),
      h("div", { class: "actions" }, h("button", { class: "quiet small", type: "button", disabled: status === "cancelling", onclick: () => this._cancel() }, words.run.cancel)));
    // Attributes of the button never change but for `disabled`, so a focus in it survives most frames.
    if (document.activeElement && this._progress.contains(document.activeElement)) {
      for (const [index, child] of [...fresh.children].entries()) if (index < 3) renew(this._progress.children[index], child);
      return;
    }
    if (renew(this._progress, fresh)) this._progress = fresh;
  }

  async _cancel() {
    try {
      await call("POST", `/simulations/${this._simulation.id}/cancel`);
      await this.refresh();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(error.message, { isBad: true });
    }
  }

  /** @param {Run} ended */
  async _finish(ended) {
    this._hasResult = true;
    try {
      // Both are whole here; a frame of the stream may have been an earlier one.
      const [run, catalogue] = await Promise.all([get(`/runs/${ended.id}`), get("/metrics")]);
      const simulation = await get(`/simulations/${this._simulation.id}`);
      if (followed !== this) return;
      firstNumbers({ run, simulation, catalogue: catalogue.items, place: this._place, startOver: this._startOver });
      renewCounts(simulation);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this._hasResult = false;
    }
  }
}

/** Why a run waits, unless it does no more. @param {string} id @returns {Promise<string>} */
async function reasonOf(id) {
  const { status, reasons } = await get(`/runs/${id}/why`);
  return status === "queued" ? (reasons[0]?.text ?? "") : "";
}

/** Of a simulation of several runs, how many have ended. @param {Simulation} simulation */
function renewCounts({ counts }) {
  const line = document.querySelector("#counts");
  if (!line || counts.total < 2) return;
  line.textContent = words.run.several(counts.succeeded + counts.failed + counts.cancelled, counts.total);
}

/** @param {Run | null} run */
function months(run) {
  const now = monthOf(run?.status === "running" ? run.message : "");
  return h("ol", { class: "months", "aria-hidden": "true" }, ...texts.months.map((name, index) =>
    h("li", { class: now !== null && index < now - 1 ? "past" : index + 1 === now ? "now" : null }, name)));
}
