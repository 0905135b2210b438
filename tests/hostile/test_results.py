"""What users read of odd models that the real EnergyPlus has executed."""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from shared.confinement.sandbox import sandbox_of
from shared.energyplus.preparation.prepare import Preparation
from shared.scratch_names import attempt_name
from shared.settings import Settings
from sim_worker.attempt.public_text import PublicText
from sim_worker.engine.direct import run_model
from sim_worker.engine.execute import Executed
from sim_worker.engine.watch import Limits, StopSignal
from tests.hostile.engine import CHICAGO, ENGINE
from tests.models import SMALL_OFFICE, design_days

LONG = "X" * 70_000
METERS = f"Output:Meter,{LONG},RunPeriod;\nMeter:Custom,{LONG},Electricity,,Electricity:Facility;\n"
#: Text of the small office, and what is put in its place.
LONG_NAMES = {
    "design days": ("Winter design day,", f"{LONG},"),
    "meters": ("SimulationControl,", f"{METERS}SimulationControl,"),
}


def executed(root: Path, text: str, weather: Path = CHICAGO, ddy: Path | None = None) -> Executed:
    (root / "inputs").mkdir()
    (root / "work").mkdir()
    (root / "inputs" / "model.idf").write_text(text)
    if ddy is not None:
        shutil.copyfile(ddy, root / "work" / ddy.name)
    return run_model(
        root / "inputs" / "model.idf",
        weather,
        root / "work",
        Preparation(annual=False, ddy=ddy.name if ddy else None),
        engine=ENGINE,
        limits=Limits(60, 61, sandbox=sandbox_of(ENGINE)),
        stop=StopSignal(),
        on_progress=lambda _: None,
    )


@pytest.mark.parametrize("what", LONG_NAMES)
def test_results_of_a_model_with_long_names_are_read(what: str, tmp_path: Path) -> None:
    old, new = LONG_NAMES[what]
    text = SMALL_OFFICE.read_text()
    assert old in text

    results = executed(tmp_path, text.replace(old, new, 1)).results

    assert results is not None
    days = {zone["design_day"] for zone in results.metrics["sizing"]["zones"]}
    assert (LONG[:100] in days) == (what == "design days")


def test_messages_about_a_missing_file_name_no_directory_of_the_run(tmp_path: Path) -> None:
    missing = "Schedule:File,S,,nothere.csv,1,1,8760,Comma,No,60;"
    attempt = tmp_path / attempt_name(uuid4(), 1)
    attempt.mkdir()

    said = executed(attempt, f"{SMALL_OFFICE.read_text()}\n{missing}\n").said

    clean = PublicText(Settings(scratch_directory=tmp_path), ENGINE).clean
    text = "\n".join(clean(message.text) for message in said.messages)
    assert '"nothere.csv" not found.' in text
    assert str(tmp_path) not in text
    assert str(ENGINE.directory) not in text


def test_a_model_is_sized_for_the_place_of_a_ddy_file(tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "with").mkdir()
    tampa, text = design_days("Tampa"), SMALL_OFFICE.read_text()

    without = executed(tmp_path / "without", text, tampa.with_suffix(".epw"))
    sized = executed(tmp_path / "with", text, tampa.with_suffix(".epw"), tampa)

    assert without.results is not None
    assert sized.results is not None
    days, loads = [
        {zone["load"]: zone[key] for zone in sized.results.metrics["sizing"]["zones"]}
        for key in ("design_day", "design_load_w")
    ]
    assert days == {
        "cooling": "TAMPA INTERNATIONAL AP ANN CLG .4% CONDNS DB=>MWB",
        "heating": "TAMPA INTERNATIONAL AP ANN HTG 99.6% CONDNS DB",
    }
    before = {zone["load"]: zone["design_load_w"] for zone in without.results.metrics["sizing"]["zones"]}
    assert loads["heating"] < before["heating"] / 1.2
    assert [message.text for message in without.said.messages if "is sized for" in message.text]
    assert not [message.text for message in sized.said.messages if "is sized for" in message.text]
