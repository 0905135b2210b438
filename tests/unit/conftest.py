"""Fixtures of this directory."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.confinement.child import Child, ChildLimits
from shared.confinement.launcher import Launcher
from sim_worker.engine import supervise as supervise_module
from sim_worker.engine import watch
from sim_worker.engine.progress import Progress
from sim_worker.engine.supervise import Execution, supervise
from sim_worker.engine.watch import Limits, StopSignal
from tests.unit.supervision import NO_LIMIT, Run, install, work


@pytest.fixture
def shell(launcher: Launcher, tmp_path: Path) -> Callable[..., Child]:
    def spawn(script: str, limits: ChildLimits | None = None) -> Child:
        return launcher.spawn(["/bin/sh", "-c", script], tmp_path, tmp_path / "out", limits or ChildLimits())

    return spawn


@pytest.fixture
def run(launcher: Launcher, tmp_path: Path) -> Run:
    """Supervises a script in place of EnergyPlus, and another one in place of ExpandObjects."""

    def run(
        script: str,
        limits: Limits = NO_LIMIT,
        *,
        expand: str | None = None,
        stop: StopSignal | None = None,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> Execution:
        return supervise(
            launcher,
            install(tmp_path / "engine", script, expand),
            work(tmp_path) / "in.idf",
            tmp_path / "weather.epw",
            limits,
            stop=stop or StopSignal(),
            on_progress=on_progress,
            needs_expansion=expand is not None,
        )

    return run


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The soft limit expires when the script has created a file `started`, the hard one when it has created `asked`."""

    def monotonic() -> float:
        there = [path.name for name in ("started", "asked") for path in tmp_path.glob(f"work/**/{name}")]
        return 300.0 if "asked" in there else 150.0 if "started" in there else 0.0

    for module in (supervise_module, watch):
        monkeypatch.setattr(module, "monotonic", monotonic)
