"""Files of a submission that come from archives: copies, names that differ, missing roles."""

from pathlib import Path

import pytest

from api_service.http.spool import Spooled
from api_service.submission.gather import without_copies
from api_service.submission.inputs import Candidate, check_names
from shared.enums import InputRole
from shared.settings import Settings

MODEL, WEATHER, FILE = InputRole.MODEL, InputRole.WEATHER, InputRole.FILE
NEEDED = [
    Candidate(MODEL, "models[0]", Spooled("m.idf", Path("m"), "m", 1)),
    Candidate(WEATHER, "weather[0]", Spooled("w.epw", Path("w"), "w", 1)),
]


def plain(name: str, content: str, role: InputRole = FILE, field: str = "files[0]") -> Candidate:
    return Candidate(role, field, Spooled(name, Path(name), content, 1))


def member(
    path: str, content: str, role: InputRole = FILE, archive: str = "p.zip", field: str = "models[0]"
) -> Candidate:
    return Candidate(role, field, Spooled(Path(path).name, Path(path), content, 1, archive, path))


def faults(*candidates: Candidate) -> list[tuple[str, str]]:
    return [(fault.field, fault.message) for fault in check_names([*NEEDED, *candidates], Settings())]


def test_members_of_equal_name_and_content_are_one_file() -> None:
    first, other = member("a/x.csv", "1"), member("a/y.csv", "1")

    assert without_copies([first, member("b/x.csv", "1"), other]) == [first, other]
    assert without_copies([first, member("x.csv", "1", archive="q.zip")]) == [first]


def test_a_file_uploaded_by_itself_stands_for_its_copies_in_archives() -> None:
    alone = plain("x.csv", "1")

    assert without_copies([member("a/x.csv", "1"), alone]) == [alone]


def test_files_that_differ_or_come_twice_by_themselves_are_kept() -> None:
    candidates = [
        member("a/x.csv", "1"),
        member("b/x.csv", "2"),
        plain("y.csv", "1"),
        plain("y.csv", "1"),
        plain("x.csv", "1", MODEL),
    ]

    assert set(without_copies(candidates)) == set(candidates)
    assert len(without_copies(candidates)) == len(candidates)


def test_members_of_one_name_are_refused_with_their_paths() -> None:
    (fault,) = faults(member("a/x.csv", "1"), member("b/x.csv", "2"))

    assert fault == (
        "models[0]",
        "2 files are called 'x.csv' ('a/x.csv' in 'p.zip', 'b/x.csv' in 'p.zip'); each needs a name of its own",
    )


def test_members_of_one_name_in_two_archives_are_refused_in_the_field_of_their_role() -> None:
    (fault,) = faults(member("a/x.csv", "1"), member("x.csv", "2", archive="q.zip", field="weather[1]"))

    assert fault[0] == "files"
    assert "('a/x.csv' in 'p.zip', 'x.csv' in 'q.zip')" in fault[1]


def test_files_of_one_name_without_archives_are_refused_by_name() -> None:
    (fault,) = faults(plain("x.csv", "1"), plain("x.csv", "2", field="files[1]"))

    assert fault == ("files", "2 files are called 'x.csv'; each needs a name of its own")


def test_no_more_than_a_few_paths_are_named() -> None:
    (fault,) = faults(*(member(f"{n}/x.csv", str(n)) for n in range(9)))

    assert fault[1].startswith("9 files are called 'x.csv' ('0/x.csv' in 'p.zip', ")
    assert "'4/x.csv' in 'p.zip', …)" in fault[1]


def test_a_side_file_with_the_name_of_a_model_is_refused_with_both_paths() -> None:
    (fault,) = faults(member("a/x.json", "1", MODEL), member("b/x.json", "2"))

    assert fault == ("files", "'x.json' is the name of a model too ('a/x.json' in 'p.zip', 'b/x.json' in 'p.zip')")


@pytest.mark.parametrize(("role", "field", "noun"), [(MODEL, "models", "model"), (WEATHER, "weather", "weather file")])
def test_a_missing_role_is_told_with_the_archives_that_do_not_have_it(role: InputRole, field: str, noun: str) -> None:
    present = [candidate for candidate in NEEDED if candidate.role is not role]

    (alone,) = check_names(present, Settings())
    (archived,) = check_names([*present, member("a/x.csv", "1"), member("a/y.csv", "1")], Settings())

    assert (alone.field, alone.message) == (field, "is missing: at least one file is needed")
    assert archived.message == f"is missing: at least one file is needed; there is no {noun} in 'p.zip'"
