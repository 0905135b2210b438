"""Remove a directory tree that an engine wrote to: directories may lack permissions or be nested deeper than PATH_MAX.

Workers remove their own scratch directories with it, the scheduler those of killed workers.
"""

import os
import secrets
import stat
from pathlib import Path


def remove_tree(root: Path) -> None:
    """Remove a directory with all its contents; follows no link. Does nothing when it does not exist.

    Raises OSError when something cannot be removed. `shutil.rmtree` is no replacement: it recurses and keeps every
    level open, so it fails on a tree that is a few thousand levels deep.
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
    """Move the subdirectories of the directory `name` up into `top`, delete its files, and remove it."""
    os.chmod(name, 0o700, dir_fd=top)
    place = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=top)
    try:
        for inner in _clear(place):
            # Moving a directory needs write permission on it, because its entry ".." changes.
            os.chmod(inner, 0o700, dir_fd=place)
            # A random name, because any fixed name may exist in `top` already.
            os.rename(inner, secrets.token_hex(16), src_dir_fd=place, dst_dir_fd=top)
    finally:
        os.close(place)
    os.rmdir(name, dir_fd=top)


def _clear(place: int) -> list[str]:
    """Delete everything in the directory except subdirectories; returns the names of the subdirectories."""
    directories = []
    for name in os.listdir(place):
        if stat.S_ISDIR(os.stat(name, dir_fd=place, follow_symlinks=False).st_mode):
            directories.append(name)
        else:
            os.unlink(name, dir_fd=place)
    return directories
