// One engine's queue: its numbers, its pause, its dead letters, and for admins pause, resume and purge.

import { post } from "../api.js";
import { ask, attempt } from "../dialog.js";
import { h, renew } from "../dom.js";
import { badge } from "../status.js";
import { texts } from "../texts.js";
import { clockElement, moment } from "../time.js";
import { count, tenths } from "../units.js";
import { DeadLetters } from "./queues-dead-letters.js";

/** @typedef {import("../fleet.js").Queue} Queue */

const words = texts.queues;

export class QueueCard {
  /** @param {string} engine @param {boolean} mayAdmin @param {() => unknown} changed */
  constructor(engine, mayAdmin, changed) {
    this._engine = engine;
    this._changed = changed;
    this._queued = 0;
    this._badge = h("span");
    this._pause = button(words.pause, "quiet small", () => this._doPause());
    this._resume = button(words.resume, "quiet small", () => this._doResume());
    this._purge = button(words.purge, "danger small", () => this._doPurge());
    this._said = h("div");
    this._facts = h("dl", { class: "numbers" });
    this._letters = mayAdmin ? new DeadLetters(engine, changed) : null;
    const id = `queue-${engine}`;
    const runs = h("a", { class: "button quiet small", href: `/runs?engine=${encodeURIComponent(engine)}&status=queued` }, words.seeRuns);
    const actions = h("div", { class: "actions" }, runs, ...(mayAdmin ? [this._pause, this._resume, this._purge] : []));
    const head = h("div", { class: "queue-head" }, h("h2", { id }, words.title(engine)), this._badge, actions);
    this.element = h("section", { class: "card", "aria-labelledby": id }, head, this._said, this._facts, this._letters?.element);
  }

  /** @param {Queue} queue */
  show(queue) {
    this._queued = queue.queued;
    this._badge = renewed(this._badge, h("span", {}, badge(queue.paused ? "paused" : "open")));
    this._said = renewed(this._said, notes(queue));
    this._facts = renewed(this._facts, facts(queue));
    this._pause.hidden = queue.paused;
    this._resume.hidden = !queue.paused;
    this._purge.disabled = queue.queued === 0;
    this._letters?.show(queue.dead_letters ?? 0);
  }

  async _doPause() {
    if (await askPause(words.title(this._engine), this._engine, ask)) this._changed();
  }

  async _doResume() {
    const name = words.title(this._engine);
    if (await attempt(() => post("/fleet/resume", { json: { engine: this._engine } }), () => words.resumedNow(name))) this._changed();
  }

  async _doPurge() {
    const field = h("input", { id: "confirm", name: "confirm", required: true, autocomplete: "off", spellcheck: "false" });
    field.addEventListener("input", () => field.setCustomValidity(field.value === this._engine ? "" : words.confirmPurge(this._engine)));
    const body = h("div", {}, h("label", { for: "confirm" }, words.confirmPurge(this._engine)), field);
    const answers = await ask({ ...words.askPurge(this._engine, count(this._queued)), isDangerous: true, body });
    if (!answers) return;
    const purge = () => post(`/queues/${encodeURIComponent(this._engine)}/purge`, { json: { confirm: answers.get("confirm") } });
    if (await attempt(purge, ({ cancelled }) => words.purged(count(cancelled)))) this._changed();
  }
}

/**
 * Asks for the reason and pauses an engine, or everything when it is null.
 * @param {string} name
 * @param {string | null} engine
 * @param {typeof import("../dialog.js").ask} question
 */
export async function askPause(name, engine, question) {
  const field = h("input", { id: "reason", name: "reason", maxlength: 500, autocomplete: "off" });
  const body = h("div", {}, h("label", { for: "reason" }, words.whyPause), field);
  const answers = await question({ ...words.askPause(name), body });
  if (!answers) return null;
  const reason = String(answers.get("reason") ?? "").trim();
  const json = { ...(engine === null ? {} : { engine }), ...(reason ? { reason } : {}) };
  return attempt(() => post("/fleet/pause", { json }), () => words.pausedNow(name));
}

/** @param {Queue} queue */
function notes({ paused, since, reason, slots, waiting_unknown, traffic_unknown }) {
  const unknown = waiting_unknown ?? traffic_unknown;
  return h("div", {},
    paused && h("p", { class: "note" }, words.paused(moment(since)), reason ? h("span", { dir: "auto" }, ` ${words.reason(reason)}`) : null),
    slots === 0 && h("p", { class: "note" }, words.noSlots),
    unknown && h("p", { class: "help" }, words.unknown(unknown)));
}

/** @param {Queue} queue */
function facts(queue) {
  const { facts: names } = words;
  const rate = (/** @type {number | null} */ value) => [tenths(value), value === null ? null : h("span", { class: "unit" }, ` ${words.perSecond}`)];
  const dead = known(queue.dead_letters);
  return h("dl", { class: "numbers" },
    fact(names.queued, [count(queue.queued)], words.published(count(queue.published))),
    fact(names.running, [count(queue.running)], words.slots(count(queue.slots))),
    fact(names.oldest, [clockElement(queue.oldest_queued_at)], queue.oldest_queued_at ? moment(queue.oldest_queued_at).slice(0, 10) : undefined),
    fact(names.in, rate(queue.in_per_second)),
    fact(names.out, rate(queue.out_per_second)),
    fact(names.waiting, [known(queue.waiting)]),
    fact(names.unacked, [known(queue.unacked)]),
    fact(names.consumers, [known(queue.consumers)]),
    fact(names.deadLetters, [queue.dead_letters ? h("span", { class: "failed" }, dead) : dead]));
}

/** @param {{label: string, text: string}} name @param {import("../dom.js").Child[]} value @param {string} [under] */
function fact({ label, text }, value, under) {
  return h("div", { title: text }, h("dt", {}, label), h("dd", {}, ...value, under ? h("span", { class: "under" }, under) : null));
}

/** @param {number | null} value */
const known = (value) => (value === null ? texts.none : count(value));

/** @param {string} label @param {string} kind @param {() => unknown} onclick */
const button = (label, kind, onclick) => h("button", { class: kind, type: "button", onclick }, label);

/** @template {Element} Kind @param {Kind} old @param {Kind} fresh @returns {Kind} */
const renewed = (old, fresh) => (renew(old, fresh) ? fresh : old);
