"""The rows of the method `table`, as objects and as a CSV file."""

from pathlib import Path
from typing import Any

import pytest

from api_service.submission.varied import MAX_VALUES, questions_about
from shared.settings import Settings
from tests.unit.test_design import faults, parameter, spec

TWO = [parameter("axis"), parameter("kind")]
ROWS = "spec.sampling.rows"


@pytest.fixture
def csv(tmp_path: Path) -> Any:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_rows_are_the_variants_in_their_order() -> None:
    rows = [{"kind": "a", "axis": 1}, {"axis": 2.5, "kind": "b"}]

    made = spec(*TWO, method="table", rows=rows)

    assert (made.count_variants(), list(made.variants())) == (2, rows)
    assert made.study(()).to_json()["sampling"]["method"] == "table"


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        (None, ROWS),
        ([], ROWS),
        ({"axis": 1}, ROWS),
        ([[1, "a"]], f"{ROWS}[0]"),
        ([{"axis": 1, "kind": "a"}, {"axis": 1}], f"{ROWS}[1].kind"),
        ([{"axis": 1, "kind": "a", "colour": 1}], f"{ROWS}[0].colour"),
        ([{"axis": 1, "kind": None}], f"{ROWS}[0].kind"),
        ([{"axis": True, "kind": "a"}], f"{ROWS}[0].axis"),
        ([{"axis": float("nan"), "kind": "a"}], f"{ROWS}[0].axis"),
        ([{"axis": 1, "kind": "a"}, {"axis": "2,5", "kind": "a"}], f"{ROWS}[1].axis"),
        ([{"axis": 1, "kind": "a"}, {"axis": "north", "kind": "a"}], f"{ROWS}[1].axis"),
        ([{"axis": 1, "kind": "a"}, {"axis": 2, "kind": 3}], f"{ROWS}[1].kind"),
    ],
)
def test_rows_that_do_not_fit_the_parameters_are_named(rows: object, field: str) -> None:
    assert list(faults(*TWO, method="table", rows=rows)) == [field]


@pytest.mark.parametrize("keys", [{"values": [1]}, {"range": [0, 1]}])
def test_parameters_of_a_table_have_no_values_of_their_own(keys: dict[str, Any]) -> None:
    found = faults(parameter(**keys), method="table", rows=[{"axis": 1}])

    assert list(found) == [f"spec.parameters[0].{next(iter(keys))}"]


def test_words_of_energyplus_stand_among_numbers(csv: Any) -> None:
    made = spec(parameter(), method="table", table=csv("axis\n1\nAutosize\n2.5\n"))

    assert [row["axis"] for row in made.variants()] == [1, "Autosize", 2.5]
    scaled = faults(parameter(mode="scale"), method="table", table=csv("axis\nautosize\n"))
    assert "row 2, column axis" in scaled["table"]


@pytest.mark.parametrize(
    "content",
    [
        "axis,kind\n1,a\n-2.5e1,b c\n",
        "\ufeffaxis,kind\r\n1,a\r\n-2.5e1,b c\r\n",
        '"kind", "axis"\n"a", 1\nb c , -25.0',
        "axis,kind\r1,a\r-25.,b c\r",
    ],
)
def test_a_csv_file_is_read_as_spreadsheets_write_it(csv: Any, content: str) -> None:
    made = spec(*TWO, method="table", table=csv(content))

    assert made.count_variants() == 2
    assert list(made.variants()) == [{"axis": 1, "kind": "a"}, {"axis": -25.0, "kind": "b c"}]


