// The queues, one card for each engine, and the pause of everything.

import { ApiError, post } from "../api.js";
import { ask, attempt } from "../dialog.js";
import { fill, find, h } from "../dom.js";
import { queuesAfter } from "../fleet.js";
import { FollowedList } from "../followed-list.js";
import { texts } from "../texts.js";
import { askPause, QueueCard } from "./queues-card.js";

/** @typedef {import("../fleet.js").Queue} Queue */

const words = texts.queues;
const place = find("#queues");
const mayAdmin = place.dataset.mayAdmin === "yes";
const fault = h("p", { class: "fault", role: "alert", hidden: true });
const list = h("div", { class: "queues" }, h("p", { class: "state" }, texts.loading));
/** @type {Map<string, QueueCard>} */
const cards = new Map();

/** @type {FollowedList<Queue>} */
const queues = new FollowedList({ path: "/queues", events: ["queue", "queues"], after: queuesAfter, changed: show });

place.append(fault, list, meanings());
find("#refresh").addEventListener("click", () => queues.refresh());
if (mayAdmin) {
  find("#pause-all").addEventListener("click", pauseAll);
  find("#resume-all").addEventListener("click", async () => {
    if (await attempt(() => post("/fleet/resume", { json: {} }), () => words.resumedNow(words.everything))) queues.refresh();
  });
}
show();

async function show() {
  try {
    draw(await queues.current());
    fault.hidden = true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    fault.textContent = queues.items ? `${texts.table.stale} ${error.message}` : `${texts.errors.title}. ${error.message}`;
    fault.hidden = false;
    if (!queues.items) fill(list);
  }
}

/** @param {Queue[]} items */
function draw(items) {
  const engines = new Set(items.map(({ engine }) => engine));
  for (const engine of [...cards.keys()].filter((one) => !engines.has(one))) cards.delete(engine);
  for (const queue of items) {
    const card = cards.get(queue.engine) ?? new QueueCard(queue.engine, mayAdmin, () => queues.refresh());
    cards.set(queue.engine, card);
    card.show(queue);
  }
  const elements = [...cards.values()].map(({ element }) => element);
  if (!elements.length) fill(list, h("div", { class: "state" }, h("p", { class: "title" }, words.empty), h("p", {}, words.emptyHint)));
  else if (elements.length !== list.children.length || elements.some((one, index) => list.children[index] !== one)) fill(list, ...elements);
  if (mayAdmin) {
    find("#resume-all").hidden = !items.some(({ paused }) => paused);
    find("#pause-all").hidden = items.length > 0 && items.every(({ paused }) => paused);
  }
}

async function pauseAll() {
  if (await askPause(words.everything, null, ask)) queues.refresh();
}

function meanings() {
  const terms = Object.values(words.facts).map(({ label, text }) => h("div", {}, h("dt", {}, label), h("dd", {}, text)));
  return h("details", { class: "meanings" }, h("summary", {}, words.meanings), h("dl", {}, ...terms));
}
