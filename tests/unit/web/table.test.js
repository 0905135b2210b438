import assert from "node:assert/strict";
import { test } from "node:test";

import { asQuery } from "../../../api_service/web/static/js/api.js";
import { shownStatus } from "../../../api_service/web/static/js/status.js";
import { nextSort } from "../../../api_service/web/static/js/table-parts.js";
import { ALLOWED } from "../../../api_service/web/static/js/views/simulations-selection.js";

const QUEUED = {
  id: "1", name: "", owner: "anna", status: "queued", priority: /** @type {const} */ ("normal"), progress: 0,
  counts: { total: 2, queued: 2, running: 0, succeeded: 0, failed: 0, cancelled: 0 },
  created_at: "2026-01-01T00:00:00Z", started_at: null, ended_at: null, cancel_requested_at: null, held_at: null,
  circuit_breaker: null, waits_for: null, dependency_error: null,
};
const AT = "2026-01-01T01:00:00Z";
const BREAKER = { failures: 2, same_cause: true, message: "no such schedule", run_id: "3" };

test("a header is clicked through ascending, descending and the server's order", () => {
  assert.equal(nextSort(null, "started"), "started");
  assert.equal(nextSort("started", "started"), "-started");
  assert.equal(nextSort("-started", "started"), null);
  assert.equal(nextSort("-started", "ended"), "ended");
});

test("a query leaves out what is not given", () => {
  assert.equal(asQuery({ name: "a&b", status: "", cursor: null, limit: 50 }), "?name=a%26b&limit=50");
  assert.equal(asQuery({ name: undefined }), "");
});

test("being held or cancelled is shown instead of queued", () => {
  assert.equal(shownStatus(QUEUED), "queued");
  assert.equal(shownStatus({ ...QUEUED, held_at: AT }), "held");
  assert.equal(shownStatus({ ...QUEUED, held_at: AT, cancel_requested_at: AT }), "cancelling");
  assert.equal(shownStatus({ ...QUEUED, waits_for: "2" }), "held");
  assert.equal(shownStatus({ ...QUEUED, status: "running", circuit_breaker: BREAKER }), "held");
  assert.equal(shownStatus({ ...QUEUED, status: "failed", circuit_breaker: BREAKER, ended_at: AT }), "failed");
  assert.equal(shownStatus({ ...QUEUED, status: "cancelled", cancel_requested_at: AT, ended_at: AT }), "cancelled");
});

test("each action is offered where the API allows it", () => {
  const offered = (/** @type {typeof QUEUED} */ simulation) =>
    Object.entries(ALLOWED).filter(([, isAllowed]) => isAllowed(simulation)).map(([action]) => action);
  const failed = { ...QUEUED, status: "failed", ended_at: AT, counts: { ...QUEUED.counts, queued: 0, failed: 2 } };
  assert.deepEqual(offered(QUEUED), ["cancel", "hold", "priority"]);
  assert.deepEqual(offered({ ...QUEUED, held_at: /** @type {any} */ (AT) }), ["cancel", "release", "priority"]);
  assert.deepEqual(offered({ ...QUEUED, circuit_breaker: /** @type {any} */ (BREAKER) }), ["cancel", "hold", "release", "priority"]);
  assert.deepEqual(offered(/** @type {any} */ (failed)), ["retry", "delete"]);
});