def test_numbers_are_whole_where_they_look_whole_and_texts_where_only_python_reads_them(csv: Any) -> None:
    content = f"axis,kind\n+7,1_0\n-.5e1,\u0663\n{'0' * 5000}1,1.2.3\n"

    made = list(spec(*TWO, method="table", table=csv(content)).variants())

    assert repr([row["axis"] for row in made]) == "[7, -5.0, 1.0]"
    assert [row["kind"] for row in made] == ["1_0", "\u0663", "1.2.3"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "row 1 has no names"),
        ("axis,kind\n", "has no rows"),
        ("axis;kind\n1;a\n", "semicolons"),
        ("axis\tkind\n1\ta\n", "tabs"),
        ("axis,kind,colour\n1,a,red\n", "row 1: column 'colour' is no parameter"),
        ("axis\n1\n", "row 1: there is no column kind"),
        ("axis,kind,axis\n1,a,2\n", "row 1: two columns"),
        ("axis,kind\n1,a\n2\n", "row 3 has 1 cells"),
        ("axis,kind\n1,a\n\n2,b\n", "row 3 is blank"),
        ("axis,kind\n1,a\n2,\n", "row 3, column kind: must be 1 to"),
        ("axis,kind\n1,a\nnorth,a\n", "row 3, column axis: must be a number as above, and 'north' is a text"),
        ("axis,kind\n1,a\n1_000,a\n", "row 3, column axis"),
        ('axis,kind\n1,a\n"2,5",a\n', "row 3, column axis"),
        ("axis,kind\nnan,a\n", "row 2, column axis: must be a finite number"),
        ("axis,kind\n-Infinity,a\n", "row 2, column axis: must be a finite number"),
        ("axis,kind\n1e999,a\n", "row 2, column axis: must be a finite number"),
        ("axis,kind\n1,a;b\n", "row 2, column kind: must not contain ;"),
        ('axis,kind\n1,"a\nb"\n', "row 2 has a quotation mark"),
        ('axis,kind\n1,"a"b""\n', "row 2: "),
        (b"axis,kind\n1,\xe4\n", "UTF-8"),
        (b"PK\x03\x04\xff\xfe", "UTF-8"),
        (b"axis,kind\n1,a\x00\n", "row 2, column kind: must not contain control"),
        ("axis,kind\n1," + "a" * 30_000, "row 2 has more than"),
        ("axis,kind\n" + "1," * 9_000, "row 2 has 9001 cells"),
    ],
)
def test_what_is_wrong_in_a_csv_file_is_said_with_row_and_column(csv: Any, content: str | bytes, said: str) -> None:
    found = faults(*TWO, method="table", table=csv(content))

    assert list(found) == ["table"]
    assert said in found["table"]


def test_a_csv_file_with_too_many_rows_is_not_read_to_its_end(csv: Any) -> None:
    most = Settings().max_runs

    found = faults(parameter(), method="table", table=csv("axis\n" + "1\n" * (most + 1) + "x\n"))

    assert found == {"table": f"has more than the {most} rows that are allowed"}


def test_a_csv_file_is_for_the_method_table_alone_and_instead_of_rows(csv: Any) -> None:
    table = csv("axis\n1\n")

    assert list(faults(parameter(values=[1]), table=table)) == ["table"]
    assert list(faults(parameter(), method="table", rows=[{"axis": 1}], table=table)) == [ROWS]


def test_equal_rows_are_the_same_submission_however_they_are_sent(csv: Any) -> None:
    as_file = spec(parameter(), method="table", table=csv("axis\n1\n2\n"))
    as_objects = spec(parameter(), method="table", rows=[{"axis": 1}, {"axis": 2}])
    another = spec(parameter(), method="table", rows=[{"axis": 1}, {"axis": 3}])

    assert as_file.fingerprint() == as_objects.fingerprint() != another.fingerprint()


def test_a_file_may_end_with_blank_lines(csv: Any) -> None:
    assert spec(parameter(), method="table", table=csv("axis\n1\n2\n\n\n")).count_variants() == 2


def test_some_values_of_a_long_column_are_tried_and_its_ends(csv: Any) -> None:
    rows = "\n".join([*map(str, range(3000)), "99999", "-7"])
    made = spec(parameter(), method="table", table=csv(f"axis\n{rows}\n"))

    (asked,) = questions_about(made).varied

    assert asked.values == (*range(MAX_VALUES), -7, 99999)
