"""Progress of EnergyPlus from the lines that it prints: initialising, sizing, warming up, the days of each period.

EnergyPlus prints the simulated day only now and then, with minutes of silence in between. Therefore the progress is
never used to decide whether the engine is still alive.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from shared.energyplus.untrusted_file import open_plain

DAY = re.compile(rb"^(Starting|Continuing) Simulation at (\d\d)/(\d\d)(?:/\d{4})? for (.+)$")
SIZING = re.compile(rb"^(?:Performing (Zone|System|Plant)|Calculating (System)) [Ss]izing")
DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
DAYS_OF_YEAR = 365

#: Bounds of phases in percent, estimated from annual runs of reference buildings: initialising and sizing are short.
SIZING_STARTS = 2
SIMULATION_STARTS = 8
SIMULATION_ENDS = 97
#: Longer lines are cut: a hostile or broken program may print endlessly without line breaks.
MAX_LINE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a run in percent, 0-99, and a short description of its current step."""

    percent: int
    text: str


class ProgressReader:
    """Reads the growing file with EnergyPlus's output. `environments` is the number of periods to be simulated."""

    def __init__(self, output: Path, environments: int) -> None:
        self._output = output
        self._environments = max(environments, 1)
        self._offset = 0
        self._rest = b""
        self._periods = 0
        self._first_day = 1
        self._now = Progress(0, "Starting EnergyPlus")

    def read(self) -> Progress:
        """Read the output since the last call; returns the progress, which never decreases."""
        try:
            with open_plain(self._output) as file:
                file.seek(self._offset)
                chunk = file.read(1 << 20)
        except OSError:
            return self._now
        self._offset += len(chunk)
        *lines, rest = (self._rest + chunk).split(b"\n")
        self._rest = rest[-MAX_LINE_BYTES:]
        for line in lines:
            self._take(line.strip()[:MAX_LINE_BYTES])
        return self._now

    def _take(self, line: bytes) -> None:
        if match := DAY.match(line):
            self._simulating(match[1] == b"Starting", int(match[2]), int(match[3]), match[4])
        elif match := SIZING.match(line):
            what = (match[1] or match[2]).decode()
            self._advance(SIZING_STARTS, f"Sizing: {what.lower()}")
        elif line.startswith(b"Warming up") and self._periods:
            self._advance(0, f"Warming up for period {self._periods + 1}")
        elif line.startswith(b"Beginning Primary Simulation"):
            self._advance(SIMULATION_STARTS, "Warming up")
        elif line.startswith((b"Writing tabular", b"Writing final")):
            self._advance(SIMULATION_ENDS, "Writing reports")

    def _simulating(self, first: bool, month: int, day: int, name: bytes) -> None:
        if not 1 <= month <= len(DAYS_BEFORE_MONTH):
            return
        day_of_year = DAYS_BEFORE_MONTH[month - 1] + day
        if first or not self._periods:
            self._periods += 1
            self._first_day = day_of_year
        share = ((day_of_year - self._first_day) % DAYS_OF_YEAR) / DAYS_OF_YEAR
        done = min((self._periods - 1 + share) / self._environments, 1.0)
        shown = name.decode("utf-8", "replace")[:80]
        percent = SIMULATION_STARTS + int(done * (SIMULATION_ENDS - SIMULATION_STARTS))
        self._advance(percent, f"Simulating {shown}, {month:02d}-{day:02d}")

    def _advance(self, percent: int, text: str) -> None:
        self._now = Progress(max(self._now.percent, min(percent, 99)), text)
