"""`python -m tests.fidelity years`: every DOE model over a year, by us and by hand; `mutations`, `study`: see there."""

import argparse
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fidelity import mutations, study
from tests.fidelity.year import compare, place_of
from tests.models import doe_models, weather


def main() -> int:
    """Print a line for each case; the exit code says whether all were right."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    years = commands.add_parser("years")
    years.add_argument("--only", default="", help="a part of the models' names")
    several = commands.add_parser("mutations")
    several.add_argument("--count", type=int, default=300)
    several.add_argument("--seed", type=int, default=1)
    several.add_argument("--only", default="", help="a part of the models' names")
    several.add_argument("--simulate", action=argparse.BooleanOptionalAction, default=True, help="compare results too")
    variants = commands.add_parser("study")
    variants.add_argument("--count", type=int, default=200, help="variants")
    variants.add_argument("--compared", type=int, default=10, help="variants that are executed by hand")
    variants.add_argument("--seed", type=int, default=1, help="chooses those that are compared")
    arguments = parser.parse_args()
    started = time.monotonic()
    if arguments.command == "years":
        failed = _years(arguments.only)
    elif arguments.command == "study":
        failed = study.campaign(arguments.count, arguments.compared, arguments.seed)
    else:
        failed = mutations.campaign(arguments.count, arguments.seed, arguments.only, simulate=arguments.simulate)
    print(f"{failed} failed, {(time.monotonic() - started) / 60:.1f} minutes")
    return 1 if failed else 0


def _years(only: str) -> int:
    models = [model for model in doe_models() if only in model.name]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return sum(pool.map(_year, models))


def _year(model: Path) -> bool:
    directory = Path(tempfile.mkdtemp(prefix="epsm-fidelity-"))
    try:
        wrong = compare(model, weather(place_of(model)), directory)
    finally:
        shutil.rmtree(directory)
    print(f"{'equal' if not wrong else 'DIFFERS'}: {model.stem}", *wrong, sep="\n  ", flush=True)
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
