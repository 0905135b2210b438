"""Outlines in the plane of a wall: frames around them, within, apart; windows that are scaled stay in their walls."""

import math
import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.energyplus.building.envelope import Envelope
from shared.energyplus.building.outlines import OVERLAP_M, are_apart, in_plane, is_within, outset, overlaps, perimeter
from shared.energyplus.building.vectors import area_vector, centroid, length, scaled_about
from shared.energyplus.formats.document import Document, PreparationError
from shared.energyplus.measures.facades import read_facades
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from shared.energyplus.measures.window_to_wall import window_to_wall_ratio
from tests.fuzzing import examples
from tests.unit.measuring import document

SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]
#: A wall with a notch from above, as of a building with two wings.
NOTCHED = [(0.0, 0.0), (10.0, 0.0), (10.0, 6.0), (6.0, 6.0), (6.0, 2.0), (4.0, 2.0), (4.0, 6.0), (0.0, 6.0)]


def box(left: float, low: float, right: float, high: float) -> list[tuple[float, float]]:
    return [(left, low), (right, low), (right, high), (left, high)]


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        (box(1, 1, 3, 3), SQUARE, True),
        (SQUARE, SQUARE, True),
        (box(1, 1, 4.0009, 3), SQUARE, True),
        (box(1, 1, 4.002, 3), SQUARE, False),
        (box(5, 1, 6, 3), SQUARE, False),
        (box(-1, -1, 5, 5), SQUARE, False),
        (box(1, 1, 9, 1.9), NOTCHED, True),
        # The corners are within, and the notch reaches into it.
        (box(1, 1, 9, 5), NOTCHED, False),
        ([(0.5, 0.5), (3.5, 0.5), (2, 3.5)], [(0, 0), (4, 0), (2, 4)], True),
        ([(0.5, 0.5), (3.5, 0.5), (3.5, 2)], [(0, 0), (4, 0), (2, 4)], False),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_within(
    inner: list[tuple[float, float]], outer: list[tuple[float, float]], turn: int, *, expected: bool
) -> None:
    assert is_within(inner[::turn], outer) == is_within(inner, outer[::turn]) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (box(4, 0, 5, 4), True),
        (box(3.9995, 0, 5, 4), True),
        (box(3.99, 0, 5, 4), False),
        (box(1, 1, 2, 2), False),
        (box(-1, -1, 5, 5), False),
        # Beside a corner: only an edge of the triangle separates them.
        ([(4.5, 3.0), (4.5, 4.5), (3.0, 4.5)], False),
        ([(5.0, 3.2), (5.0, 5.0), (3.2, 5.0)], True),
    ],
)
def test_apart(second: list[tuple[float, float]], *, expected: bool) -> None:
    assert are_apart(SQUARE, second) == are_apart(second, SQUARE) == expected


def test_all_pairs_that_overlap_are_found() -> None:
    outlines = [box(0, 0, 3, 1), box(2, 0, 5, 1), box(4, 0, 6, 1), box(2, 2, 5, 3), box(0, 0, 6, 0.5)]

    assert {tuple(sorted(pair)) for pair in overlaps(outlines)} == {(0, 1), (1, 2), (0, 4), (1, 4), (2, 4)}


def test_a_frame_is_as_wide_on_every_side() -> None:
    assert outset(SQUARE, 0.5) == box(-0.5, -0.5, 4.5, 4.5)
    assert outset(SQUARE[::-1], 0.5) == box(-0.5, -0.5, 4.5, 4.5)[::-1]
    triangle = outset([(0.0, 0.0), (4.0, 0.0), (0.0, 3.0)], 1.0)
    assert perimeter(triangle) == pytest.approx(12 * 2)


@pytest.mark.parametrize("steep", [0.0, 0.4])
def test_a_polygon_keeps_its_size_in_its_plane(steep: float) -> None:
    wall = [(x, z * steep, z) for x, z in NOTCHED]

    flat = in_plane(wall, wall)

    assert perimeter(flat) == pytest.approx(perimeter([(x, z * math.hypot(1, steep)) for x, z in NOTCHED]))


