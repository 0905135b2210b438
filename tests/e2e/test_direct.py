"""One model from the command line, without a queue or a database."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.conftest import CHICAGO, OFFICE, ROOT
from tests.e2e.processes import interruptible

COMMAND = [sys.executable, "-m", "sim_worker.engine"]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_model_leaves_its_table_and_its_files(tmp_path: Path) -> None:
    done = run(str(OFFICE), str(CHICAGO), "-o", str(tmp_path / "out"), "--annual")

    assert done.returncode == 0, done.stderr
    assert "kWh/m2/yr" in done.stdout
    assert "Simulating" in done.stderr
    assert {"in.idf", "eplusout.err", "eplustbl.htm", "metrics.json"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert metrics["period"]["hours_simulated"] == 8760


def test_design_days_have_no_energy_and_no_year(tmp_path: Path) -> None:
    done = run(str(OFFICE), str(CHICAGO), "-o", str(tmp_path / "out"), "--design-days", "--json")

    assert done.returncode == 0, done.stderr
    metrics = json.loads(done.stdout)
    assert metrics["period"]["kind"] == "design_days"
    assert metrics["site_eui_kwh_per_m2"] is None
    assert "/yr" not in done.stdout
    assert {path.stat().st_uid for path in (tmp_path / "out").rglob("*")} == {os.geteuid()}


def test_a_model_that_fails_ends_with_1_and_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "broken.idf"
    broken.write_text(OFFICE.read_text() + "\nLights,Extra,No Such Zone,,LightingLevel,1;\n")

    done = run(str(broken), str(CHICAGO), "-o", str(tmp_path / "out"))

    assert done.returncode == 1
    assert "schedule_name" in done.stderr


def test_bad_input_and_a_missing_engine_have_different_exit_codes(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep me")

    assert run(str(tmp_path / "no.idf"), str(CHICAGO), "-o", str(tmp_path / "out")).returncode == 2
    assert run(str(OFFICE), str(CHICAGO), "-o", str(tmp_path / "full")).returncode == 2
    assert (tmp_path / "full" / "mine.txt").read_text() == "keep me"
    done = run(str(OFFICE), str(CHICAGO), "-o", str(tmp_path / "out"), "--engine", str(tmp_path))
    assert done.returncode == 3
    assert str(tmp_path) in done.stderr.replace("\n", "")


def test_ctrl_c_ends_the_engine_too(tmp_path: Path) -> None:
    process = subprocess.Popen(
        interruptible([*COMMAND, str(OFFICE), str(CHICAGO), "-o", str(tmp_path / "out"), "--annual"]), cwd=ROOT
    )
    deadline = time.monotonic() + 120
    while not engines(tmp_path):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)

    process.send_signal(signal.SIGINT)

    assert process.wait(60) == 130
    assert not engines(tmp_path)


def engines(directory: Path) -> list[str]:
    """Processes whose command line names the directory, the interpreter's own aside."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_text()
        except OSError:
            continue
        if str(directory / "out" / "in.idf") in command:
            found.append(command)
    return found
