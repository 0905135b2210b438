"""Resource usage of an execution that the kernel does not limit per process: files, total disk space, threads.

The supervisor checks it periodically. A program can exceed a bound between two checks, so the supervisor then kills it.
"""

import itertools
import os
import stat
from pathlib import Path

#: EnergyPlus leaves about forty files in one directory. Many files and deep trees take long to check and to remove.
MAX_FILES = 10_000
MAX_DEPTH = 32
#: EnergyPlus has one thread, or a few for ground heat exchangers.
MAX_THREADS = 64
#: Minimum disk space that a file is counted with.
BLOCK_BYTES = 4096


def overuse(directory: Path, pid: int, max_bytes: int | None) -> str:
    """Description of the first exceeded bound, for the user; empty when none is exceeded."""
    if threads(pid) > MAX_THREADS:
        return f"it made more than {MAX_THREADS} threads"
    return excess(directory, max_bytes, unlinked(pid))


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


def threads(pid: int) -> int:
    """Number of threads of a process; 0 when it has ended."""
    try:
        # The number is a field after the program's name, which may contain any characters.
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[17])
    except (OSError, IndexError):
        return 0


def unlinked(pid: int) -> int:
    """Total size in bytes of deleted files that a process still has open."""
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
    # A sparse file takes little space here, but its full size once it is stored.
    said = status.st_size if stat.S_ISREG(status.st_mode) else 0
    return max(said, status.st_blocks * 512, BLOCK_BYTES)
