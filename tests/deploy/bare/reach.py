"""What this machine needs to reach its package indexes, found in its own configuration, for a machine inside it.

An ordinary machine needs nothing; one behind a proxy, with a mirror or with an authority of its own does.
"""

import ast
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

#: What pip, npm, apt and git ask the environment.
VARIABLES = re.compile(
    r"(PIP|NPM_CONFIG)_\w+|(http|https|all|no|ftp)_proxy|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|GIT_SSL_CAINFO",
    re.I,
)
#: The configuration is handed over whole, and what is kept or written here is not the other machine's business.
NOT_HANDED_OVER = {"NPM_CONFIG_USERCONFIG", "PIP_CONFIG_FILE", "PIP_CACHE_DIR", "PIP_LOG", "PIP_TARGET", "PIP_PREFIX"}
#: How apt gets through to its mirror, and whether it believes an old one.
APT_OPTIONS = re.compile(r'Acquire::(?:(?:http|https)::(?:Proxy|CaInfo|CaPath|Verify)[\w:.-]*|Check-[\w-]+) ".+";')
CONFIGURED = re.compile(r"(?P<section>[^.:]+)\.(?P<key>[^=]+)=(?P<value>.+)")
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
#: How names become addresses.
NAMES = (Path("/etc/hosts"), Path("/etc/resolv.conf"))

Configuration = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Reach:
    """Variables, apt's options, pip's configuration, and the paths of this machine that they name."""

    variables: Mapping[str, str]
    apt: tuple[str, ...]
    pip: str
    files: tuple[Path, ...]
    directories: tuple[Path, ...]


def reach() -> Reach:
    """What this machine's package managers are told."""
    variables = {
        name: value for name, value in os.environ.items() if VARIABLES.fullmatch(name) and name not in NOT_HANDED_OVER
    }
    pip = pip_configuration(_said(sys.executable, "-m", "pip", "config", "list"))
    apt = tuple(line for line in _said("apt-config", "dump").splitlines() if APT_OPTIONS.fullmatch(line))
    values = [value for section in pip.values() for value in section.values()]
    paths = {AUTHORITIES, *NAMES, *local_paths([*values, *variables.values()])}
    there = sorted(path for path in paths if path.exists())
    return Reach(
        variables,
        apt,
        pip_file(pip),
        tuple(path for path in there if path.is_file()),
        tuple(path for path in there if path.is_dir()),
    )


def pip_configuration(listed: str) -> Configuration:
    """By section and key, what `pip config list` has printed and no variable says."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for line in listed.splitlines():
        if match := CONFIGURED.fullmatch(line):
            found[match["section"]][match["key"]] = str(ast.literal_eval(match["value"]))
    return found


def pip_file(configuration: Configuration) -> str:
    """The same as a file of pip's."""
    lines = []
    for section, values in configuration.items():
        lines.append(f"[{section}]")
        # A value of several lines goes on where a line is indented.
        lines += [f"{key} = {value.strip()}".replace("\n", "\n    ") for key, value in values.items()]
    return "".join(f"{line}\n" for line in lines)


def local_paths(values: Iterable[str]) -> set[Path]:
    """The absolute paths among words. The pages of an index in a directory lead to files beside it."""
    words = [word for value in values for word in value.split()]
    found = {Path(word) for word in words if word.startswith("/")}
    pages = {Path(word.removeprefix("file://")) for word in words if word.startswith("file:///")}
    return found | {path.parent if path.name == "simple" else path for path in pages}


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
