import assert from "node:assert/strict";
import { test } from "node:test";

import { about, between, duration, moment } from "../../../api_service/web/static/js/time.js";

test("a duration has its two largest units", () => {
  const shown = [0, 9.87, 59.4, 60, 61, 3600, 5400, 90000].map(duration);
  assert.deepEqual(shown, ["0.0 s", "9.9 s", "59 s", "1 min", "1 min 1 s", "1 h", "1 h 30 min", "1 d 1 h"]);
});

test("rounding never shows sixty seconds", () => {
  assert.equal(duration(59.7), "1 min");
});

test("what has not started has no duration", () => {
  assert.equal(between(null, "2026-01-01T00:00:00Z"), null);
  assert.equal(duration(null), "–");
  assert.equal(between("2026-01-01T00:00:00Z", "2026-01-01T00:00:02.5Z"), 2.5);
});

test("an instant is shown in the browser's time zone, without seconds", () => {
  const local = new Date(2026, 2, 1, 9, 5, 59);
  assert.equal(moment(local.toISOString()), "2026-03-01 09:05");
  assert.equal(moment(null), "–");
});

test("an estimate has its spread in one unit", () => {
  const shown = [[0.2, 0.4], [12, 18], [60, 130], [720, 1080], [7000, 9000], [200000, 400000], [40, 40.2]]
    .map(([p50, p90]) => about({ p50, p90 }));
  assert.deepEqual(shown, [
    "about 1 s", "about 12 to 18 s", "about 1 to 2 min", "about 12 to 18 min", "about 2 to 3 h", "about 2 to 5 d", "about 40 s",
  ]);
});
