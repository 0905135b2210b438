"""How far EnergyPlus is, from the lines it prints: initialising, sizing, warming up, the days of each period.

EnergyPlus names the day it has come to only now and then, and is silent for minutes in between; nothing here is used
to decide whether it still lives.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from shared.energyplus.untrusted_file import open_plain

DAY = re.compile(rb"^(Starting|Continuing) Simulation at (\d\d)/(\d\d)(?:/\d{4})? for (.+)$")
SIZING = re.compile(rb"^(?:Performing (Zone|System|Plant)|Calculating (System)) [Ss]izing")
DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
DAYS_OF_YEAR = 365

#: Shares of the whole, in percent, judged from annual runs of reference buildings: initialising and sizing are short.
SIZING_STARTS = 2
SIMULATION_STARTS = 8
SIMULATION_ENDS = 97
#: A hostile or broken program may print without end and without line breaks.
MAX_LINE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, 0-99 percent, and what it is doing in a few words."""

    percent: int
    text: str


class ProgressReader:
    """Follows the file that EnergyPlus's output goes to. `environments` is how many periods it will simulate."""

    def __init__(self, output: Path, environments: int) -> None:
        self._output = output
        self._environments = max(environments, 1)
        self._offset = 0
        self._rest = b""
        self._periods = 0
        self._first_day = 1
        self._now = Progress(0, "Starting EnergyPlus")

    def read(self) -> Progress:
        """Take in what was printed since the last call; the progress never goes back."""
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
