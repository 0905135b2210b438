"""Nothing of a model vanishes in preparation, as EnergyPlus itself reads the model before and after."""

from pathlib import Path

import pytest

from shared.energyplus.preparation.prepare import Parameter, Preparation, PreparationError, prepare
from tests.conversion import converted
from tests.fidelity.mutations import changed, kept
from tests.models import ENGINE_VERSION, SMALL_OFFICE, doe_model

#: Small ones, so that EnergyPlus converts them in a second.
MODELS = ("RefBldgWarehouse", "RefBldgQuickServiceRestaurant", "ASHRAE901_RestaurantFastFood", "RefBldgSmallOffice")
#: Text that EnergyPlus reads, each with objects that are easily lost.
ODD = {
    "names in other case": "Exterior:Lights,Lamp,Always On,1;\nExterior:Lights,LAMP,Always On,2;",
    "one line": "Exterior:Lights,A,Always On,1;Exterior:Lights,B,Always On,2; ! Exterior:Lights,C,Always On,3;",
    "comments with marks": "Exterior:Lights, ! x; y, z\n  Lamp ! A\n  , Always On ! B;\n  ,1 ! C\n  ;! Zone,D;",
    "class in capitals": "EXTERIOR:LIGHTS,Lamp,ALWAYS ON,1;",
    "a tab before the comma": "Exterior:Lights\t,Lamp,Always On,1;",
    "a surplus blank field": "Exterior:Lights,Lamp,Always On,1,ScheduleNameOnly,General,;",
    "extra semicolons": ";;Exterior:Lights,Lamp,Always On,1;;\n;",
    "numbers in all forms": "Exterior:Lights,Lamp,Always On,0010.50e+1;\nExterior:Lights,B,Always On,.5;",
    "no-break space in a name": "Exterior:Lights,Lamp\u00a0,Always On,1;\nExterior:Lights,Lamp,Always On,2;",
    "backslashes": 'Exterior:Lights,La\\\\mp \\"x\\",Always On,1;',
    "a blank field alone": "Output:Diagnostics,;\nExterior:Lights,Lamp,Always On,1;",
    "the last object without a line end": "Exterior:Lights,Lamp,Always On,1; ! end",
}


@pytest.mark.parametrize("number", range(8))
def test_a_mutated_model_keeps_all_its_objects(tmp_path: Path, number: int) -> None:
    """The short form of `make mutations`."""
    wrong, names = kept(doe_model(MODELS[number % len(MODELS)]), number, tmp_path)

    assert wrong == [], names


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_text_keeps_all_its_objects(tmp_path: Path, odd: str) -> None:
    model = tmp_path / "model.idf"
    model.write_text(f"{SMALL_OFFICE.read_text()}\n{ODD[odd]}", encoding="utf-8")
    (tmp_path / "work").mkdir()

    prepared = prepare(model, tmp_path / "work", Preparation(), version=ENGINE_VERSION)

    before = converted(model, tmp_path / "before")
    assert "Exterior:Lights" in before
    assert changed(before, converted(prepared.path, tmp_path / "after")) == []


@pytest.mark.parametrize(
    ("match", "names"),
    [("*", {"Lamp", "LAMP", "La*mp [1]"}), ("lamp", {"Lamp", "LAMP"}), ("la*[1]", {"La*mp [1]"}), ("L?mp", set())],
)
def test_a_parameter_changes_what_it_matches_and_nothing_else(tmp_path: Path, match: str, names: set[str]) -> None:
    lamps = ("Lamp", "LAMP", "La*mp [1]")
    model = tmp_path / "model.idf"
    objects = "".join(f"Exterior:Lights, {name}, Always On, 100; !- a lamp, of 100 W\n" for name in lamps)
    model.write_text(SMALL_OFFICE.read_text() + objects)
    (tmp_path / "work").mkdir()
    twice = Preparation(parameters=(Parameter("exterior:lights", match, "Design Level", "scale", 2),))
    if not names:
        with pytest.raises(PreparationError, match="has no Exterior:Lights named"):
            prepare(model, tmp_path / "work", twice, version=ENGINE_VERSION)
        return

    prepared = prepare(model, tmp_path / "work", twice, version=ENGINE_VERSION)

    before, after = converted(model, tmp_path / "before"), converted(prepared.path, tmp_path / "after")
    levels = {name: item["design_level"] for name, item in after["Exterior:Lights"].items()}
    assert levels == {name: 200 if name in names else 100 for name in lamps}
    for item in after["Exterior:Lights"].values():
        item["design_level"] = 100
    assert changed(before, after) == []
