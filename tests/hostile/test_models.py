"""Models in the real EnergyPlus, in the real sandbox."""

import re
from pathlib import Path

import pytest

from shared.confinement.launcher import Launcher
from shared.energyplus.preparation.prepare import PreparationError
from shared.energyplus.results.messages import read_messages
from shared.energyplus.verdict import Verdict
from shared.removal import remove_tree
from sim_worker.engine.watch import Limits
from tests.hostile.engine import ENGINE, Workspace, canary_is_intact, execute, make_workspace, office, sandbox
from tests.hostile.models import CANARY, MODELS, HostileModel


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path)


def ending(launcher: Launcher, workspace: Workspace, model: HostileModel, *, confined: bool = True) -> str:
    objects = model.objects if isinstance(model.objects, str) else model.objects()
    try:
        prepared = office(workspace, objects.replace("{canary}", str(workspace.canary)), annual=model.annual)
    except PreparationError as error:
        return f"{error.code}: {error}"
    limits = Limits(
        model.seconds,
        model.seconds + 1,
        model.memory,
        model.file,
        200 << 20,
        sandbox(ENGINE) if confined else None,
    )
    execution = execute(launcher, workspace, limits, prepared=prepared)
    assert not execution.killed_from_outside
    messages = read_messages(workspace.work / "eplusout.err").messages
    return "\n".join([f"{execution.verdict} ({execution.exit})", *(message.text for message in messages)])


@pytest.mark.timeout(180)
@pytest.mark.parametrize("what", MODELS)
def test_it_is_contained(what: str, launcher: Launcher, workspace: Workspace) -> None:
    model = MODELS[what]

    said = ending(launcher, workspace, model)

    assert re.search(model.ends, said), said[:2000]
    assert canary_is_intact(workspace)
    assert sorted(path.name for path in workspace.root.iterdir()) == ["inputs", "outside", "work"]
    remove_tree(workspace.work)
    assert not workspace.work.exists()


def test_unconfined_a_model_reads_what_lies_outside(launcher: Launcher, workspace: Workspace) -> None:
    said = ending(launcher, workspace, HostileModel("reads the canary", CANARY, ""), confined=False)

    assert said.startswith(Verdict.SUCCESS)
