"""`python -m tests.chaos --scenarios 200 --seed 1`: a campaign, one line for each scenario and a table at the end.

Exits with 1 when anything was lost, duplicated, wrong or left behind, or when the point of a fault was not reached.
"""

import argparse
import random
import secrets
import signal
import sys
import tempfile
from pathlib import Path

from deploy.local.processes import StackError
from shared.logging import configure_logging
from tests.chaos.campaign import ScenarioResult, all_scenarios, carry_out, draw
from tests.chaos.report import line, table
from tests.chaos.world import World


def main() -> int:
    """Runs the campaign and prints the report."""
    arguments = _parse()
    if arguments.list:
        print("\n".join(scenario.name for scenario in all_scenarios()))
        return 0
    configure_logging("chaos", "ERROR")
    # Everything must be stopped on any signal, also where a shell has made its background processes ignore SIGINT.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    chance = random.Random(arguments.seed)
    named = [s for s in all_scenarios() if any(word in s.name for word in arguments.only)]
    scenarios = named or list(draw(arguments.scenarios, chance))
    print(f"{len(scenarios)} scenarios, seed {arguments.seed}", flush=True)
    outcomes: list[ScenarioResult] = []
    with tempfile.TemporaryDirectory(prefix="epsm-chaos-", dir="/tmp") as directory:
        Path(directory).chmod(0o755)
        world = World(Path(directory) / "world")
        try:
            world.start()
            for number, scenario in enumerate(scenarios, start=1):
                outcomes.append(carry_out(world, scenario, chance))
                print(f"{number:>4} {line(outcomes[-1])}", flush=True)
        except (KeyboardInterrupt, StackError) as error:
            print(f"broken off: {error!r}\n{world.logs()}", file=sys.stderr)
        finally:
            world.stop()
    report = table(outcomes, arguments.seed)
    print(report)
    if arguments.report is not None:
        arguments.report.write_text(report)
    good = len(outcomes) == len(scenarios) and not any(o.void or o.violations for o in outcomes)
    return 0 if good else 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Break EPSM on purpose.")
    parser.add_argument("--scenarios", type=int, default=200, help="how many (default 200)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="decides order and load")
    parser.add_argument(
        "--only", action="append", default=[], help="those whose name has this in it; more than one if need be"
    )
    parser.add_argument("--list", action="store_true", help="print the names of all scenarios")
    parser.add_argument("--report", type=Path, help="write the closing table to this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
