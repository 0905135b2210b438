"""Progress of EnergyPlus from the lines that it prints, and between two lines, which may be minutes apart, by time.

What time adds is an estimate, and marked as such: it never reaches what only the next line can tell. Therefore the
progress is never used to decide whether the engine is still alive.
"""

import math
import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from shared.energyplus.preparation.outlook import LEAST_SECONDS, Outlook
from shared.energyplus.untrusted_file import open_plain

DAY = re.compile(rb"^(Starting|Continuing) Simulation at (\d\d)/(\d\d)(?:/(\d{4}))? for (.+)$")
WARM_UP_DAY = re.compile(rb"^Warming up \{([1-9]\d{0,3})\}")
SIZING = re.compile(rb"^(?:Performing (Zone|System|Plant)|Calculating (System)) [Ss]izing")

#: Bounds of phases in percent, estimated from annual runs: initialising and sizing are short unless a model is large.
SIZING_STARTS = 5
SIMULATION_STARTS = 10
SIMULATION_ENDS = 97
#: Sizing took 2 to 15 times as long as initialising in the models that were measured.
SIZING_TO_INITIALISING = 5
#: EnergyPlus repeats the first day of a period until it is steady, mostly 6 times.
WARM_UP_DAYS = 6
#: Simulated days from one line to the next, unless the model says otherwise: shadows are calculated anew.
DAYS_PER_LINE = 20
#: For design days, which are printed without a year.
LEAP_YEAR = 2000
#: Longer lines are cut: a hostile or broken program may print endlessly without line breaks.
MAX_LINE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a run in percent, 0-99, and a short description of its current step."""

    percent: int
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """The way from a printed line, at `start` percent, to the next, at `end`; it takes about `expected` seconds."""

    text: str
    start: int
    end: int
    began: float
    expected: float

    def percent(self, seconds: float) -> int:
        """Percent at a time: most of the way when the expected seconds have passed, but never the end of it."""
        passed = max(seconds - self.began, 0.0) / max(self.expected, LEAST_SECONDS)
        estimated = self.start + int((self.end - self.start) * (1 - math.exp(-passed)))
        return max(self.start, min(estimated, self.end - 1))


class ProgressReader:
    """Reads the growing file with EnergyPlus's output of a simulation, of which `outlook` says what to expect."""

    def __init__(self, output: Path, outlook: Outlook) -> None:
        self._output = output
        self._days = outlook.days or (1,)
        self._initialising_seconds = outlook.initialising_seconds
        self._offset = 0
        self._rest = b""
        self._periods = 0
        self._first_day = date.min
        self._warm_up_began = 0.0
        self._warm_up_days = 0
        self._step = Step("Starting EnergyPlus", 0, 0, 0.0, 0.0)
        self._percent = 0

    def read(self, seconds: float) -> Progress:
        """Progress, which never decreases, `seconds` after the engine's start; reads what was printed meanwhile."""
        for line in self._new_lines():
            self._take(line.strip()[:MAX_LINE_BYTES], seconds)
        self._percent = max(self._percent, self._step.percent(seconds))
        estimated = self._percent > self._step.start
        return Progress(self._percent, f"{self._step.text} (estimated)" if estimated else self._step.text)

    def _new_lines(self) -> list[bytes]:
        try:
            with open_plain(self._output) as file:
                file.seek(self._offset)
                chunk = file.read(1 << 20)
        except OSError:
            return []
        self._offset += len(chunk)
        *lines, rest = (self._rest + chunk).split(b"\n")
        self._rest = rest[-MAX_LINE_BYTES:]
        return lines

    def _take(self, line: bytes, seconds: float) -> None:
        if match := DAY.match(line):
            year, month, day = int(match[4] or LEAP_YEAR), int(match[2]), int(match[3])
            try:
                today = date(year, month, day)
            except ValueError:
                return
            self._simulating(match[1] == b"Starting", today, match[5], seconds)
        elif match := WARM_UP_DAY.match(line):
            self._warming_up(int(match[1]), seconds)
        elif match := SIZING.match(line):
            self._sizing(f"Sizing: {(match[1] or match[2]).decode().lower()}", seconds)
        elif line == b"Warming up":
            self._sizing("Sizing: warming up", seconds)
        elif line == b"Initializing Simulation":
            self._sizing("Sizing: components", seconds)
        elif line.startswith(b"EnergyPlus, Version"):
            self._enter(Step("Initialising", 0, SIZING_STARTS, seconds, self._initialising_seconds))
        elif line.startswith(b"Beginning Primary Simulation"):
            self._enter(Step("Warming up", SIMULATION_STARTS, SIMULATION_STARTS, seconds, 0.0))
        elif line.startswith((b"Writing tabular", b"Writing final")):
            self._enter(Step("Writing reports", SIMULATION_ENDS, SIMULATION_ENDS, seconds, 0.0))

    def _sizing(self, text: str, seconds: float) -> None:
        self._enter(Step(text, SIZING_STARTS, SIMULATION_STARTS, seconds, SIZING_TO_INITIALISING * seconds))

    def _warming_up(self, number: int, seconds: float) -> None:
        """The day `number` of a warm-up begins."""
        if number == 1:
            self._warm_up_began = seconds
        self._warm_up_days = number
        text = f"Warming up for period {self._periods + 1}" if self._periods else "Warming up"
        begun = min(number - 1, WARM_UP_DAYS)
        self._enter_day(text, self._periods, begun, min(begun + 1, WARM_UP_DAYS), number - 1, seconds)

    def _simulating(self, first: bool, today: date, name: bytes, seconds: float) -> None:
        if first or not self._periods:
            self._periods += 1
            self._first_day = today
        simulated = max((today - self._first_day).days, 0)
        text = f"Simulating {name.decode('utf-8', 'replace')[:80]}, {today:%m-%d}"
        begun = WARM_UP_DAYS + simulated
        self._enter_day(text, self._periods - 1, begun, begun + DAYS_PER_LINE, self._warm_up_days + simulated, seconds)

    def _enter_day(self, text: str, period: int, begun: int, following: int, done: int, seconds: float) -> None:
        """Day `begun` of a period begins, the next line is about day `following`; `done` days have told the pace.

        The simulation is a row of days: of each period the warm-up, then the period itself.
        """
        lengths = [WARM_UP_DAYS + days for days in self._days]
        before, length = sum(lengths[:period]), sum(lengths[period : period + 1])
        here, there = (before + min(day, length) for day in (begun, following))
        width, total = SIMULATION_ENDS - SIMULATION_STARTS, max(sum(lengths), 1)
        start, end = (SIMULATION_STARTS + width * days // total for days in (here, there))
        pace = (seconds - self._warm_up_began) / max(done, 1)
        self._enter(Step(text, start, end, seconds, (there - here) * pace))

    def _enter(self, step: Step) -> None:
        """Begin a step. One with the bounds of the current step is its continuation, with another text."""
        if (step.start, step.end) == (self._step.start, self._step.end):
            step = replace(self._step, text=step.text)
        self._step = step
