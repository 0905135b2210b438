"""`python -m deploy.local VERB`: starts, stops and shows the local stack; `make up`, `make down` and others call it."""

import argparse
import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.install import CHROMIUM, POSTGRES, RABBITMQ, ensure
from deploy.local.processes import StackError
from deploy.local.stack import ROOT, Stack

DIRECTORY = ROOT / ".local"
FOLLOW_SECONDS = 0.5


def main() -> int:
    """Runs one verb; returns 0 on success, 130 after Ctrl-C, else 1 with an error message on standard error."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument(
        "verb", choices=("up", "down", "status", "logs", "url", "worker", "monitor", "install", "destroy")
    )
    parser.add_argument(
        "--directory", type=Path, default=DIRECTORY, help="directory of the stack's data (default .local)"
    )
    parser.add_argument("--follow", action="store_true", help="with logs: keep printing new lines until Ctrl-C")
    arguments = parser.parse_args()
    try:
        if arguments.verb == "install":
            ensure([POSTGRES, RABBITMQ, CHROMIUM])
            return 0
        with _alone(arguments.directory):
            stack = Stack(
                arguments.directory, {name: value for name, value in os.environ.items() if name.startswith("EPSM_")}
            )
        return _run(stack, arguments.verb, follow=arguments.follow)
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(stack: Stack, verb: str, *, follow: bool) -> int:
    if verb == "url":
        if stack.api.pid is None:
            raise StackError("the API is not running; start it with: make up")
        print(stack.url)
        return 0
    if verb == "status":
        return _status(stack)
    if verb == "logs":
        return _logs(stack, follow=follow)
    if verb == "worker":
        # Replaces this process with the worker, so that it gets Ctrl-C and signals. Port 0: any free port for health.
        environment = {**stack.environment(), "EPSM_WORKER_PORT": "0"}
        os.chdir(ROOT)
        os.execve(sys.executable, [sys.executable, "-m", "sim_worker"], environment)  # noqa: S606  (a list, no shell)
    if verb == "destroy":
        stack.postgres.remove()
        return 0
    with _alone(stack.directory):
        steps = {"up": stack.up, "monitor": stack.monitor, "down": stack.down}[verb]
        for step in steps():
            print(f"{'stopping' if verb == 'down' else 'starting'} {step}", file=sys.stderr, flush=True)
    told = {
        "up": f"EPSM is up: {stack.url}/",
        "monitor": f"Prometheus is up: {stack.monitoring.url}/alerts",
        "down": f"EPSM is down; its data stay in {stack.directory}",
    }
    print(told[verb], flush=True)
    return 0


def _status(stack: Stack) -> int:
    healthy = True
    for process in stack.processes:
        if (pid := process.pid) is not None:
            print(f"{process.name:<10} running (process {pid})")
        elif process.crashed:
            print(f"{process.name:<10} crashed; the end of {process.log}:")
            print("".join(f"           | {line}\n" for line in process.tail().splitlines()), end="")
            healthy = False
        else:
            print(f"{process.name:<10} stopped")
    if stack.api.pid is not None:
        print(f"API        {stack.url}")
    return 0 if healthy else 1


def _logs(stack: Stack, *, follow: bool) -> int:
    offsets: dict[Path, int] = {}
    for process in stack.processes:
        for line in process.tail(40).splitlines():
            print(f"{process.name:<10} {line}")
        offsets[process.log] = process.log.stat().st_size if process.log.exists() else 0
    while follow:
        for process in stack.processes:
            if process.log.exists() and process.log.stat().st_size > offsets[process.log]:
                with process.log.open(errors="replace") as log:
                    log.seek(offsets[process.log])
                    for line in log:
                        print(f"{process.name:<10} {line}", end="", flush=True)
                    offsets[process.log] = log.tell()
        time.sleep(FOLLOW_SECONDS)
    return 0


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Holds the lock of the directory: two concurrent `make up` must not start every process twice."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
