"""The worker's self-test, with real processes: it passes if a run can be executed, and otherwise names the fault."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import sandbox_of
from shared.energyplus.installation import Engine
from shared.settings import Settings
from shared.storage.local import LocalStorage
from sim_worker.attempt.recent_self_test import PASS_SECONDS, RecentSelfTest
from sim_worker.service.self_test import SelfTest

VERSION = "25.2.0"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    directory = tmp_path / "engine"
    directory.mkdir()
    executable = directory / "energyplus"
    script(executable, f"echo EnergyPlus, Version {VERSION}")
    return Engine(VERSION, "unknown", executable, directory, None)


@pytest.fixture
def self_test(tmp_path: Path, launcher: Launcher, engine: Engine) -> SelfTest:
    settings = Settings(scratch_directory=tmp_path / "scratch", scratch_minimum_bytes=1)
    return SelfTest(settings, LocalStorage(tmp_path / "storage"), launcher, engine, sandbox_of(engine))


def script(executable: Path, line: str) -> None:
    executable.write_text(f"#!/bin/sh\n{line}\n")
    executable.chmod(0o755)


def test_a_worker_that_can_work_passes_and_leaves_nothing_behind(self_test: SelfTest) -> None:
    assert self_test() is None
    assert list(self_test.settings.scratch_directory.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("echo cannot open shared object file >&2; exit 127", "cannot open shared object file"),
        ("echo EnergyPlus, Version 8.9.0", "8.9.0"),
        ("kill -SEGV $$", "does not start"),
    ],
)
def test_an_engine_that_does_not_start_is_reported(self_test: SelfTest, engine: Engine, line: str, said: str) -> None:
    script(engine.executable, line)

    fault = self_test()

    assert fault is not None
    assert said in fault


def test_an_engine_that_cannot_be_executed_is_reported(self_test: SelfTest, engine: Engine) -> None:
    engine.executable.unlink()

    assert "cannot be executed" in (self_test() or "")


def test_the_engine_is_started_in_its_sandbox(self_test: SelfTest, engine: Engine, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("it\n")
    script(engine.executable, f'read -r it < "{secret}" && echo EnergyPlus, Version {VERSION}')

    assert "does not start" in (self_test() or "")
    assert replace(self_test, sandbox=None)() is None


def test_a_scratch_that_is_no_directory_is_reported(self_test: SelfTest) -> None:
    self_test.settings.scratch_directory.write_text("")

    assert (self_test() or "").startswith("Scratch directory")


def test_a_scratch_with_too_little_space_is_reported(self_test: SelfTest) -> None:
    wanting = self_test.settings.model_copy(update={"scratch_minimum_bytes": 2**62})

    assert "EPSM_SCRATCH_MINIMUM_BYTES" in (replace(self_test, settings=wanting)() or "")


def test_an_unreachable_store_is_reported(self_test: SelfTest, tmp_path: Path) -> None:
    (tmp_path / "storage" / "partial").rmdir()

    assert (self_test() or "").startswith("Storage")


def test_a_passed_self_test_counts_for_a_while_and_a_failed_one_never() -> None:
    now, results, asked = 0.0, [None, None, "broken", "broken", None], []

    def test() -> str | None:
        asked.append(now)
        return results[len(asked) - 1]

    recent = RecentSelfTest(test, clock=lambda: now)

    assert [recent(), recent()] == [None, None]
    assert len(asked) == 1
    assert recent(anew=True) is None
    assert len(asked) == 2
    now = PASS_SECONDS
    assert [recent(), recent(), recent(), recent()] == ["broken", "broken", None, None]
    assert len(asked) == 5
