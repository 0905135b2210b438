"""Every function that the chaos campaign hooks exists, so that a renamed function cannot silently lose its point."""

import importlib
from operator import attrgetter

import pytest

from tests.chaos.points import POINTS, Point


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_a_point_names_a_function_that_exists(point: Point) -> None:
    assert callable(attrgetter(point.attribute)(importlib.import_module(point.module)))
