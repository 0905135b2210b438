"""The HTTP server under attack and with open event streams, and its throughput beside that of an older version.

In each round one client that is signed in reads a simulation, one request after the other: alone, beside attackers that
hold 3,000 connections, and beside 500 event streams. With `--against REVISION` the server of that revision answers the
same reads over eight connections in turn with that of the working tree; both use the same environment.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from tests.bench.clients import (
    SILENT,
    SLOW_BODIES,
    SLOW_HEADS,
    Target,
    attackers,
    followers,
    latencies,
    reads_per_second,
)
from tests.bench.revisions import exported
from tests.integration.api.guarded import Guarded, guarded_server
from tests.integration.api.serving import Served, serving
from tests.rows import Rows
from tests.servers import running_postgres

STREAMS = 500
#: The client asks more often than an owner may by default.
SETTINGS = {"EPSM_API_THREADS": "16", "EPSM_OWNER_REQUEST_RATE": ""}
CONNECTIONS = 8
#: Requests before a figure is taken, for pools and caches of the server.
WARM = 100


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="make bench-front", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default 5)")
    parser.add_argument("--requests", type=int, default=1000, help="requests for each figure (default 1000)")
    parser.add_argument("--against", metavar="REVISION", help="also compare the throughput with that of this revision")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="epsm-bench-", dir="/var/tmp") as name:
        room = Path(name)
        room.chmod(0o755)
        for directory in ("postgres", "server", "older"):
            (room / directory).mkdir()
        with (
            running_postgres(room / "postgres") as postgres,
            guarded_server(postgres, "front", room / "server", **SETTINGS) as guarded,
        ):
            simulation = Rows(guarded.database).submit(owner="reader")
            path = f"/api/v1/simulations/{simulation}"
            target = Target(guarded.server.port, guarded.token("reader"), guarded.token("attacker"))
            latencies(target, path, WARM)
            _measure_latency(guarded, target, path, arguments.rounds, arguments.requests)
            if arguments.against:
                with _older(arguments.against, postgres.url("front"), room / "older") as older:
                    ports = {"this version": target.port, arguments.against: older.port}
                    _measure_throughput(target, ports, path, arguments.rounds, arguments.requests)
    return 0


def _measure_latency(guarded: Guarded, target: Target, path: str, rounds: int, requests: int) -> None:
    """Prints p50 and p99 alone, beside attackers and beside streams, and the memory of a stream."""
    print(
        f"beside {SLOW_HEADS} slow heads, {SLOW_BODIES} slow bodies, {SILENT} silent connections; or {STREAMS} streams"
    )
    percentiles: dict[str, list[tuple[float, float]]] = {"alone": [], "attacked": [], "streams": []}
    memory = []
    for number in range(1, rounds + 1):
        for side, beside in (
            ("alone", nullcontext()),
            ("attacked", attackers(target)),
            ("streams", followers(target, STREAMS)),
        ):
            resident = guarded.server.status("VmRSS")
            with beside:
                if side == "streams":
                    memory.append((guarded.server.status("VmRSS") - resident) / STREAMS)
                sorted_ms = latencies(target, path, requests)
            percentiles[side].append((statistics.median(sorted_ms), sorted_ms[int(len(sorted_ms) * 0.99)]))
        print(
            f"  round {number}: "
            + ", ".join(f"{side} p50 {of[-1][0]:.2f} p99 {of[-1][1]:.2f} ms" for side, of in percentiles.items()),
            flush=True,
        )
    for side in ("attacked", "streams"):
        for index, percentile in enumerate(("p50", "p99")):
            ratios = [
                one[index] / other[index] for one, other in zip(percentiles[side], percentiles["alone"], strict=True)
            ]
            print(f"{side} / alone, {percentile}: {_spread(ratios)}")
    print(f"memory, KiB per stream (the first round grows the heap): {_spread(memory)}")


def _measure_throughput(target: Target, ports: dict[str, int], path: str, rounds: int, requests: int) -> None:
    """Prints reads per second of each server and their ratio."""
    rates: dict[str, list[float]] = {name: [] for name in ports}
    for port in ports.values():
        reads_per_second(replace(target, port=port), path, WARM, CONNECTIONS)
    for number in range(1, rounds + 1):
        for name, port in ports.items():
            rates[name].append(reads_per_second(replace(target, port=port), path, requests // CONNECTIONS, CONNECTIONS))
        print(
            f"  round {number}, reads/s: " + ", ".join(f"{name} {of[-1]:.0f}" for name, of in rates.items()), flush=True
        )
    ours, theirs = rates.values()
    print(f"reads/s, this version / older: {_spread([one / other for one, other in zip(ours, theirs, strict=True)])}")


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} median of {len(values)}, {min(values):.2f} - {max(values):.2f}"


@contextmanager
def _older(revision: str, database_url: str, directory: Path) -> Iterator[Served]:
    """The server of a revision on the same database."""
    # The port for probes came with the server of this version.
    tree = exported(revision, directory)
    with serving(database_url, directory, tree, EPSM_AUTH="required", EPSM_API_HEALTH_PORT=None, **SETTINGS) as served:
        yield served


if __name__ == "__main__":
    sys.exit(main())
