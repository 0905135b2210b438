"""Models as people have them: right numbers by EnergyPlus run by hand, or a refusal that helps."""

import json
import re
from pathlib import Path

import pytest

from shared.energyplus.findings import Rejected
from shared.energyplus.installation import find_engines
from shared.energyplus.preparation.prepare import Parameter, Preparation, PreparationError
from sim_worker.engine.direct import run_model
from sim_worker.engine.watch import Limits, StopSignal
from tests.conversion import converted
from tests.e2e.box import BOX, WEEK, box, execute, metrics
from tests.models import ENGINE_VERSION, weather


@pytest.mark.parametrize("form", ["idf", "epJSON"])
def test_names_that_differ_in_case_only_are_all_simulated_and_all_changed(tmp_path: Path, form: str) -> None:
    lamps = {"ExtLights": 1, "EXTLIGHTS": 2}
    model = box(more="".join(f"Exterior:Lights,{name},Always On,100,ScheduleNameOnly,General;\n" for name in lamps))
    if form == "epJSON":
        (tmp_path / "plain.idf").write_text(model)
        model = json.dumps(converted(tmp_path / "plain.idf", tmp_path / "converted"))

    found = metrics(tmp_path, model, parameters=(Parameter("Exterior:Lights", "*", "Design Level", "scale", 2),))

    assert found["site_energy_kwh"] == pytest.approx(WEEK + 2 * 2 * 0.1 * 168, abs=1e-9)


def test_windows_1252_is_shown_as_it_was_meant(tmp_path: Path) -> None:
    name = "B\u00fcro\u2019s 1.\u00a0OG \u2013 \u201eA\u201c"
    text = (
        box()
        .replace("Room,", f"{name},")
        .replace("SimulationControl,No,No,No,No,Yes", "SimulationControl,No,No,No,Yes,No")
    )
    text = text.replace("DesignDay,Winter,", "DesignDay,Winter \u221220 \u00b0C,".replace("\u2212", "\u2013"))

    found = metrics(tmp_path, text.encode("cp1252"))

    assert found["period"]["environments"][0] == "WINTER \u201320 \u00b0C"
    page = (tmp_path / "run" / "eplustbl.htm").read_text(encoding="utf-8")
    assert "\u2019S 1" in page.upper()
    assert not re.search("[\u0080-\u009f]", page)


def test_tolerances_messages_and_counts_are_those_of_the_engine(tmp_path: Path) -> None:
    more = (
        "OutputControl:ReportingTolerances,0.2,1.11;\n"
        "Output:Table:SummaryReports,EnvelopeSummary,,ObjectCountSummary;\n"
        "Output:Variable,*,Zone Mean Air Temprature,Hourly;\nOutput:Variable,Rooom,Zone Mean Air Temperature,Hourly;\n"
    )
    executed = execute(tmp_path, box(more=more))

    assert executed.results is not None
    found = executed.results.metrics
    names = ("unmet_tolerance_k", "unmet_heating_tolerance_k", "unmet_cooling_tolerance_k")
    assert [found[name] for name in names] == [None, 0.2, 1.11]
    # The blank report's warning and severe error, and the variables that were not found.
    assert (found["warnings"], found["severe_errors"]) == (2, 1)
    (not_found,) = [m.text for m in executed.said.messages if "not generated" in m.text]
    assert "VarName=ZONE MEAN AIR TEMPRATURE" in not_found
    assert "Key=Rooom" in not_found


IDEAL = """
ZoneHVAC:EquipmentConnections,Room,Room Equipment List,Room Inlet,,Room Air,Room Outlet;
ZoneHVAC:EquipmentList,Room Equipment List,SequentialLoad,ZoneHVAC:IdealLoadsAirSystem,Room Ideal,1,1;
ZoneHVAC:IdealLoadsAirSystem,Room Ideal,,Room Inlet,,,50,13,0.0156,0.0077,NoLimit,,,NoLimit,,,,,,,,,,,,,,,,{};
Schedule:Constant,Eff,Any Number,3;
"""


@pytest.mark.parametrize(
    ("fuels", "ideal"), [("", True), ("Eff,Electricity,Eff,Electricity", False), (",Electricity,Eff,Electricity", True)]
)
def test_ideal_systems_with_efficiencies_use_energy(tmp_path: Path, fuels: str, ideal: bool) -> None:
    without = [line for line in BOX.splitlines() if not line.startswith("ZoneHVAC:")]

    assert metrics(tmp_path, "\n".join(without) + IDEAL.format(fuels))["ideal_loads"] is ideal


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            "Output:Diagnostics\n , DisplayExtraWarnings\n ;\nExterior:Ligths,Lamp,Always On,1;",
            "Ligths.* did you mean Ext",
        ),
        ("Exterior:Lights,Lamp,Always\n On,1;", "field over several lines, 'Always"),
        ("Exterior:Lights,Lamp,Always On,1,,,x;", "has 6 fields, and Exterior:Lights has 5 at most"),
        ("Output:Diagnostics;", "EnergyPlus takes the next object for its fields"),
    ],
)
def test_what_energyplus_would_lose_or_not_know_is_refused_with_its_line(tmp_path: Path, more: str, says: str) -> None:
    with pytest.raises(Rejected, match=rf"(?s)line 37: .*{says}"):
        execute(tmp_path, box(more=more))


def test_a_schedule_file_that_is_too_short_is_an_error_before_the_run(tmp_path: Path) -> None:
    schedule = "Schedule:File,Occ,Fraction,occ.csv,1,1,8760,Comma,No,60;\n"
    (tmp_path / "occ.csv").write_text("head\n" + "0.5\n" * 8759)
    (tmp_path / "model.idf").write_text(box(more=schedule))

    with pytest.raises(PreparationError, match=r"'Occ': occ\.csv has 8759 rows of values, and the schedule reads 8760"):
        run_model(
            *(tmp_path / "model.idf", weather("Chicago"), _made(tmp_path / "run"), Preparation()),
            engine=find_engines()[ENGINE_VERSION],
            limits=Limits(),
            stop=StopSignal(),
            on_progress=lambda _: None,
        )


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory
