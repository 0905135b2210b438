"""The file of a simulation's variants: every value comes back as it was, and damage never as another value."""

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.design_file import GROUP_ROWS, DamagedDesign, Row, read_design, write_design
from shared.storage import StorageError
from tests.models import ROOT
from tests.support.traced import peak_bytes

NAMES = ["axis", "a", "Zone name"]
ODD: list[Row] = [
    {"a": 1, "axis": 1.0, "Zone name": "1"},
    {"a": -0.0, "axis": 0.0, "Zone name": 'é "\\ \udc80'},
    {"a": 10**300, "axis": 1e22},
    {"Zone name": ""},
    {"axis": 5e-324, "a": "null"},
    {},
]


#: Reads a row in a process of its own, and prints how many bytes pyarrow had at most.
READ = """
import pyarrow, sys
from shared.design_file import read_design
with open(sys.argv[1], "rb") as file:
    assert read_design(file, [7])[7]["p3"] == "1" * 200
print(pyarrow.default_memory_pool().max_memory())
"""


class Reads(io.BytesIO):
    """Counts what is read."""

    read_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.read_bytes += len(found)
        return found


def written(variants: list[Row], names: list[str] = NAMES) -> bytes:
    file = io.BytesIO()
    assert write_design(file, names, iter(variants)) == len(variants)
    return file.getvalue()


def test_numbers_and_texts_and_missing_values_come_back_as_they_were() -> None:
    found = read_design(io.BytesIO(written(ODD)), range(len(ODD)))

    # By their text, because 1 == 1.0 and 0.0 == -0.0.
    assert [{name: repr(value) for name, value in found[n].items()} for n in range(len(ODD))] == [
        {name: repr(value) for name, value in variant.items()} for variant in ODD
    ]


def test_parameters_come_in_the_order_in_which_postgres_has_keys() -> None:
    (variant,) = read_design(io.BytesIO(written(ODD[:1])), [0]).values()

    assert list(variant) == ["a", "axis", "Zone name"]


def test_the_same_variants_make_the_same_file() -> None:
    assert written(ODD) == written(ODD, NAMES[::-1])


def test_no_flipped_bit_makes_another_value() -> None:
    whole = written(ODD[:2])
    right = repr(read_design(io.BytesIO(whole), [0, 1]))
    detected = 0
    for place in range(len(whole)):
        for bit in range(8):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << bit
            try:
                assert repr(read_design(io.BytesIO(damaged), [0, 1])) == right
            except DamagedDesign:
                detected += 1
    # The rest is in what no reader needs, such as the name of the writer.
    assert detected > 4 * len(whole)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not a design" * 100])
def test_another_file_is_no_design(content: bytes) -> None:
    with pytest.raises(DamagedDesign, match="cannot be read"):
        read_design(io.BytesIO(content), [0])


def test_a_row_that_is_not_there_is_an_error() -> None:
    with pytest.raises(DamagedDesign, match="has no row 6"):
        read_design(io.BytesIO(written(ODD)), [2, len(ODD)])


def test_an_error_of_the_file_is_not_taken_for_damage() -> None:
    class Away(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise StorageError("away")

    with pytest.raises(StorageError):
        read_design(Away(written(ODD)), [0])


def test_one_row_of_many_takes_one_group() -> None:
    many: list[Row] = [{"a": n / 7, "axis": str(n / 11)} for n in range(6 * GROUP_ROWS)]
    file = Reads(written(many))

    assert read_design(file, [GROUP_ROWS + 7]) == {GROUP_ROWS + 7: many[GROUP_ROWS + 7]}
    assert file.read_bytes < len(file.getvalue()) / 2


def test_texts_that_rows_have_in_common_are_read_once(tmp_path: Path) -> None:
    columns = [f"p{n}" for n in range(20)]
    with (tmp_path / "design").open("wb") as file:
        write_design(file, columns, (dict.fromkeys(columns, f"{number % 2}" * 200) for number in range(GROUP_ROWS)))

    command = [sys.executable, "-c", READ, str(tmp_path / "design")]
    most = int(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=60).stdout)

    assert 0 < most < GROUP_ROWS * len(columns) * 200 / 4


def test_memory_does_not_grow_with_the_variants() -> None:
    def drawn(count: int) -> Iterator[Row]:
        return ({"a": n / 7, "axis": "long" * 50} for n in range(count))

    few, many = (peak_bytes(lambda n=n: write_design(io.BytesIO(), NAMES, drawn(n * GROUP_ROWS))) for n in (2, 8))  # type: ignore[misc]

    assert many < 1.5 * few
