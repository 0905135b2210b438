"""A Debian with nothing on it but its base, in a directory of this machine, and a shell inside it.

Its mounts are in a mount namespace that only the shell's processes have: they are gone with the last of these,
and these are gone with the test, however it ends.
"""

import shutil
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.bare.reach import Reach
from tests.deploy.debian import ISOLATED, mmdebstrap

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
HOME = "root"
#: The root's directory, then those of this machine that are seen in it.
ENTER = """
set -eu
root=$1
shift
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
for directory; do mount -o bind,ro "$directory" "$root$directory"; done
exec chroot "$root" /bin/sh
"""
STOP_SECONDS = 60


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    output: str


class Shell:
    """One shell, so that a directory that was entered stays so for the next command."""

    def __init__(self, root: Path, directories: tuple[Path, ...], environment: Mapping[str, str]) -> None:
        self._mark = uuid.uuid4().hex
        self._process = subprocess.Popen(
            [*ISOLATED, "sh", "-c", ENTER, "sh", str(root), *map(str, directories)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": PATH, "HOME": f"/{HOME}", "LANG": "C.UTF-8", **environment},
            encoding="utf-8",
            errors="replace",
        )

    def __call__(self, command: str) -> Ended:
        """Run it to its end. A command that ends the shell has the shell's code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # What a dead shell had to say is read below.
            self._process.stdin.write(f"{{ {command}\n}} </dev/null\nprintf '\\n%s %s\\n' {self._mark} $?\n")
            self._process.stdin.flush()
        printed: list[str] = []
        for line in self._process.stdout:
            if line.startswith(self._mark):
                return Ended(int(line.split()[1]), "".join(printed))
            printed.append(line)
        return Ended(self._process.wait(), "".join(printed))

    def close(self) -> None:
        """End it and what still runs in it; nothing is left that could use the root."""
        try:
            self._process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


class Machine:
    """The root's directory, and the shell in it, which begins in root's home."""

    def __init__(self, root: Path, shell: Shell) -> None:
        self.home = root / HOME
        self._shell = shell

    def __call__(self, command: str) -> str:
        """What the command prints. Fails the test with that when the command fails."""
        ended = self._shell(command)
        assert ended.code == 0, f"{command}: exit code {ended.code}\n{ended.output[-8000:]}"
        return ended.output


@contextmanager
def bare_machine(release: str, root: Path, needs: Reach, variables: Mapping[str, str]) -> Iterator[Machine]:
    """A minimal Debian in the directory `root`, which is removed afterwards; one that a killed test left, before."""
    _remove(root)
    root.parent.mkdir(parents=True, exist_ok=True)
    try:
        mmdebstrap(release, "minbase", "ca-certificates", root, *(f"--aptopt={option}" for option in needs.apt))
        _furnish(root, needs)
        shell = Shell(root, needs.directories, {**needs.variables, **variables})
        try:
            machine = Machine(root, shell)
            machine(f"cd /{HOME}")
            yield machine
        finally:
            shell.close()
    finally:
        _remove(root)


def _remove(root: Path) -> None:
    """Delete the directory, but nothing through a mount in it."""
    mounted = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if f" {root}/" in line]
    assert not mounted, f"still mounted: {mounted}"
    if root.exists():
        shutil.rmtree(root)


def _furnish(root: Path, needs: Reach) -> None:
    """Copy the files that are needed to where they are here, and make places for the directories."""
    for path in needs.files:
        place = root / path.relative_to("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        shutil.copyfile(path, place)
    for path in needs.directories:
        (root / path.relative_to("/")).mkdir(parents=True, exist_ok=True)
    (root / "etc" / "pip.conf").write_text(needs.pip)
