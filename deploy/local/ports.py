"""Free ports on loopback, below the kernel's range of ephemeral ports for outgoing connections.

Otherwise a client that keeps connecting to a stopped server would at some time get the server's port as its own source
port: it would connect to itself, and the server would find its port in use at the next start.
"""

import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
LOWEST = 15_000
#: Start of the ephemeral range when it cannot be read from the kernel.
USUAL_EPHEMERAL = 32_768


def free_ports(count: int) -> list[int]:
    """Returns `count` different ports that are free."""
    chosen: list[int] = []
    while len(chosen) < count:
        port = random.choice(candidates())
        if port not in chosen and is_free(port):
            chosen.append(port)
    return chosen


def candidates() -> range:
    """Returns the ports to choose from."""
    return range(LOWEST, max(_first_ephemeral(), LOWEST + 1000))


def is_free(port: int) -> bool:
    """Returns whether a server could listen on the port now."""
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
