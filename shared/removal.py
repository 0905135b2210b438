"""Removing a directory whatever an engine has made of it: locked, or deeper than a path can say.

Called by workers for what they have made, and by the scheduler for what killed ones have left.
"""

import os
import secrets
import stat
from pathlib import Path


def remove_tree(root: Path) -> None:
    """Remove a directory with all that is in it; follows no link. Raises OSError for what cannot be removed.

    `shutil.rmtree` calls itself for every level and keeps each of them open: a tree of a few thousand stays for ever.
    """
    try:
        root.lstat()
    except FileNotFoundError:
        return
    root.chmod(0o700)
    top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        while directories := _clear(top):
            for name in directories:
                _flatten(top, name)
    finally:
        os.close(top)
    root.rmdir()


def _flatten(top: int, name: str) -> None:
    """Empty one directory of the top into the top, and remove it."""
    os.chmod(name, 0o700, dir_fd=top)
    place = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=top)
    try:
        for inner in _clear(place):
            # Moving a directory writes to it, for its parent changes.
            os.chmod(inner, 0o700, dir_fd=place)
            # Under a name that nobody can have put there before.
            os.rename(inner, secrets.token_hex(16), src_dir_fd=place, dst_dir_fd=top)
    finally:
        os.close(place)
    os.rmdir(name, dir_fd=top)


def _clear(place: int) -> list[str]:
    """Remove all but directories; the names of those."""
    directories = []
    for name in os.listdir(place):
        if stat.S_ISDIR(os.stat(name, dir_fd=place, follow_symlinks=False).st_mode):
            directories.append(name)
        else:
            os.unlink(name, dir_fd=place)
    return directories
