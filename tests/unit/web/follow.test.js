import assert from "node:assert/strict";
import test from "node:test";

import { json, send } from "./event-source.js";

/** The answers to the requests for each run, one after the other; after the last, there is none any more. @type {Map<string, (() => any)[]>} */
const answers = new Map();
/** @type {any} */ (globalThis).fetch = async (/** @type {string} */ address) => answers.get(address)?.shift()?.() ?? json({}, 404);

/** @param {string} id @param {...(() => any)} given */
async function follow(id, ...given) {
  const { Followed } = await import("../../../api_service/web/static/js/follow.js");
  /** @type {any[]} */
  const shown = [];
  answers.set(`/api/v1/runs/${id}`, given);
  const followed = new Followed({
    path: `/runs/${id}`, subject: "run", id, simulationOf: () => `of ${id}`,
    show: (run) => shown.push(run), gone: () => shown.push("gone"), fail: (error, isShown) => shown.push([error.message, isShown]),
  });
  await followed.start();
  return shown;
}

test("what changed before the first events of a stream is fetched", async () => {
  const shown = await follow("0", ...[1, 2].map((progress) => () => json({ id: "0", progress })));
  send("health", {});
  await new Promise(setImmediate);

  assert.deepEqual(shown.map(({ progress }) => progress), [1, 2]);
});

test("an event is shown at once, and one that comes during a request is newer than its answer", async () => {
  const shown = await follow("1", () => {
    send("run", { id: "1", progress: 50 });
    send("run", { id: "2", progress: 99 });
    return json({ id: "1", progress: 40, files: [] });
  });
  send("run", { id: "1", progress: 60 });

  assert.deepEqual(shown, [{ id: "1", progress: 50, files: [] }, { id: "1", progress: 60, files: [] }]);
});

test("after a reset, and when more has changed than is sent, it is fetched once", async () => {
  const shown = await follow("2", ...[1, 2, 3].map((progress) => () => json({ id: "2", progress })));
  send("reset", {});
  await new Promise(setImmediate);
  send("refetch", { href: "/api/v1/simulations/of 2/runs" });
  send("refetch", { href: "/api/v1/simulations/other/runs" });
  await new Promise(setImmediate);

  assert.deepEqual(shown.map(({ progress }) => progress), [1, 2, 3]);
});

test("what is deleted is gone once, and nothing is shown of it any more", async () => {
  const shown = await follow("3", () => json({ id: "3" }));
  send("deleted", { id: "of 3" });
  send("deleted", { id: "of 3" });
  send("run", { id: "3", progress: 1 });

  assert.deepEqual(shown, [{ id: "3" }, "gone"]);
});

test("what does not exist is gone, and a server that is away is a fault", async () => {
  assert.deepEqual(await follow("4", () => json({ detail: "Run not found" }, 404)), ["gone"]);
  assert.deepEqual(await follow("5", () => json({ detail: "The database is away" }, 503)), [["The database is away", false]]);
});
