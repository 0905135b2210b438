"""Untrusted files: links, pipes and directories in a file's place are neither followed nor waited for nor an error."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.energyplus.preparation.outlook import Outlook
from shared.energyplus.results.messages import Messages, read_messages, read_statement
from shared.energyplus.results.reading import ResultError, read_results
from shared.energyplus.untrusted_file import is_plain, read_ends
from shared.energyplus.verdict import Statement
from sim_worker.engine.progress import ProgressReader

SAYS = (
    "EnergyPlus Completed Successfully-- 7 Warning; 7 Severe Errors;\n ** Warning ** me\nZoneHVAC:IdealLoadsAirSystem"
)
NOTHING = Messages((), 0, 0)
SILENT = Statement(completed=False, fatal=False, severe_errors=0)


def link(path: Path) -> None:
    secret = path.parent.parent / "secret"
    secret.write_text(SAYS)
    path.symlink_to(secret)


STANDING_IN: dict[str, Callable[[Path], None]] = {
    "a link": link,
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a pipe": lambda path: os.mkfifo(path),
    "a directory": lambda path: path.mkdir(),
    "nothing": lambda _: None,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("what", STANDING_IN)
def test_anything_but_a_plain_file_is_not_read(what: str, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    for name in ("eplusout.err", "eplusout.sql", "energyplus.out", "in.idf", "in.epJSON"):
        STANDING_IN[what](work / name)

    assert not is_plain(work / "eplusout.err")
    assert read_messages(work / "eplusout.err") == NOTHING
    assert read_statement(work / "eplusout.err") == SILENT
    assert ProgressReader(work / "energyplus.out", Outlook()).read(0.0).percent == 0
    with pytest.raises(ResultError, match="left no"):
        read_results(work, engine_seconds=1.0)


def test_the_ends_of_a_file_larger_than_memory_are_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("begin")
    with path.open("r+b") as file:
        file.truncate(1 << 42)
        file.seek(-3, os.SEEK_END)
        file.write(b"end")

    head, tail = read_ends(path, 5, 3)

    assert (head, tail) == (b"begin", b"end")


@pytest.mark.parametrize("size", [0, 1, 5, 6, 8])
def test_head_and_tail_do_not_overlap(tmp_path: Path, size: int) -> None:
    (tmp_path / "file").write_bytes(b"12345678"[:size])

    head, tail = read_ends(tmp_path / "file", 5, 2)

    assert head + tail in (b"12345678"[:size], b"1234578")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("filling", ["\n", " ", "*", " ** ", "** \n", "~", "9", "   **   ~~~   ** x\n"])
def test_an_err_file_of_anything_is_read_in_the_end(tmp_path: Path, filling: str) -> None:
    (tmp_path / "eplusout.err").write_text(filling * (6_000_000 // len(filling)))

    read_statement(tmp_path / "eplusout.err")
    read_messages(tmp_path / "eplusout.err")
