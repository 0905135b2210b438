// The head of a run's view: what it is, where it stands, and why it is not running or has failed.

import { ApiError, get } from "../api.js";
import { fill, h } from "../dom.js";
import { parameterText, shownRunStatus } from "../resources.js";
import { badge } from "../status.js";
import { texts } from "../texts.js";
import { between, duration, moment, timeElement } from "../time.js";

/** @typedef {import("../resources.js").Run} Run */
/** @typedef {{code: string, text: string, until: string | null}} Reason */

const words = texts.run;

/** @param {Run} run */
export function heading(run) {
  return h("div", { id: "heading", class: "titled" },
    h("h1", {}, words.name(run.index), h("span", { class: "quiet-text of", dir: "auto" }, run.model)), badge(shownRunStatus(run)));
}

/** Whether the runs that results are from can be read. @type {Map<string, Promise<boolean>>} */
const readable = new Map();

/** The run that a result is from: a link, unless it has been deleted. @param {string} id */
function original(id) {
  const name = id.slice(0, 8);
  const element = h("span", {}, name);
  const asked = readable.get(id) ?? get(`/runs/${id}`).then(() => true, (error) => {
    if (!(error instanceof ApiError)) throw error;
    return error.status !== 404;
  });
  readable.set(id, asked);
  asked.then((isThere) => fill(element, isThere ? h("a", { href: `/runs/${id}` }, name) : words.deletedOriginal(name)));
  return element;
}

/** @param {string} name @param {...import("../dom.js").Child} value */
export function fact(name, ...value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, ...value));
}

/** @param {Run} run */
export function facts(run) {
  const named = words.facts;
  const took = duration(run.seconds ?? between(run.started_at, run.ended_at));
  const parameters = Object.entries(run.parameters ?? {}).map(([name, value]) =>
    h("span", { class: "tag" }, h("bdi", {}, name), " = ", h("bdi", {}, parameterText(value))));
  return h("dl", { id: "facts", class: "facts" },
    fact(named.weather, h("bdi", {}, run.weather)),
    parameters.length > 0 && fact(words.parameters, ...parameters), fact(named.engine, run.engine),
    run.reused_from && fact(named.reused, original(run.reused_from)),
    run.worker && fact(named.worker, h("bdi", {}, run.worker)), fact(named.queued, timeElement(run.queued_at)),
    run.started_at && fact(named.started, timeElement(run.started_at)), run.ended_at && run.started_at && fact(named.took, took));
}

/** Where the run stands: progress while it runs, reasons where there are some. */
export class State {
  constructor() {
    this.element = h("div", {});
    this._asked = "";
  }

  /** @param {Run} run */
  show(run) {
    // What depends on these is not asked for, or made, again while they stay.
    const key = JSON.stringify([run.status, run.attempt, run.held_reason, run.error]);
    if (run.status !== "running" && key === this._asked) return;
    this._asked = key;
    if (run.status === "running") fill(this.element, progress(run));
    else if (run.status === "failed") fill(this.element, reasons(run, run.error ? [{ ...run.error, text: run.error.message, until: null }] : []));
    else if (run.status === "succeeded") fill(this.element);
    else this._explain(run);
  }

  /** @param {Run} run */
  async _explain(run) {
    const key = this._asked;
    try {
      const { reasons: found } = await get(`/runs/${run.id}/why`);
      if (key === this._asked) fill(this.element, reasons(run, found, () => this._explain(run)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // The next event asks again.
      if (key === this._asked) this._asked = "";
    }
  }
}

/** @param {Run} run */
function progress(run) {
  return h("div", { class: "card running" }, h("progress", { max: 100, value: run.progress, "aria-label": words.progress }),
    h("p", {}, `${run.progress} %`, h("span", { class: "quiet-text" }, run.message || words.starting)));
}

/** @param {Run} run @param {Reason[]} found @param {() => void} [again] while it waits, reasons change without an event */
function reasons({ status }, found, again) {
  if (!found.length) return null;
  const until = (/** @type {string | null} */ at) => at && h("span", { class: "quiet-text" }, ` ${words.until(moment(at))}`);
  return h("section", { class: status === "failed" ? "card reason bad" : "card reason" },
    h("div", { class: "heading" }, h("h2", {}, words.why[/** @type {keyof typeof words.why} */ (status)]),
      status === "queued" && again && h("button", { class: "quiet small", type: "button", onclick: again }, words.lookAgain)),
    ...found.map((reason) => h("p", { dir: "auto" }, reason.text, until(reason.until))));
}
