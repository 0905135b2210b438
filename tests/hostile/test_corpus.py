"""The corpus as a whole."""

from tests.hostile.intake import REFUSED
from tests.hostile.models import MODELS
from tests.hostile.programs import PROGRAMS
from tests.hostile.test_preparation import ASKED


def test_there_is_enough_of_it_at_every_place() -> None:
    sizes = [len(REFUSED), len(ASKED), len(MODELS), len(PROGRAMS)]

    assert min(sizes) >= 10
    assert sum(sizes) >= 150


def test_every_input_says_what_it_tries() -> None:
    assert all(row.tries for table in (REFUSED, MODELS, PROGRAMS) for row in table.values())
