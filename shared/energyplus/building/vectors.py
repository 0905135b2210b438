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


def length(vector: Vector) -> float:
    """The length of a vector."""
    return math.hypot(*vector)


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
