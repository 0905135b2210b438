import assert from "node:assert/strict";
import test from "node:test";

import { json, send } from "./event-source.js";

/** What the requests for each address wait for, in their order. @type {Map<string, ((answer: any) => void)[]>} */
const waiting = new Map();
/** @type {any} */ (globalThis).fetch = (/** @type {string} */ address) =>
  new Promise((resolve) => waiting.set(address, [...(waiting.get(address) ?? []), resolve]));
/** @param {string} name @param {number} request @param {any} answer */
const answer = (name, request, answer) => waiting.get(`/api/v1/${name}`)?.[request](answer);

/** @param {string} event */
async function list(event) {
  const { FollowedList } = await import("../../../api_service/web/static/js/followed-list.js");
  return new FollowedList({ path: `/${event}`, events: [event], after: (items, _, item) => [...items, item], changed: () => {} });
}

test("a request that a newer one has overtaken ends with what the newer one says", async () => {
  const followed = await list("one");
  const current = followed.current();
  send("reset", {});
  answer("one", 0, json({ items: ["old"] }));
  await new Promise(setImmediate);
  send("one", "event");
  answer("one", 1, json({ items: ["new"] }));

  assert.deepEqual(await current, ["new", "event"]);
});

test("a list that could not be fetched is no empty list", async () => {
  const followed = await list("two");
  const current = followed.current();
  send("reset", {});
  answer("two", 0, json({ items: [] }));
  answer("two", 1, json({ title: "Away", detail: "Postgres is away" }, 503));

  await assert.rejects(current, /Postgres is away/);
});