def test_the_centre_of_a_triangle_and_of_an_uneven_wall() -> None:
    assert centroid([(0, 0, 0), (3, 0, 0), (0, 0, 3)]) == pytest.approx((1, 0, 1))
    assert centroid([(0, 5, 0), (4, 5, 0), (4, 5, 1), (1, 5, 1), (1, 5, 3), (0, 5, 3)]) == pytest.approx((1.5, 5, 1))
    assert centroid([(0, 0, 0), (2, 0, 0), (4, 0, 0)]) == pytest.approx((2, 0, 0))


def test_a_scaled_polygon_keeps_its_centre() -> None:
    polygon = [(0.0, 5.0, 0.0), (4.0, 5.0, 0.0), (3.0, 5.0, 2.0), (1.0, 5.0, 2.0)]

    doubled = scaled_about(polygon, centroid(polygon), 2.0)

    assert centroid(doubled) == pytest.approx(centroid(polygon))
    assert length(area_vector(doubled)) == pytest.approx(4 * length(area_vector(polygon)))


Window = tuple[float, float, float, float]


@st.composite
def walls(draw: st.DrawFn) -> tuple[str, float, float, float]:
    """An IDF of one wall with windows in the cells of a grid; the wall's length, height and direction."""
    length_m, height = draw(st.floats(2, 60)), draw(st.floats(2, 20))
    angle = draw(st.floats(0, 2 * math.pi))
    columns, rows = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    share = st.floats(0.02, 0.45)
    parts = ["Version, 25.2;Zone, Z, 0, 0, 0, 0, 1, 1;Construction, C, M;"]

    def at(along: float, up: float) -> str:
        return f"{along * math.cos(angle)!r}, {along * math.sin(angle)!r}, {up!r}"

    def polygon(left: float, low: float, right: float, high: float) -> str:
        return ", ".join([at(left, high), at(left, low), at(right, low), at(right, high)])

    head = "BuildingSurface:Detailed, Wall, Wall, C, Z,, Outdoors,, SunExposed, WindExposed,, 4, "
    parts.append(f"{head}{polygon(0, 0, length_m, height)};")
    for column in range(columns):
        for row in range(rows):
            left, right = (column + draw(share)) / columns, (column + 1 - draw(share)) / columns
            low, high = (row + draw(share)) / rows, (row + 1 - draw(share)) / rows
            shape = polygon(left * length_m, low * height, right * length_m, high * height)
            name = f"W{column}{row}"
            parts.append(f"FenestrationSurface:Detailed, {name}, Window, C, Wall,,,, 1, 4, {shape};")
    return "\n".join(parts), length_m, height, angle


def drawn(model: Document, angle: float) -> list[Window]:
    """Left, low, right and high end of each window in its wall, in m."""
    (facade,) = read_facades(model, Envelope.of(model))
    found = []
    for opening in facade.openings:
        along = [x * math.cos(angle) + y * math.sin(angle) for x, y, _ in opening.vertices]
        up = [z for _, _, z in opening.vertices]
        assert max(abs(y * math.cos(angle) - x * math.sin(angle)) for x, y, _ in opening.vertices) < 1e-9
        found.append((min(along), min(up), max(along), max(up)))
    return found


@given(walls(), st.floats(0.01, 0.95))
@examples(60)
def test_scaled_windows_stay_in_their_wall_and_clear_of_each_other(
    wall: tuple[str, float, float, float], ratio: float
) -> None:
    text, length_m, height, angle = wall
    model = document(text)
    try:
        apply_measure(model, MeasureRequest("window_to_wall_ratio", ratio))
    except PreparationError as refusal:
        (reached,) = map(float, re.findall(r"only (0\.\d+)", str(refusal)))
        assert reached < ratio
        ratio, model = reached, document(text)
        if ratio < 0.01:
            return
        apply_measure(model, MeasureRequest("window_to_wall_ratio", ratio))
    assert window_to_wall_ratio(read_facades(model, Envelope.of(model))) == pytest.approx(ratio, rel=1e-9)
    slack = OVERLAP_M + 1e-9
    windows = drawn(model, angle)
    for left, low, right, high in windows:
        assert min(left, low, length_m - right, height - high) >= -slack
    for one, other in combinations(windows, 2):
        assert max(other[0] - one[2], one[0] - other[2], other[1] - one[3], one[1] - other[3]) >= -slack
