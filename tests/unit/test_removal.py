"""Scratch directories are removed whatever their content."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from shared.removal import remove_tree
from sim_worker.attempt.scratch import scratch

#: Deeper than Python's recursion limit, the limit of open files and the maximum length of a path.
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
    """Nested directories, each with a file, the innermost locked."""
    with inside(directory):
        for _ in range(levels):
            Path("file").touch()
            Path("d").mkdir()
            os.chdir("d")
        Path("locked").mkdir(mode=0)


def test_a_tree_deeper_than_the_longest_path_is_removed(tmp_path: Path) -> None:
    with scratch(tmp_path, uuid4(), 1) as directory:
        dig(directory, DEEP)

    assert list(tmp_path.iterdir()) == []


def test_locked_directories_are_removed(tmp_path: Path) -> None:
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


def test_a_missing_directory_is_no_error(tmp_path: Path) -> None:
    remove_tree(tmp_path / "run")

    assert list(tmp_path.iterdir()) == []


def test_a_failed_removal_raises(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotADirectoryError):
        remove_tree(tmp_path / "file")
