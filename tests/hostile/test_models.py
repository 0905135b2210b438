"""Models in the real EnergyPlus, in the real sandbox."""

import re
from pathlib import Path

import pytest

from shared.confinement.launcher import Launcher
from shared.energyplus.preparation.prepare import PreparationError
from shared.energyplus.results.messages import read_messages
from shared.energyplus.verdict import Verdict
from shared.removal import remove_tree
from sim_worker.engine.supervise import Limits
from tests.hostile.engine import ENGINE, Room, canary_is_well, execute, furnish, office, sandbox
from tests.hostile.models import CANARY, MODELS, HostileModel


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return furnish(tmp_path)


def ending(launcher: Launcher, room: Room, model: HostileModel, *, confined: bool = True) -> str:
    objects = model.objects if isinstance(model.objects, str) else model.objects()
    try:
        prepared = office(room, objects.replace("{canary}", str(room.canary)), annual=model.annual)
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
    execution = execute(launcher, room, limits, prepared=prepared)
    assert not execution.killed_from_outside
    messages = read_messages(room.work / "eplusout.err").messages
    return "\n".join([f"{execution.verdict} ({execution.exit})", *(message.text for message in messages)])


@pytest.mark.timeout(180)
@pytest.mark.parametrize("what", MODELS)
def test_it_is_contained(what: str, launcher: Launcher, room: Room) -> None:
    model = MODELS[what]

    said = ending(launcher, room, model)

    assert re.search(model.ends, said), said[:2000]
    assert canary_is_well(room)
    assert sorted(path.name for path in room.root.iterdir()) == ["inputs", "outside", "work"]
    remove_tree(room.work)
    assert not room.work.exists()


def test_unconfined_a_model_reads_what_lies_outside(launcher: Launcher, room: Room) -> None:
    said = ending(launcher, room, HostileModel("reads the canary", CANARY, ""), confined=False)

    assert said.startswith(Verdict.SUCCESS)
