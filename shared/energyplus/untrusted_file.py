"""Reading of files in a run's directory, where a hostile program may have put links, pipes or endless files.

All reading of a directory that an engine has written to goes through this module: a symbolic link leads to files of
others, a pipe blocks its reader without limit, a sparse file can be larger than any memory.
"""

import errno
import os
import shutil
import stat
from pathlib import Path
from typing import BinaryIO

#: As large as a model may be that is taken, with what preparation adds.
MODEL_BYTES = 160 << 20


def is_plain(path: Path) -> bool:
    """Whether there is a regular file, not a link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def open_plain(path: Path) -> BinaryIO:
    """A regular file for reading. Raises OSError for everything else, without following or waiting."""
    # Looked at once it is open, so that it is the thing that was looked at.
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "is no regular file", str(path))
    return file


def read_ends(path: Path, head: int, tail: int) -> tuple[bytes, bytes]:
    """The first bytes and, of what comes behind them, the last; nothing where there is no file that can be read."""
    try:
        with open_plain(path) as file:
            first = file.read(head)
            rest = file.seek(0, os.SEEK_END) - len(first)
            file.seek(-min(max(rest, 0), tail), os.SEEK_END)
            return first, file.read(tail) if rest > 0 else b""
    except OSError:
        return b"", b""


def copy_plain(source: Path, target: Path) -> None:
    """Copy a regular file; what is at `target`, a link too, is replaced. Raises OSError."""
    with open_plain(source) as file:
        target.unlink(missing_ok=True)
        with target.open("xb") as copy:
            shutil.copyfileobj(file, copy)
