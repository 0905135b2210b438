import assert from "node:assert/strict";
import { test } from "node:test";

import { isFound, ordered, queuesAfter, workersAfter } from "../../../api_service/web/static/js/fleet.js";

const AT = "2026-01-01T00:00:00Z";
const RUN = { id: "r1", simulation_id: "s1", index: 3, model: "Office.idf", weather: "a.epw", progress: 10, started_at: AT };
/** @type {import("../../../api_service/web/static/js/fleet.js").Worker} */
const ONE = {
  id: "w1", host: "north", pid: 1, engine: "25.2.0", version: "1", concurrency: 2, running: 1, runs: [RUN], status: "ready", reason: null,
  started_at: AT, beat_at: AT, drain_requested_at: null, memory_bytes: null, cpu_percent: null, ended: null,
};
const TWO = { ...ONE, id: "w2", host: "south", runs: [] };
const ids = (/** @type {typeof ONE[]} */ workers) => workers.map(({ id, runs }) => [id, runs.map((run) => run.id)]);

test("an event of a worker keeps the runs that are known of it", () => {
  const { runs, ...event } = { ...ONE, status: "unfit", reason: "no space" };
  const [worker] = workersAfter([ONE], "worker", event);
  assert.equal(worker.status, "unfit");
  assert.deepEqual(worker.runs, runs);
});

test("a new worker has no runs yet, and one that is gone from the list is gone", () => {
  const { runs: _, ...event } = TWO;
  assert.deepEqual(ids(workersAfter([ONE], "worker", event)), [["w2", []], ["w1", ["r1"]]]);
  assert.deepEqual(ids(workersAfter([ONE, TWO], "workers", { items: [event] })), [["w2", []]]);
});

test("an event of a run moves it between workers, and ends it", () => {
  const moved = workersAfter([ONE, TWO], "run", { ...RUN, status: "running", worker: "w2", progress: 20 });
  assert.deepEqual(ids(moved), [["w1", []], ["w2", ["r1"]]]);
  assert.equal(moved[1].runs[0].progress, 20);
  assert.deepEqual(ids(workersAfter(moved, "run", { ...RUN, status: "failed", worker: "w2" })), [["w1", []], ["w2", []]]);
});

test("an event of a run that no worker has changes nothing", () => {
  const workers = [ONE, TWO];
  const after = workersAfter(workers, "run", { ...RUN, id: "r9", status: "queued", worker: null });
  assert.ok(after.every((worker, index) => worker === workers[index]));
});

test("workers that need somebody come first, stopped ones last", () => {
  const workers = [{ ...ONE, status: /** @type {const} */ ("stopped") }, TWO, { ...ONE, id: "w3", status: /** @type {const} */ ("unfit") }];
  assert.deepEqual(ordered(workers).map(({ id }) => id), ["w3", "w2", "w1"]);
});

test("a worker is found by its host and by what it runs", () => {
  assert.ok(isFound(ONE, "NORTH"));
  assert.ok(isFound(ONE, "office"));
  assert.ok(!isFound(TWO, "office"));
  assert.ok(isFound(TWO, ""));
});

test("an event of a queue takes its place, by engine", () => {
  const queue = (/** @type {string} */ engine, /** @type {number} */ queued) => /** @type {any} */ ({ engine, queued });
  assert.deepEqual(queuesAfter([queue("25.2.0", 1)], "queue", queue("24.1.0", 2)).map(({ engine }) => engine), ["24.1.0", "25.2.0"]);
  assert.deepEqual(queuesAfter([queue("25.2.0", 1)], "queue", queue("25.2.0", 7)), [queue("25.2.0", 7)]);
  assert.deepEqual(queuesAfter([queue("25.2.0", 1)], "queues", { items: [] }), []);
});
