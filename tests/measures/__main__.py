"""`python -m tests.measures`: every measure on the DOE buildings; writes the tables of docs/guide/measures.md."""

import argparse
import tempfile
import time
from pathlib import Path

from tests.measures.campaign import run
from tests.measures.cases import CASES
from tests.measures.page import write


def main() -> int:
    """Print a line for each case and building; the exit code says whether all were right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="a part of the measures' names; the others stay in the page")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    started = time.monotonic()
    rows = []
    directory = Path(tempfile.mkdtemp(prefix="epsm-measures-"))
    for row in run([case for case in CASES if arguments.only in case.measure], directory, arguments.processes):
        rows.append(row)
        said = "right" if not row.faults else "WRONG"
        print(f"{said}: {row.case.measure} {row.model.stem} {row.change:+.2%}", *row.faults, sep="\n  ", flush=True)
    failed = sum(bool(row.faults) for row in rows)
    print(f"{failed} of {len(rows)} failed, {(time.monotonic() - started) / 60:.1f} minutes")
    if not failed:
        write(rows)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
