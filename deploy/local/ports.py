"""Free ports on loopback, from below the range that the kernel gives to outgoing connections.

A client that keeps trying to reach a server that is down would otherwise be given, sooner or later, the server's own
port to connect from: it connects to itself, and the server finds its port taken when it comes back.
"""

import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
LOWEST = 15_000
#: Where the kernel's range begins if it does not say.
USUAL_EPHEMERAL = 32_768


def free_ports(count: int) -> list[int]:
    """So many ports nobody listens on, all different."""
    chosen: list[int] = []
    candidates = range(LOWEST, max(_first_ephemeral(), LOWEST + 1000))
    while len(chosen) < count:
        port = random.choice(candidates)
        if port not in chosen and is_free(port):
            chosen.append(port)
    return chosen


def is_free(port: int) -> bool:
    """Whether a server could listen on it now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _first_ephemeral() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError):
        return USUAL_EPHEMERAL
