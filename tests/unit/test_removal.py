"""Scratch directories go, whatever was made of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from shared.removal import remove_tree
from sim_worker.attempt.scratch import scratch

#: More than Python calls itself, than a process may have open, and than a path can say.
DEEP = 3000


@contextmanager
def inside(directory: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(before)


def dig(directory: Path, levels: int) -> None:
    """Directories in one another, each with a file, the innermost locked."""
    with inside(directory):
        for _ in range(levels):
            Path("file").touch()
            Path("d").mkdir()
            os.chdir("d")
        Path("locked").mkdir(mode=0)


def test_a_tree_deeper_than_a_path_can_say_is_removed(tmp_path: Path) -> None:
    with scratch(tmp_path, uuid4(), 1) as directory:
        dig(directory, DEEP)

    assert list(tmp_path.iterdir()) == []


def test_what_is_locked_is_removed(tmp_path: Path) -> None:
    with scratch(tmp_path, uuid4(), 1) as directory:
        (directory / "a" / "b" / "c").mkdir(parents=True)
        (directory / "a" / "b" / "file").touch(mode=0)
        for path in (directory / "a" / "b", directory / "a", directory):
            path.chmod(0)

    assert list(tmp_path.iterdir()) == []


def test_links_are_removed_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "canary").write_text("untouched")
    directory = tmp_path / "run"
    directory.mkdir()
    (directory / "file").symlink_to(tmp_path / "outside" / "canary")
    (directory / "directory").symlink_to(tmp_path / "outside")
    os.mkfifo(directory / "pipe")

    remove_tree(directory)

    assert not directory.exists()
    assert (tmp_path / "outside" / "canary").read_text() == "untouched"


def test_many_directories_of_one_name_are_removed(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / "run" / str(number) / "d" / "d").mkdir(parents=True)

    remove_tree(tmp_path / "run")

    assert not (tmp_path / "run").exists()


def test_what_is_gone_already_is_fine(tmp_path: Path) -> None:
    remove_tree(tmp_path / "run")

    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_removed_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotADirectoryError):
        remove_tree(tmp_path / "file")
