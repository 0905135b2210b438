import assert from "node:assert/strict";
import { test } from "node:test";

import { parseSettings } from "../../../api_service/web/static/js/settings.js";

const DEFAULTS = { theme: "auto", energy: "kwh_per_m2" };

test("what was chosen is read", () => {
  assert.deepEqual(parseSettings('{"theme": "dark", "energy": "mj_per_m2"}'), { theme: "dark", energy: "mj_per_m2" });
});

for (const stored of [null, "", "{", "null", "7", '"dark"', '{"theme": "pink", "energy": 3}']) {
  test(`the defaults stand for ${stored}`, () => assert.deepEqual(parseSettings(stored), DEFAULTS));
}
