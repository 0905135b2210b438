"""What an execution has taken of things that the kernel does not limit for one process: files, disk in all, threads.

The supervisor asks at every look; between two looks a program can go past it, which is why the answer is its end.
"""

import itertools
import os
import stat
from pathlib import Path

#: EnergyPlus leaves some forty files in one directory. Small files and deep trees cost time to look at and to remove.
MAX_FILES = 10_000
MAX_DEPTH = 32
#: EnergyPlus has one thread, or some for ground heat exchangers.
MAX_THREADS = 64
#: What a file takes at least.
BLOCK_BYTES = 4096


def overuse(directory: Path, pid: int, max_bytes: int | None) -> str:
    """What is beyond the bounds, as a person would say it; empty when nothing is."""
    if threads(pid) > MAX_THREADS:
        return f"it made more than {MAX_THREADS} threads"
    return excess(directory, max_bytes, unlinked(pid))


def excess(directory: Path, max_bytes: int | None, size: int = 0) -> str:
    """The same for the files in the directory, and so many bytes beside them."""
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


def threads(pid: int) -> int:
    """How many threads a process has; 0 when it is gone."""
    try:
        # The number is behind the program's name, which may hold anything.
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[17])
    except (OSError, IndexError):
        return 0


def unlinked(pid: int) -> int:
    """Bytes of the files that a process has deleted and goes on to write."""
    size = 0
    try:
        for number in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208  (there is no file to be a path of)
            status = os.stat(f"/proc/{pid}/fd/{number}")  # noqa: PTH116
            if status.st_nlink == 0 and stat.S_ISREG(status.st_mode):
                size += status.st_blocks * 512
    except OSError:
        return size
    return size


def _entries(place: str) -> list["os.DirEntry[str]"]:
    with os.scandir(place) as found:
        return list(itertools.islice(found, MAX_FILES + 1))


def _size(entry: "os.DirEntry[str]") -> int:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return 0
    # A file with holes takes little here, and all that it says once it is stored.
    said = status.st_size if stat.S_ISREG(status.st_mode) else 0
    return max(said, status.st_blocks * 512, BLOCK_BYTES)
