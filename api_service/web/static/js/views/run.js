// One run: where it stands and why, what it rests on, its result, messages, files and attempts.

import { ApiError, call, get } from "../api.js";
import { catalogue } from "../catalogue.js";
import { ask, toast } from "../dialog.js";
import { fill, find, h, renew } from "../dom.js";
import { Followed } from "../follow.js";
import { problem } from "../problem.js";
import { onSettings } from "../settings.js";
import { texts } from "../texts.js";
import { attempts, changes, files, report } from "./run-files.js";
import { State, facts, heading } from "./run-head.js";
import { messages } from "./run-messages.js";
import { allNumbers, endUseSection, headline, sizing, trust } from "./run-result.js";

/** @typedef {import("../resources.js").Run} Run */

const words = texts.run;
const main = find("#main");
const id = main.dataset.runId ?? "";
const place = find("#run");
const crumbs = find("#crumbs");
const actions = find("#actions");
const state = new State();
const result = h("div", { id: "result" });
const left = h("div", { id: "left" });
/** What the parts below the head were made of: they are made anew only when these change, and not at every percent. */
let made = "";
/** @type {ReturnType<typeof changes> | null} */
let changed = null;
/** @type {Run | null} */
let shown = null;
let isNamed = false;

/** @type {Followed<Run>} */
const followed = new Followed({
  path: `/runs/${id}`,
  subject: "run",
  id,
  simulationOf: (run) => run?.simulation_id ?? null,
  show,
  gone: () => fail(shown ? words.deleted : words.gone, shown ? words.deletedHint : words.goneHint),
  fail: (error, isShown) => isShown || fail(texts.errors.title, error.message, () => followed.refresh()),
});

followed.start();
onSettings(() => shown && showResult(shown));

/** @param {Run} run */
function show(run) {
  if (!shown) fill(place, h("div", { id: "facts" }), state.element, result, left);
  shown = run;
  document.title = `${words.name(run.index)} · EPSM`;
  renew(find("#heading"), heading(run));
  renew(find("#facts"), facts(run));
  state.show(run);
  showActions(run);
  nameSimulation(run);
  const now = JSON.stringify([run.status, run.attempt, run.ended_at]);
  if (now === made) return;
  made = now;
  changed = changes(run);
  // Without a result, messages come first: they say what went wrong.
  fill(left, run.ended_at && run.attempt > 0 && messages(run), changed.section, report(run), files(run), attempts(run));
  showResult(run);
}

/** @param {Run} run */
async function showResult(run) {
  const { metrics } = run;
  if (!metrics || !changed) return fill(result);
  const of = made;
  try {
    const entries = await catalogue();
    if (of !== made) return;
    const isSizing = metrics.period?.kind === "design_days";
    fill(result, trust(metrics, run, changed.said), headline(metrics, entries), endUseSection(metrics),
      ...sizing(metrics, isSizing), allNumbers(metrics, entries));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    fill(result, h("p", { class: "fault", role: "alert" }, error.message));
  }
}

/** @param {Run} run */
function showActions(run) {
  const canCancel = main.querySelector("[data-may-change=yes]") && !run.ended_at && !run.cancel_requested_at;
  if (!canCancel) return fill(actions);
  if (!actions.childElementCount) fill(actions, h("button", { class: "danger", type: "button", onclick: cancel }, words.cancel));
}

async function cancel() {
  if (!(await ask(words.confirm))) return;
  try {
    followed.change(await call("POST", `/runs/${id}/cancel`));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(error.message, { isBad: true });
  }
}

/** The way back has the simulation's name; without it, the word. @param {Run} run */
async function nameSimulation({ simulation_id, index }) {
  if (isNamed) return;
  isNamed = true;
  const link = h("a", { href: `/simulations/${simulation_id}` }, texts.simulation.title);
  fill(crumbs, h("a", { href: "/simulations" }, texts.simulation.back), link, h("span", { "aria-current": "page" }, words.name(index)));
  try {
    const { name } = await get(`/simulations/${simulation_id}`);
    fill(link, h("bdi", { title: name }, name || texts.simulations.unnamed));
    document.title = `${words.name(index)} · ${name || texts.simulations.unnamed} · EPSM`;
  } catch {
    isNamed = false;
  }
}

/** @param {string} title @param {string} hint @param {() => void} [again] */
function fail(title, hint, again) {
  fill(actions);
  shown = null;
  made = "";
  fill(place, problem(title, hint, again));
}
