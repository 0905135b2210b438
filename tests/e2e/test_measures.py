"""Measures in the engine: it prints what was asked for, and the way back restores the results.

`make measures` does it for each measure alone on many buildings.
"""

from pathlib import Path

import pytest

from tests.fidelity.year import place_of
from tests.measures.campaign import OUTPUTS
from tests.measures.case import Case, Compared
from tests.measures.cases import CASES
from tests.measures.nominal import wrong
from tests.measures.simulate import Season, simulate
from tests.models import doe_model, weather

BUILDING = "RefBldgSmallOffice"
ALL = tuple(case for case in CASES if case.inverse is not None and BUILDING.startswith(case.models))


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """One day of a building as it is, with all measures together, and with all of them undone."""
    directory, model = tmp_path_factory.mktemp("measures"), doe_model(BUILDING)
    there = [case.request(case.value) for case in ALL]
    back = [undoing for case in reversed(ALL) if (undoing := case.undoing(model))]
    before, after, undone = (
        simulate(
            *(model, weather(place_of(model)), directory / name, measures),
            season=Season.SUMMER,
            days=1,
            outputs=OUTPUTS,
        )
        for name, measures in (("before", ()), ("after", there), ("undone", there + back))
    )
    return Compared(model.stem, ALL[0], before, after, undone)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.measure)
def test_the_engine_prints_the_value_that_was_asked_for(case: Case, compared: Compared) -> None:
    assert not list(wrong(case.nominal, compared.before.directory, compared.after.directory, case.value))


def test_half_as_much_lighting_again_is_half_as_much_energy_again(compared: Compared) -> None:
    before, after = (run.joule("InteriorLights:Electricity") for run in (compared.before, compared.after))

    assert after == pytest.approx(1.5 * before, rel=1e-6)


def test_undone_measures_restore_the_results(compared: Compared) -> None:
    assert len(compared.before.meters) > 5
    assert compared.gap() <= 1e-9


def test_photovoltaics_cover_the_share_of_the_roofs_and_replace_electricity(compared: Compared, tmp_path: Path) -> None:
    case = next(case for case in CASES if case.measure == "photovoltaics" and BUILDING.startswith(case.models))
    model = doe_model(BUILDING)

    after = simulate(
        model,
        weather(place_of(model)),
        tmp_path / "modules",
        [case.request(case.value)],
        season=Season.SUMMER,
        days=1,
        outputs=OUTPUTS,
    )

    assert not list(Compared(model.stem, case, compared.before, after, None).faults())


def test_the_run_says_that_equipment_was_sized_for_the_changed_model(compared: Compared) -> None:
    assert not [line for line in compared.before.changes if "Sizing" in line]
    (said,) = [line for line in compared.after.changes if line.startswith("Sizing: EnergyPlus sizes ")]
    assert said.endswith(" objects with autosized fields for the changed model")
