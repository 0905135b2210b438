import assert from "node:assert/strict";
import test from "node:test";

import { throttled } from "../../../api_service/web/static/js/throttled.js";

test("of many calls the first acts at once, and one more after the pause", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let acts = 0;
  const soon = throttled(() => (acts += 1), 2000);

  soon();
  assert.equal(acts, 1);
  for (let call = 0; call < 50; call += 1) soon();
  context.mock.timers.tick(1999);
  assert.equal(acts, 1);
  context.mock.timers.tick(1);
  assert.equal(acts, 2);
  context.mock.timers.tick(2000);
  assert.equal(acts, 2);
  soon();
  assert.equal(acts, 3);
});
