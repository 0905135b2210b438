import assert from "node:assert/strict";
import { test } from "node:test";

import { isWanted, queryOf, SORTS } from "../../../api_service/web/static/js/run-filter.js";

const NOW = Date.parse("2026-01-01T12:00:00Z");
/** What the filter reads of a run. @type {any} */
const RUN = {
  id: "r1", simulation_id: "s1", index: 0, model: "Office.idf", engine: "25.2.0", status: "failed", progress: 100, message: "",
  attempt: 1, max_attempts: 3, held_reason: null, worker: "w1", started_at: "2026-01-01T11:00:00Z", ended_at: "2026-01-01T11:30:00Z", reused_from: null, seconds: 1800,
  error: { code: "fatal", message: "Node Connection Error" },
};

test("the last hour is a time for the API, and other values are passed on", () => {
  assert.deepEqual(queryOf({ q: "x", ended: "1h" }, NOW), { q: "x", ended_after: "2026-01-01T11:00:00.000Z" });
  assert.deepEqual(queryOf({ ended: "" }, NOW), { ended_after: null });
  assert.deepEqual(queryOf({ ended: "toString" }, NOW), { ended_after: null });
});

test("a run belongs to the list when all conditions hold", () => {
  assert.ok(isWanted(RUN, {}, NOW));
  assert.ok(isWanted(RUN, { q: "node conn", status: "failed", ended: "1h", engine: "25.2.0", worker: "w1" }, NOW));
  assert.ok(isWanted(RUN, { q: "office" }, NOW));
  for (const other of [{ q: "zone" }, { status: "running" }, { engine: "24.1.0" }, { worker: "w2" }]) assert.ok(!isWanted(RUN, /** @type {any} */ (other), NOW));
});

test("a run that has not ended, or too long ago, is not one of the last hour", () => {
  assert.ok(!isWanted({ ...RUN, ended_at: null }, { ended: "1h" }, NOW));
  assert.ok(!isWanted({ ...RUN, ended_at: "2026-01-01T10:59:00Z" }, { ended: "1h" }, NOW));
});

test("sorts of the address are those of the columns", () => {
  assert.ok(SORTS.includes("-seconds"));
  assert.ok(!SORTS.includes("model"));
});
