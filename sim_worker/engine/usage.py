"""Resource usage of an execution that the kernel does not limit per process: files, total disk space, threads.

The supervisor checks it periodically. A program can exceed a bound between two checks, so the supervisor then kills it.
"""

import contextlib
import itertools
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

#: EnergyPlus leaves about forty files in one directory. Many files and deep trees take long to check and to remove.
MAX_FILES = 10_000
MAX_DEPTH = 32
#: EnergyPlus has one thread, or a few for ground heat exchangers.
MAX_THREADS = 64
#: EnergyPlus has some hundred areas of memory, of about 100 bytes each in the list of them.
MAX_MAPS_BYTES = 4 << 20
#: Minimum disk space that a file is counted with.
BLOCK_BYTES = 4096


def overuse(directory: Path, pid: int, max_bytes: int | None) -> str:
    """Description of the first exceeded bound, for the user; empty when none is exceeded."""
    threads = _threads(pid)
    if len(threads) > MAX_THREADS:
        return f"it made more than {MAX_THREADS} threads"
    if mapped := _mapped(threads, directory):
        return mapped
    return excess(directory, max_bytes, _unlinked(threads))


def excess(directory: Path, max_bytes: int | None, size: int = 0) -> str:
    """The same for the files in `directory` only; `size` bytes are added to their total."""
    left, files = [(str(directory), 0)], 0
    while left:
        place, depth = left.pop()
        if depth > MAX_DEPTH:
            return f"it made directories {MAX_DEPTH} deep"
        try:
            entries = _entries(place)
        except FileNotFoundError:
            continue
        except OSError:
            return "it made a directory that cannot be looked into"
        for entry in entries:
            files += 1
            if files > MAX_FILES:
                return f"it made more than {MAX_FILES} files"
            if entry.is_dir(follow_symlinks=False):
                left.append((entry.path, depth + 1))
            size += _size(entry)
        if max_bytes is not None and size > max_bytes:
            return f"its files grew past {max_bytes} bytes in all"
    return ""


def _threads(pid: int) -> list[str]:
    """Directories in /proc of the threads of a process; none when it has ended.

    Every thread is looked at, because the first one may have ended before the others, and then shows no file and no
    memory, and because without the system call filter a thread may have a table of open files of its own.
    """
    try:
        return [f"/proc/{pid}/task/{thread}" for thread in os.listdir(f"/proc/{pid}/task")]  # noqa: PTH208
    except OSError:
        return []


def _unlinked(threads: list[str]) -> int:
    """Total size in bytes of the deleted files that threads still have open."""
    found = {
        (status.st_dev, status.st_ino): status.st_blocks * 512
        for thread in threads
        for status in _open_files(thread)
        if status.st_nlink == 0 and stat.S_ISREG(status.st_mode)
    }
    return sum(found.values())


def _open_files(thread: str) -> Iterator[os.stat_result]:
    try:
        numbers = os.listdir(f"{thread}/fd")  # noqa: PTH208  (there is no file to be a path of)
    except OSError:
        return
    for number in numbers:
        # It may be closed by now; the others count all the same.
        with contextlib.suppress(OSError):
            yield os.stat(f"{thread}/fd/{number}")  # noqa: PTH116


def _mapped(threads: list[str], directory: Path) -> str:
    """What is wrong with the memory of a process: files in it that are deleted take space that cannot be counted.

    Only root could ask for their sizes, and no program needs them.
    """
    areas = next(filter(None, map(_areas, threads)), b"")
    if len(areas) > MAX_MAPS_BYTES:
        return "it divided its memory into too many areas"
    path = b" " + re.escape(os.fsencode(os.path.realpath(directory))) + rb"/[^\n]* \(deleted\)$"
    return "it mapped a deleted file into its memory" if re.search(path, areas, re.MULTILINE) else ""


def _areas(thread: str) -> bytes:
    """The list of the areas of memory, which all threads share; empty for a thread that has ended."""
    try:
        with open(f"{thread}/maps", "rb") as file:  # noqa: PTH123
            return file.read(MAX_MAPS_BYTES + 1)
    except OSError:
        return b""


def _entries(place: str) -> list["os.DirEntry[str]"]:
    with os.scandir(place) as found:
        return list(itertools.islice(found, MAX_FILES + 1))


def _size(entry: "os.DirEntry[str]") -> int:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return 0
    # A sparse file takes little space here, but its full size once it is stored.
    said = status.st_size if stat.S_ISREG(status.st_mode) else 0
    return max(said, status.st_blocks * 512, BLOCK_BYTES)
