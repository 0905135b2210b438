import assert from "node:assert/strict";
import { test } from "node:test";

import { extent, outer, project, turned } from "../../../api_service/web/static/js/views/new-projection.js";

/** @typedef {import("../../../api_service/web/static/js/views/new-projection.js").Surface} Surface */

/** @param {string} name @param {[number, number, number][]} vertices @param {Partial<Surface>} [more] @returns {Surface} */
const surface = (name, vertices, more = {}) => ({ name, zone: "Z", boundary: "outdoors", type: "wall", base: "", vertices, ...more });

/** A box of 4 m by 2 m by 3 m, its vertices against the clock as seen from outside. */
const BOX = [
  surface("south", [[0, 0, 3], [0, 0, 0], [4, 0, 0], [4, 0, 3]]),
  surface("north", [[4, 2, 3], [4, 2, 0], [0, 2, 0], [0, 2, 3]]),
  surface("east", [[4, 0, 3], [4, 0, 0], [4, 2, 0], [4, 2, 3]]),
  surface("west", [[0, 2, 3], [0, 2, 0], [0, 0, 0], [0, 0, 3]]),
  surface("roof", [[0, 0, 3], [4, 0, 3], [4, 2, 3], [0, 2, 3]], { type: "roof" }),
  surface("floor", [[0, 2, 0], [4, 2, 0], [4, 0, 0], [0, 0, 0]], { type: "floor", boundary: "ground" }),
];
const { middle } = extent(BOX);
/** @param {number} azimuth @param {Surface[]} [surfaces] */
const seen = (azimuth, surfaces = BOX) => project(surfaces, { azimuth, elevation: 30 }, middle).map((one) => one.surface.name);

test("only what faces the viewer is seen", () => {
  assert.deepEqual(seen(0).sort(), ["roof", "south"]);
  assert.deepEqual(seen(45).sort(), ["east", "roof", "south"]);
  assert.deepEqual(seen(180).sort(), ["north", "roof"]);
  assert.deepEqual(seen(270).sort(), ["roof", "west"]);
});

test("from the south, east is on the right and up is up", () => {
  const wall = project(BOX, { azimuth: 0, elevation: 5 }, middle).find((one) => one.surface.name === "south");
  const [upperLeft, lowerLeft, lowerRight] = wall?.points ?? [];
  assert.ok(lowerLeft[0] < lowerRight[0]);
  assert.ok(upperLeft[1] < lowerLeft[1], "down is positive");
  assert.ok(Math.abs(lowerRight[0] - lowerLeft[0] - 4) < 1e-9, "an axonometric view keeps lengths across");
});

test("the farthest is painted first, and an opening right after its wall", () => {
  const behind = surface("behind", [[0, 9, 3], [0, 9, 0], [4, 9, 0], [4, 9, 3]]);
  const pane = surface("pane", [[1, 0, 2], [1, 0, 1], [2, 0, 1], [2, 0, 2]], { type: "window", base: "south" });
  const order = seen(0, [pane, ...BOX, behind]);

  assert.equal(order[0], "behind");
  assert.equal(order.indexOf("pane"), order.indexOf("south") + 1);
  assert.ok(!seen(180, [pane, ...BOX]).includes("pane"));
});

test("shading is seen from both sides, lit between 0 and 1, and lines are left out", () => {
  const tree = surface("tree", [[0, -5, 0], [1, -5, 0], [1, -5, 3]], { boundary: "shading", type: "shading" });
  const line = surface("line", [[0, 0, 0], [1, 1, 1], [2, 2, 2]]);
  for (const azimuth of [0, 180]) {
    const found = project([tree, line], { azimuth, elevation: 30 }, middle);
    assert.deepEqual(found.map((one) => one.surface.name), ["tree"]);
    assert.ok(found[0].light >= 0 && found[0].light <= 1);
  }
});

test("the inside is left out unless there is nothing else", () => {
  const inside = surface("partition", BOX[0].vertices, { boundary: "inside" });
  assert.equal(outer([...BOX, inside]).length, 6);
  assert.equal(outer([inside]).length, 1);
});

test("the extent is that of all vertices", () => {
  assert.deepEqual(extent(BOX).size, [4, 2, 3]);
  assert.deepEqual(middle, [2, 1, 1.5]);
  assert.ok(Math.abs(extent(BOX).radius - Math.hypot(4, 2, 3) / 2) < 1e-9);
});

test("turning goes round, and neither below the ground nor over the top", () => {
  assert.deepEqual(turned({ azimuth: 350, elevation: 30 }, 20, 0), { azimuth: 10, elevation: 30 });
  assert.deepEqual(turned({ azimuth: 0, elevation: 30 }, -10, 90), { azimuth: 350, elevation: 85 });
  assert.equal(turned({ azimuth: 0, elevation: 30 }, 0, -90).elevation, 5);
});
