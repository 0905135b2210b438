"""Polygons in space: area vector and the share of a volume that they enclose."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

Vector = tuple[float, float, float]

#: How far polygons may be from closed, as a share: vertices are written with a few decimals.
TOLERANCE = 1e-3


def area_vector(vertices: Sequence[Vector]) -> Vector:
    """The vector across a polygon whose length is its area (Newell's method, exact for plane polygons)."""
    x = y = z = 0.0
    for (ax, ay, az), (bx, by, bz) in _edges(_moved(vertices, vertices[0]) if vertices else ()):
        x += ay * bz - az * by
        y += az * bx - ax * bz
        z += ax * by - ay * bx
    return x / 2, y / 2, z / 2


def centroid(vertices: Sequence[Vector]) -> Vector:
    """The centre of area of a plane polygon; the mean of the vertices where it has no area."""
    origin = vertices[0]
    moved = _moved(vertices, origin)
    across = area_vector(moved)
    sums, total = [0.0, 0.0, 0.0], 0.0
    for triangle in _triangles(moved):
        weight = sum(a * b for a, b in zip(area_vector(triangle), across, strict=True))
        total += weight
        for axis in range(3):
            sums[axis] += weight * sum(point[axis] for point in triangle) / 3
    if not total:
        sums, total = [sum(point[axis] for point in moved) for axis in range(3)], float(len(moved))
    return origin[0] + sums[0] / total, origin[1] + sums[1] / total, origin[2] + sums[2] / total


def scaled_about(vertices: Sequence[Vector], centre: Vector, factor: float) -> list[Vector]:
    """The polygon with all distances from a point multiplied."""
    return [added(centre, scaled(difference(vertex, centre), factor)) for vertex in vertices]


def length(vector: Vector) -> float:
    """The length of a vector."""
    return math.hypot(*vector)


def unit(vector: Vector) -> Vector:
    """The vector with a length of one, if it has a length."""
    return scaled(vector, 1 / (length(vector) or 1.0))


def added(a: Vector, b: Vector) -> Vector:
    """The sum."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def difference(a: Vector, b: Vector) -> Vector:
    """The vector from `b` to `a`."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def scaled(a: Vector, factor: float) -> Vector:
    """The vector, longer by a factor."""
    return a[0] * factor, a[1] * factor, a[2] * factor


def dot(a: Vector, b: Vector) -> float:
    """The scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """The vector product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def enclosed_volume(polygons: Sequence[Sequence[Vector]]) -> float | None:
    """The volume within polygons; None where they do not enclose one.

    By the divergence theorem the volume is the sum of heights times areas along each of the three axes. Where a polygon
    is missing, the three differ, or the area vectors do not add up to nothing.
    """
    if not polygons or not polygons[0]:
        return None
    origin, sums, total, areas = polygons[0][0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 0.0
    for polygon in polygons:
        for triangle in _triangles(_moved(polygon, origin)):
            vector = area_vector(triangle)
            areas += length(vector)
            for axis in range(3):
                sums[axis] += sum(point[axis] for point in triangle) / 3 * vector[axis]
                total[axis] += vector[axis]
    volume = abs(sum(sums) / 3)
    is_open = max(abs(value) for value in total) > TOLERANCE * areas
    differ = max(sums) - min(sums) > TOLERANCE * volume
    return None if is_open or differ or not volume else volume


def _triangles(vertices: Sequence[Vector]) -> Iterator[tuple[Vector, Vector, Vector]]:
    return ((vertices[0], first, second) for first, second in pairwise(vertices[1:]))


def _moved(vertices: Sequence[Vector], origin: Vector) -> list[Vector]:
    # Far from the origin, products of coordinates would lose the digits of small polygons.
    ox, oy, oz = origin
    return [(x - ox, y - oy, z - oz) for x, y, z in vertices]


def _edges(vertices: Sequence[Vector]) -> Iterator[tuple[Vector, Vector]]:
    return zip(vertices, [*vertices[1:], *vertices[:1]], strict=True)
