"""Outlines of openings in the plane of their wall: whether they lie within the wall and clear of each other."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from shared.energyplus.building.vectors import Vector, area_vector, cross, difference, dot, length, unit

Point = tuple[float, float]
Outline = Sequence[Point]

#: Metres by which outlines may overlap: vertices are written with a few decimals.
OVERLAP_M = 1e-3


def in_plane(vertices: Sequence[Vector], plane: Sequence[Vector]) -> list[Point]:
    """Vertices in coordinates of the plane of a polygon that has an area; against the clock if the polygon is."""
    outward = area_vector(plane)
    normal = unit(outward)
    first = max(pairwise([*plane, plane[0]]), key=lambda edge: length(difference(edge[1], edge[0])))
    right = unit(difference(first[1], first[0]))
    up = cross(normal, right)
    moved = [difference(vertex, plane[0]) for vertex in vertices]
    return [(dot(vertex, right), dot(vertex, up)) for vertex in moved]


def outset(outline: Outline, distance: float) -> list[Point]:
    """A convex outline with all edges moved outwards, as by the frame of a window."""
    turn = math.copysign(1.0, signed_area(outline))
    moved = [_moved_edge(edge, turn * distance) for edge in edges(outline)]
    corners = [_crossing(before, after) for before, after in zip([moved[-1], *moved[:-1]], moved, strict=True)]
    return [corner or point for corner, point in zip(corners, outline, strict=True)]


def is_within(inner: Outline, outer: Outline) -> bool:
    """Whether an outline lies within another one, which may have dents."""
    smaller = outset(inner, -OVERLAP_M)
    if any(_cross(a, b) for a in edges(smaller) for b in edges(outer)):
        return False
    return all(_is_inside(point, outer) for point in smaller)


def are_apart(first: Outline, second: Outline) -> bool:
    """Whether two convex outlines have nothing in common: then the line of one of their edges separates them."""
    for (ax, ay), (bx, by) in (*edges(first), *edges(second)):
        size = math.hypot(bx - ax, by - ay)
        if not size:
            continue
        normal = (by - ay) / size, (ax - bx) / size
        one, other = ([x * normal[0] + y * normal[1] for x, y in outline] for outline in (first, second))
        if max(one) - min(other) <= OVERLAP_M or max(other) - min(one) <= OVERLAP_M:
            return True
    return False


def overlaps(outlines: Sequence[Outline]) -> Iterator[tuple[int, int]]:
    """The pairs of convex outlines that are not apart, by their places."""
    spans = [(min(x for x, _ in outline), max(x for x, _ in outline)) for outline in outlines]
    order = sorted(range(len(outlines)), key=lambda place: spans[place])
    for at, first in enumerate(order):
        for second in order[at + 1 :]:
            if spans[second][0] >= spans[first][1]:
                break
            if not are_apart(outlines[first], outlines[second]):
                yield first, second


def signed_area(outline: Outline) -> float:
    """Area in m2, positive against the clock."""
    return sum(ax * by - ay * bx for (ax, ay), (bx, by) in edges(outline)) / 2


def perimeter(outline: Outline) -> float:
    """In m."""
    return sum(math.dist(a, b) for a, b in edges(outline))


def edges(outline: Outline) -> Iterator[tuple[Point, Point]]:
    """The edges from each point to the next one."""
    return pairwise([*outline, outline[0]])


def _moved_edge(edge: tuple[Point, Point], distance: float) -> tuple[Point, Point]:
    (ax, ay), (bx, by) = edge
    size = math.hypot(bx - ax, by - ay) or 1.0
    dx, dy = distance * (by - ay) / size, distance * (ax - bx) / size
    return (ax + dx, ay + dy), (bx + dx, by + dy)


def _crossing(first: tuple[Point, Point], second: tuple[Point, Point]) -> Point | None:
    """Where two lines cross; None for parallel ones."""
    (ax, ay), (bx, by) = first
    (cx, cy), (dx, dy) = second
    across = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
    if not across:
        return None
    share = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / across
    return ax + share * (bx - ax), ay + share * (by - ay)


def _cross(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Whether each of two edges has its ends on the two sides of the other."""
    a, b = first
    c, d = second
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, point: Point) -> float:
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])


def _is_inside(point: Point, outline: Outline) -> bool:
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in edges(outline):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside
