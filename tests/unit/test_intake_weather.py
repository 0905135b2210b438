"""Weather files at the door: whole ones of every shape are taken, and damaged ones are told where they end."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.energyplus.intake import Rejected, WeatherFacts, check_weather
from tests.models import weather

LINES = weather("Denver").read_bytes().replace(b"\r\n", b"\n").splitlines(keepends=True)
HEADERS, DATA = LINES[:8], LINES[8:]


def look(tmp_path: Path, lines: Sequence[bytes], name: str = "a.epw") -> WeatherFacts:
    path = tmp_path / "weather"
    path.write_bytes(b"".join(lines))
    return check_weather(path, name)


def with_periods(text: str, rows: Sequence[bytes]) -> list[bytes]:
    return [*HEADERS[:7], f"DATA PERIODS,{text}\n".encode(), *rows]


def with_field(row: int, column: int, value: str) -> list[bytes]:
    fields = DATA[row].split(b",")
    fields[column] = value.encode()
    return [*HEADERS, *DATA[:row], b",".join(fields), *DATA[row + 1 :]]


@pytest.mark.parametrize(
    ("periods", "rows", "hours"),
    [
        ("1,1,Data,Sunday, 1/ 1,12/31", DATA, 8760),
        ("1,1,Data,Sunday,1/1/2012,12/31/2012", DATA, 8760),
        ("1,1,Data,Sunday,1/1/2012,12/31/2012", DATA[:24] + DATA, 8784),
        ("1,1,Data,Sunday,1/1,12/31", DATA[:24] + DATA, 8784),
        ("1,1,Data,Sunday,7/1,6/30", DATA, 8760),
        ("1,1,Data,Sunday,1/1/2011,12/31/2012", DATA + DATA[:24] + DATA, 17544),
        ("1,1,Data,Sunday,3/1,3/31", DATA[: 31 * 24], 744),
        ("1,4,Data,Sunday,1/1,1/2", DATA[: 2 * 24 * 4], 48),
        ("2,1,Winter,Sunday,1/1,1/2,Summer,Monday,7/1,7/3", DATA[: 5 * 24], 120),
    ],
)
def test_rows_that_fit_the_data_periods_are_whole(
    tmp_path: Path, periods: str, rows: Sequence[bytes], hours: int
) -> None:
    assert look(tmp_path, with_periods(periods, rows)).hours == hours


def test_line_ends_and_an_end_mark_of_dos_make_no_difference(tmp_path: Path) -> None:
    lines = [line.replace(b"\n", b"\r\n") for line in LINES]

    assert look(tmp_path, [*lines, b"\r\n", b"\x1a"]) == look(tmp_path, LINES)


@pytest.mark.parametrize("half_row", [b"", DATA[4000][:30]])
def test_a_file_cut_in_half_is_told_where_it_ends_and_what_is_missing(tmp_path: Path, half_row: bytes) -> None:
    with pytest.raises(Rejected, match=r"line 4008 \(6/16 hour 16\) after 4000 hours; .*: 4760 hours are missing"):
        look(tmp_path, [*HEADERS, *DATA[:4000], half_row])


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "the file is empty"),
        ([b"PK\x03\x04"], "a ZIP archive"),
        (LINES[1:], "line 1: an EPW weather file has LOCATION here"),
        ([*HEADERS[:3], *HEADERS[4:], *DATA], "line 4: an EPW weather file has GROUND TEMPERATURES here"),
        (HEADERS, "no data at all"),
        ([b"LOCATION,A\n", *LINES[1:]], "LOCATION must give latitude"),
        ([b"LOCATION,A,B,C,D,1,91,0,0,0\n", *LINES[1:]], "latitude 91.0"),
        ([b"LOCATION,A,B,C,D,1,40,0,nan,0\n", *LINES[1:]], "time zone nan"),
        ([b"LOCATION,A,B,C,D,1,40,0,0,inf\n", *LINES[1:]], "elevation inf"),
        ([*LINES, DATA[0]], "1 hours are too many"),
        ([*LINES, b"rubbish\n"], "line 8769: the row has 1 columns"),
        ([*HEADERS, b"1,2,3\n", *DATA], "line 9: the row has 3 columns"),
        (with_field(1, 7, "abc"), "line 10: column 8 must be a number, not 'abc'"),
        (with_field(1, 26, ""), "line 10: column 27 must be a number"),
        (with_field(1, 6, "nan"), "line 10: column 7 must be a number"),
        (with_field(1, 6, "71.5"), "line 10: a dry bulb temperature of 71.5 C"),
        (with_field(1, 1, "13"), "line 10: 13/1 hour 2 is no time"),
        (with_field(1, 1, "x"), "line 10: date, hour"),
        (with_periods("1", DATA), "line 8: DATA PERIODS must say"),
        (with_periods("0,1", DATA), "line 8: DATA PERIODS says 0 periods"),
        (with_periods("1,1,Data,Sunday,1/1", DATA), "line 8: .* first and the last day"),
        (with_periods("1,1,Data,Sunday,1/1,2/30", DATA), "line 8: DATA PERIODS has '2/30'"),
        (with_periods("1,1,Data,Sunday,1/1/2012,1/1/2011", DATA), "line 8: DATA PERIODS ends"),
    ],
)
def test_what_the_engine_could_not_read_is_refused_with_the_line(
    tmp_path: Path, lines: Sequence[bytes], says: str
) -> None:
    with pytest.raises(Rejected, match=says):
        look(tmp_path, lines)


def test_present_weather_codes_and_the_last_columns_may_be_left_out(tmp_path: Path) -> None:
    rows = [b",".join([*row.split(b",")[:27], b"", b"", *row.split(b",")[29:32]]) + b"\n" for row in DATA]

    assert look(tmp_path, [*HEADERS, *rows]).hours == 8760


def test_a_weather_file_is_called_epw(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"must end in \.epw"):
        look(tmp_path, LINES, "a.idf")
