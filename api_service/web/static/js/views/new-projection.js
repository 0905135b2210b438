// An axonometric view of a building: which polygons are seen, where, and in which order they are painted. Pure.

/** @typedef {[number, number, number]} Point */
/** @typedef {{name: string, zone: string, boundary: string, type: string, base: string, vertices: Point[]}} Surface */
/** @typedef {{surfaces: Surface[], note: string | null}} Geometry */
/** @typedef {{azimuth: number, elevation: number}} View Degrees from which the building is seen: 0 is from the south. */
/** @typedef {{surface: Surface, points: [number, number][], light: number}} Seen */

const RADIANS = Math.PI / 180;
/** A surface seen from its edge is a line. */
const EDGE_ON = 1e-6;
const LOWEST = 5;
const HIGHEST = 85;
/** Rays of the sun that lights the picture, in the viewer's own directions: right, down, towards the viewer. */
const SUN = [0.35, -0.75, 0.56];

/** @param {View} view @param {number} right @param {number} up @returns {View} */
export function turned({ azimuth, elevation }, right, up) {
  return { azimuth: (((azimuth + right) % 360) + 360) % 360, elevation: Math.min(HIGHEST, Math.max(LOWEST, elevation + up)) };
}

/**
 * The surfaces that the picture is made of: within a building nothing is seen, unless there is nothing else.
 * @param {Surface[]} surfaces
 */
export function outer(surfaces) {
  const shell = surfaces.filter(({ boundary }) => boundary !== "inside");
  return shell.length ? shell : surfaces;
}

/**
 * Middle and radius of what is drawn, so that turning neither moves nor scales it.
 * @param {Surface[]} surfaces
 * @returns {{middle: Point, radius: number, size: Point}}
 */
export function extent(surfaces) {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const { vertices } of surfaces) {
    for (const vertex of vertices) {
      for (let axis = 0; axis < 3; axis += 1) {
        low[axis] = Math.min(low[axis], vertex[axis]);
        high[axis] = Math.max(high[axis], vertex[axis]);
      }
    }
  }
  const size = /** @type {Point} */ (high.map((value, axis) => value - low[axis]));
  const middle = /** @type {Point} */ (high.map((value, axis) => (value + low[axis]) / 2));
  return { middle, radius: Math.hypot(...size) / 2, size };
}

/**
 * The polygons that are seen, the farthest first; an opening comes right after its wall.
 * @param {Surface[]} surfaces
 * @param {View} view
 * @param {Point} middle
 * @returns {Seen[]} points are in metres to the right and down of the middle
 */
export function project(surfaces, view, middle) {
  const axes = axesOf(view);
  /** @type {Map<string, Seen[]>} */
  const openings = new Map();
  /** @type {{seen: Seen, depth: number}[]} */
  const walls = [];
  for (const surface of surfaces) {
    const points = surface.vertices.map((vertex) => seenFrom(vertex, middle, axes));
    const normal = normalOf(points);
    // Outsides that face away are hidden; shading and what is inside has two sides.
    const hasTwoSides = surface.boundary === "shading" || surface.boundary === "inside";
    if (!normal || (normal[2] <= EDGE_ON && !hasTwoSides)) continue;
    /** @type {Seen} */
    const seen = { surface, points: points.map(([x, y]) => [x, y]), light: lightOn(normal) };
    if (surface.base) openings.set(surface.base, [...(openings.get(surface.base) ?? []), seen]);
    else walls.push({ seen, depth: points.reduce((sum, point) => sum + point[2], 0) / points.length });
  }
  walls.sort((a, b) => a.depth - b.depth);
  return walls.flatMap(({ seen }) => [seen, ...(openings.get(seen.surface.name) ?? [])]);
}

/** @typedef {[Point, Point, Point]} Axes To the right, down, and towards the viewer. */

/** @param {View} view @returns {Axes} */
function axesOf({ azimuth, elevation }) {
  const [a, e] = [azimuth * RADIANS, elevation * RADIANS];
  return [
    [Math.cos(a), Math.sin(a), 0],
    [Math.sin(a) * Math.sin(e), -Math.cos(a) * Math.sin(e), -Math.cos(e)],
    [Math.sin(a) * Math.cos(e), -Math.cos(a) * Math.cos(e), Math.sin(e)],
  ];
}

/** @param {Point} vertex @param {Point} middle @param {Axes} axes @returns {Point} */
function seenFrom(vertex, middle, axes) {
  const [x, y, z] = vertex.map((value, axis) => value - middle[axis]);
  return /** @type {Point} */ (axes.map(([ax, ay, az]) => x * ax + y * ay + z * az));
}

/** The direction across a polygon, towards the viewer when its third part is positive. @param {Point[]} points @returns {Point | null} */
function normalOf(points) {
  let [x, y, z] = [0, 0, 0];
  points.forEach(([ax, ay, az], index) => {
    const [bx, by, bz] = points[(index + 1) % points.length];
    x += (ay - by) * (az + bz);
    y += (az - bz) * (ax + bx);
    z += (ax - bx) * (ay + by);
  });
  const size = Math.hypot(x, y, z);
  // Down is positive on a screen, which turns the sense of rotation.
  return size ? [-x / size, -y / size, -z / size] : null;
}

/** Between 0, in the shade, and 1. @param {Point} normal */
function lightOn(normal) {
  const sign = normal[2] < 0 ? -1 : 1;
  return Math.max(0, Math.min(1, sign * normal.reduce((sum, value, axis) => sum + value * SUN[axis], 0)));
}
