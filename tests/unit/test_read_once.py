"""What an answer about a file depends on, and how many bytes the files of a submission may have."""

from pathlib import Path

import pytest

from api_service.http.spool import Spooled
from api_service.submission.inputs import Candidate, size_faults
from shared.energyplus.fingerprint import checks_fingerprint, fingerprint_of
from shared.energyplus.inspection import Kind, name_part
from shared.enums import InputRole
from shared.settings import Settings


@pytest.mark.parametrize(
    ("kind", "names", "parts"),
    [
        ("model", ("a.idf", "b.IDF", "a.imf", "a"), (".idf", ".idf", ".imf", "")),
        ("weather", ("a.epw", "b.Epw", "a.txt"), (".epw", ".epw", ".txt")),
        ("file", ("a.csv", "b.txt", "eplusout.err", "IN.IDF", "A.DDY"), ("", "", "reserved", "reserved", ".ddy")),
    ],
)
def test_an_answer_takes_little_from_a_name(kind: Kind, names: tuple[str, ...], parts: tuple[str, ...]) -> None:
    assert tuple(name_part(kind, name) for name in names) == parts


def test_the_fingerprint_changes_with_every_module_and_with_the_library(tmp_path: Path) -> None:
    (tmp_path / "intake").mkdir()
    module = tmp_path / "intake/model.py"
    module.write_text("LIMIT = 1\n")
    seen = {fingerprint_of(tmp_path, "1.0"), fingerprint_of(tmp_path, "1.1")}
    module.write_text("LIMIT = 2\n")
    seen.add(fingerprint_of(tmp_path, "1.0"))
    module.rename(tmp_path / "model.py")
    seen.add(fingerprint_of(tmp_path, "1.0"))

    assert len(seen) == 4
    assert checks_fingerprint() == checks_fingerprint()


def candidate(name: str, size: int, path: str = "") -> Candidate:
    return Candidate(InputRole.FILE, f"files[{name}]", Spooled(name, Path(path or name), "", size))


def test_a_file_that_is_named_again_needs_no_more_room() -> None:
    settings = Settings(max_body_bytes=2000)
    same = [candidate(f"{number}", 900, "stored") for number in range(5)]

    assert size_faults([*same, candidate("x", 1100)], settings) == []
    (fault,) = size_faults([*same, candidate("x", 1101)], settings)
    assert fault.field == "files[x]"
    assert fault.message == (
        "the files of this submission have 2001 bytes together, more than the 2000 that are allowed; the largest, 'x', "
        "has 1101"
    )
