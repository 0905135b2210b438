"""Process trees and listening addresses, read from /proc."""

import re
import socket
import struct
import sys
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

Place = tuple[IPv4Address | IPv6Address, int]
#: A listening socket's state in /proc/net/tcp.
LISTEN = "0A"


def interruptible(command: Sequence[str]) -> list[str]:
    """The command with SIGINT at its default action, because a shell ignores SIGINT in background processes."""
    restore = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    )
    return [sys.executable, "-c", restore, *command]


def family(pid: int) -> list[int]:
    """A process and its descendants, without those that have just ended."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found = [pid]
    for member in found:
        found.extend(children.get(member, []))
    return found


def listening(pid: int) -> set[Place]:
    """Addresses on which a process listens; none if it has just ended."""
    places: dict[str, Place] = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN:
                places[fields[9]] = _place(fields[1])
    return {places[socket_] for socket_ in _sockets(pid) if socket_ in places}


def _sockets(pid: int) -> set[str]:
    found = set()
    try:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            if named := re.fullmatch(r"socket:\[(\d+)\]", str(descriptor.readlink())):
                found.add(named[1])
    except FileNotFoundError:
        pass
    return found


def _place(written: str) -> Place:
    """The kernel writes an address as numbers in this machine's byte order, four bytes each."""
    address, _, port = written.partition(":")
    words = [int(address[i : i + 8], 16) for i in range(0, len(address), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    family_ = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    return ip_address(socket.inet_ntop(family_, packed)), int(port, 16)
