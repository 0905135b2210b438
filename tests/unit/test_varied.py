"""Parameters of a study are checked against a model before any run."""

import pytest

from shared.energyplus.formats.document import Document
from shared.energyplus.formats.idf_document import IdfDocument
from shared.energyplus.formats.schema import schema_of
from shared.energyplus.preparation.varied import CheckedParameter, VariedField, VariedMeasure, check_parameters

MODEL = """\
Version, 25.2;
Lights, North, Z, S, Watts/Area, , 10, , 0, 0.2;
Lights, South, Z, S, Watts/Area, , 20, , 0, 0.8;
ElectricEquipment, Plugs, Z, S, , 300;
Timestep, 4;
Building, B, 0;
GlobalGeometryRules, UpperLeftCorner, Counterclockwise, Relative;
"""


def read() -> Document:
    schema = schema_of("25.2.0")
    assert schema is not None
    return IdfDocument(MODEL, schema)


@pytest.fixture
def document() -> Document:
    return read()


def varied(object_: str, field: str, *values: float | str, mode: str = "set", name: str = "*") -> VariedField:
    return VariedField(object_, name, field, mode, values)


def refused(checked: CheckedParameter) -> list[tuple[str, int | None]]:
    return [(refusal.part, refusal.value) for refusal in checked.refusals]


def test_the_number_of_objects_that_change_is_told(document: Document) -> None:
    asked = [
        varied("Lights", "Watts per Floor Area", 1, 2),
        varied("Lights", "Watts per Floor Area", 1, name="s*"),
        varied("Timestep", "Number of Timesteps per Hour", 6),
    ]

    assert check_parameters(document, asked, read) == tuple(CheckedParameter(matches) for matches in (2, 1, 1))


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        (varied("Light", "Watts per Floor Area", 1), [("object", None)]),
        (varied("Lights", "Wattage", 1), [("field", None)]),
        (varied("Lights", "Watts per Floor Area", 1, name="East"), [("match", None)]),
        (varied("Lights", "Watts per Floor Area", 1, mode="halve"), [("mode", None)]),
        (varied("Lights", "Watts per Floor Area", 1, "many", 2, -3), [("values", 1), ("values", 3)]),
        (varied("Lights", "Fraction Radiant", 1.0, 1.25, 1.26, 6, mode="scale"), [("values", 2), ("values", 3)]),
        (varied("Lights", "Fraction Radiant", 0.1, -0.3, 0.3, mode="add"), [("values", 1), ("values", 2)]),
        (varied("Timestep", "Number of Timesteps per Hour", 0.5, mode="scale"), []),
        (varied("Timestep", "Number of Timesteps per Hour", 0.7, mode="scale"), [("values", 0)]),
        (varied("ElectricEquipment", "Watts per Floor Area", 5), [("values", 0)]),
        (varied("Lights", "Watts per Floor Area", *range(-100, 0)), [("values", number) for number in range(5)]),
    ],
)
def test_what_no_run_could_use_is_refused_by_its_part(
    document: Document, asked: VariedField, parts: list[tuple[str, int | None]]
) -> None:
    (checked,) = check_parameters(document, [asked], read)

    assert refused(checked) == parts


def test_a_parameter_may_depend_on_one_before_it(document: Document) -> None:
    method = varied("ElectricEquipment", "Design Level Calculation Method", "Watts/Area")
    density = varied("ElectricEquipment", "Watts per Floor Area", 5, 6)

    assert [refused(one) for one in check_parameters(document, [method, density], read)] == [[], []]
    assert document.objects("ElectricEquipment")[0].get("watts_per_floor_area") == 5


def test_a_measure_is_tried_with_its_first_lowest_and_highest_value(document: Document) -> None:
    turned = VariedMeasure("orientation", {}, (90, -180, 360))
    wrong = VariedMeasure("orientation", {}, (90, 45, 361, 0))

    assert check_parameters(document, [turned], read) == (CheckedParameter(),)
    assert refused(check_parameters(document, [wrong], read)[0]) == [("values", 2)]


def test_a_measure_is_tried_on_what_earlier_parameters_leave(document: Document) -> None:
    world = varied("GlobalGeometryRules", "Coordinate System", "World")
    checked = check_parameters(document, [world, VariedMeasure("orientation", {}, (90, 0))], read)

    assert [refused(one) for one in checked] == [[], [("values", 0)]]
