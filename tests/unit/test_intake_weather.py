"""Weather files at the door: whole ones of every shape are taken, and damaged ones are told where they end."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.energyplus.intake import Rejected, WeatherFacts, check_weather
from shared.energyplus.preparation.weather import prepare_weather
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


def with_hour(row: bytes, hour: int) -> bytes:
    fields = row.split(b",")
    return b",".join([*fields[:3], str(hour).encode(), *fields[4:]])


def row_of(month: int, day: int, hour: int) -> int:
    wanted = [str(part).encode() for part in (month, day, hour)]
    return next(number for number, row in enumerate(DATA) if row.split(b",")[1:4] == wanted)


HOURS_FROM_0 = [*HEADERS, *(with_hour(row, int(row.split(b",")[3]) - 1) for row in DATA)]
CLOCK_TIME = [
    *HEADERS,
    *DATA[: row_of(3, 9, 2)],
    *DATA[row_of(3, 9, 3) : row_of(11, 2, 2)],
    *DATA[row_of(11, 2, 1) :],
]
COMMA_IN_CITY = HEADERS[0].replace(b",", b",Lake Town, ", 1)


@pytest.mark.parametrize(
    ("periods", "rows", "hours"),
    [
        ("1,1,Data,Sunday, 1/ 1,12/31", DATA, 8760),
        ("1,1,Data,Sunday,1/1/2012,12/31/2012", DATA, 8760),
        ("1,1,Data,Sunday,1/1/2012,12/31/2012", DATA[:24] + DATA, 8784),
        ("1,1,Data,Sunday,1/1,12/31", DATA[:24] + DATA, 8784),
        ("1,1,Data,Sunday,7/1,6/30", DATA[181 * 24 :] + DATA[: 181 * 24], 8760),
        ("1,1,Data,Sunday,1/1/2011,12/31/2012", DATA + DATA[:24] + DATA, 17544),
        ("1,1,Data,Sunday,3/1,3/31", DATA[59 * 24 : 90 * 24], 744),
        ("1,4,Data,Sunday,1/1,1/2", [row for row in DATA[: 2 * 24] for _ in range(4)], 48),
        ("2,1,Winter,Sunday,1/1,1/2,Summer,Monday,7/1,7/3", DATA[:48] + DATA[181 * 24 : 184 * 24], 120),
    ],
)
def test_rows_that_fit_the_data_periods_are_whole(
    tmp_path: Path, periods: str, rows: Sequence[bytes], hours: int
) -> None:
    assert look(tmp_path, with_periods(periods, rows)).hours == hours


@pytest.mark.parametrize(
    "lines",
    [
        [b"\xef\xbb\xbf", *LINES],
        [b"Location" + LINES[0][8:], *LINES[1:]],
        [*HEADERS[:7], HEADERS[7].replace(b"DATA PERIODS", b"Data Periods"), *DATA],
        [*HEADERS[:4], HEADERS[4].replace(b"SAVINGS", b"SAVING"), *HEADERS[5:], *DATA],
        [*HEADERS, *DATA[:4000], b"\n", *DATA[4000:]],
        [*HEADERS, *(row.replace(b",", b" , ") for row in DATA)],
        [line.replace(b"\n", b"\r") for line in LINES],
        [HEADERS[0].replace(b"Denver", "D\u00e9nver".encode("cp1252")), *LINES[1:]],
    ],
)
def test_what_energyplus_would_read_otherwise_is_normalised_for_the_check_and_for_the_run(
    tmp_path: Path, lines: Sequence[bytes]
) -> None:
    facts = look(tmp_path, lines)
    prepared = prepare_weather(tmp_path / "weather", tmp_path)

    assert (facts.hours, round(facts.latitude)) == (8760, 40)
    assert prepared.path == tmp_path / "in.epw"
    assert len(prepared.changes) == 1
    plain = prepared.path.read_text(encoding="utf-8").replace("D\u00e9nver", "Denver")
    assert plain == b"".join(LINES).decode("latin-1")


def test_a_weather_file_as_energyplus_wants_it_is_used_itself(tmp_path: Path) -> None:
    prepared = prepare_weather(weather("Denver"), tmp_path)

    assert (prepared.path, prepared.changes, prepared.warnings) == (weather("Denver"), (), ())


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (DATA[: 166 * 24] + DATA[167 * 24 :], r"1 day \(6/16\) is missing"),
        (DATA[: 167 * 24] + DATA[166 * 24 :], r"1 day \(6/16\) is in the weather file twice"),
        (DATA[: 31 * 24] + DATA[59 * 24 :], r"28 days \(2/1, 2/2, 2/3, 2/4, 2/5, \u2026\) are missing"),
        (DATA[: 364 * 24], r"1 day \(12/31\) is missing"),
    ],
)
def test_days_missing_or_double_are_taken_with_a_warning(tmp_path: Path, rows: Sequence[bytes], says: str) -> None:
    assert look(tmp_path, [*HEADERS, *rows]).hours == len(rows)
    (warning,) = prepare_weather(tmp_path / "weather", tmp_path).warnings
    assert re.match(says, warning)


def test_rows_behind_the_last_day_are_not_read_by_energyplus_and_do_no_harm(tmp_path: Path) -> None:
    assert look(tmp_path, [*LINES, DATA[0]]).hours == 8760


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
        ([*HEADERS, *DATA[24:]], r"line 9: the data begin at 1/2; DATA PERIODS promises 1/ 1"),
        ([*HEADERS, *DATA[:4000], *DATA[4002:]], r"line \d+: 6/16 has no row for hour 17, 18"),
        ([*HEADERS, *DATA[:4000], DATA[4001], DATA[4000], *DATA[4002:]], "the hours of 6/16 are out of order"),
        ([*HEADERS, *DATA[:4001], *DATA[4000:]], "6/16 has hour 17 more often than the 1"),
        (HOURS_FROM_0, "line 9: 1/1 has an hour 0; the hours of an EPW run from 1 to 24"),
        (CLOCK_TIME, "3/9 has an hour too few and 11/2 an hour too many: .* daylight saving"),
        ([COMMA_IN_CITY, *LINES[1:]], "line 1: LOCATION has 10 values instead of 9: a comma in the name of the city"),
        ([*HEADERS, *(row.replace(b".", b",") for row in DATA)], "line 9: .* columns, .* with a comma"),
        ([*HEADERS, *(row.replace(b",", b";") for row in DATA)], "line 9: .* separated by semicolons"),
        (with_periods("1,1,Data,,1/1,12/31", DATA), "line 8: DATA PERIODS has '' where the weekday"),
        ([*LINES, b"rubbish\n"], "line 8769: the row has 1 columns"),
        ([*HEADERS, b"1,2,3\n", *DATA], "line 9: the row has 3 columns"),
        (with_field(1, 7, "abc"), "line 10: column 8 must be a number, not 'abc'"),
        (with_field(1, 26, ""), "line 10: column 27 must be a number"),
        (with_field(1, 6, "nan"), "line 10: column 7 must be a number"),
        (with_field(1, 6, "+5.0"), "line 10: column 7 must be a number, not '\\+5.0'"),
        (with_field(1, 0, "1986.0"), "line 10: year and minute must be numbers, not '1986.0' and '0'"),
        (with_field(1, 4, ""), "line 10: year and minute must be numbers"),
        (with_field(1, 3, "2.0"), "line 10: 1/1 hour 2.0 is no time of the year"),
        (with_field(1, 6, "71.5"), "line 10: a dry bulb temperature of 71.5 C"),
        (with_field(1, 1, "13"), "line 10: 13/1 hour 2 is no time"),
        (with_field(1, 1, "x"), "line 10: x/1 hour 2 is no time"),
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
