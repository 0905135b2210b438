import assert from "node:assert/strict";
import { test } from "node:test";

import { countChanges, readChanges } from "../../../api_service/web/static/js/changes.js";

test("a change is taken apart", () => {
  const [change] = readChanges(["Zone 'A': multiplier changed from 1 to 2"]) ?? [];
  assert.deepEqual(change, { object: "Zone 'A'", what: "multiplier", from: "1", to: "2" });
});

test("objects that are not listed are counted", () => {
  const lines = ["Zone 'A': multiplier changed from 1 to 2", "Zone … and 98900 more: multiplier set to 2", "Version: none"];
  assert.equal(countChanges(readChanges(lines) ?? []), 98902);
});
