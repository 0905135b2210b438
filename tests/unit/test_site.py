"""Location and design days of a DDY file beside the weather, and the distance of the weather from the sizing."""

import os
import shutil
from pathlib import Path

import pytest

from shared.energyplus.findings import Rejected
from shared.energyplus.formats.document import Document, PreparationError, load
from shared.energyplus.formats.epjson_document import EpJsonDocument
from shared.energyplus.formats.idf_document import IdfDocument
from shared.energyplus.formats.schema import schema_of
from shared.energyplus.intake.weather import WeatherPlace
from shared.energyplus.preparation.prepare import Parameter, Preparation, prepare
from shared.energyplus.preparation.site import paired, read_design_conditions, set_site
from tests.models import design_days, installed_weather

TAMPA_DDY = design_days("Tampa")
TAMPA = WeatherPlace("Tampa", "FL", "USA", "TMY3", 27.97, -82.53, 3, -5)
MODEL = """\
Version, 25.2;
Site:Location, Chicago, 41.98, -87.92, -6, 201;
SizingPeriod:DesignDay, Winter, 1, 21, WinterDesignDay, -18;
SizingPeriod:WeatherFileDays, Days, 7, 1, 7, 2;
Site:GroundTemperature:BuildingSurface, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18;
Site:WaterMainsTemperature, Correlation, , 10, 20;
"""
SCHEMA = schema_of("25.2.0")
assert SCHEMA is not None


def idf(text: str = MODEL) -> Document:
    assert SCHEMA is not None
    return IdfDocument(text, SCHEMA)


@pytest.mark.parametrize("form", ["idf", "epJSON"])
def test_location_and_design_days_are_replaced_and_told(form: str) -> None:
    assert SCHEMA is not None
    text = '{"Site:Location": {"Chicago": {"latitude": 41.98}}, "SizingPeriod:DesignDay": {"Winter": {}}}'
    document = idf() if form == "idf" else EpJsonDocument(text, SCHEMA)

    sited = set_site(document, TAMPA, TAMPA_DDY)

    (location,) = document.objects("Site:Location")
    assert (location.get("latitude"), location.get("time_zone")) == (pytest.approx(27.97, abs=0.01), -5)
    days = document.objects("SizingPeriod:DesignDay")
    assert [day.name for day in days] == [
        "Tampa International Ap Ann Htg 99.6% Condns DB",
        "Tampa International Ap Ann Clg .4% Condns DB=>MWB",
    ]
    heating, cooling = (day.get("maximum_dry_bulb_temperature") for day in days)
    assert heating < 10 < 30 < cooling
    assert days[1].get("ashrae_clear_sky_optical_depth_for_beam_irradiance_taub_") > 0
    assert document.objects("SizingPeriod:WeatherFileDays") == []
    assert "SizingPeriod:DesignDay 'Winter' removed" in sited.changes
    assert f"Site:Location '{location.name}' added from {TAMPA_DDY.name}" in sited.changes


def test_what_stays_of_the_old_climate_is_named() -> None:
    assert set_site(idf(), TAMPA, TAMPA_DDY).warnings == (
        "Site:GroundTemperature:BuildingSurface, Site:WaterMainsTemperature of the model stay as they are, of the "
        "climate before",
    )


def test_a_model_without_sizing_periods_gets_none() -> None:
    document = idf("Version, 25.2;")

    sited = set_site(document, TAMPA, TAMPA_DDY)

    assert document.objects("SizingPeriod:DesignDay") == []
    assert sited.changes[-1].endswith("the model has no sizing period")


def test_weather_of_another_place_is_told_with_its_distance() -> None:
    (warning,) = set_site(idf(), TAMPA, None).warnings

    assert warning.startswith("The model is sized for Chicago, 1632 km and 14 degrees of latitude away from Tampa")
    assert "Tampa, FL, USA" in warning


@pytest.mark.parametrize(
    "text",
    [
        MODEL.replace("41.98, -87.92", "28.1, -82.4"),
        MODEL.replace("Site:Location, Chicago, 41.98, -87.92, -6, 201;", ""),
        "Version, 25.2; Site:Location, Chicago, 41.98, -87.92, -6, 201;",
    ],
    ids=["near", "without a location", "without sizing periods"],
)
def test_no_distance_is_told_where_there_is_none(text: str) -> None:
    assert set_site(idf(text), TAMPA, None).warnings == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Ann Clg .4% Condns DB=>MWB", "Summer", "no design day whose name ends in 'ann clg .4% condns db=>mwb'"),
        ("Site:Location", "Site:Lokation", "has one Site:Location, and this has 0"),
        ("WinterDesignDay", "WinterDay", "day_type: 'WinterDay' is none of"),
    ],
)
def test_a_ddy_file_without_what_is_used_of_it_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert SCHEMA is not None
    path = tmp_path / "a.ddy"
    path.write_text(TAMPA_DDY.read_text(encoding="latin-1").replace(old, new), encoding="latin-1")

    with pytest.raises(Rejected) as refused:
        read_design_conditions(path, "a.ddy", SCHEMA)
    with pytest.raises(PreparationError, match=r"a\.ddy: "):
        set_site(idf(), TAMPA, path)

    assert said in str(refused.value)


def test_the_ddy_file_of_a_weather_file_has_its_name() -> None:
    files = ["b.ddy", "A.TMY3.DDY", "a.csv"]

    assert paired("a.tmy3.epw", files) == "A.TMY3.DDY"
    assert paired("a.epw", files) is None


def test_every_installed_ddy_file_can_be_used() -> None:
    assert SCHEMA is not None
    files = sorted(installed_weather().glob("*.ddy"))

    assert len(files) >= 5
    for path in files:
        assert len(read_design_conditions(path, os.fspath(path), SCHEMA).days) == 2


def test_parameters_change_the_design_days_of_the_file(tmp_path: Path) -> None:
    model, work = tmp_path / "model.idf", tmp_path / "work"
    model.write_text(MODEL)
    work.mkdir()
    shutil.copy(TAMPA_DDY, work / "tampa.ddy")
    hot = Parameter("SizingPeriod:DesignDay", "*Clg*", "Maximum Dry-Bulb Temperature", "set", 44)

    prepared = prepare(model, work, Preparation(parameters=(hot,), ddy="tampa.ddy"), version="25.2.0")

    days = load(prepared.path, "25.2.0")[0].objects("SizingPeriod:DesignDay")
    assert 44 in [day.get("maximum_dry_bulb_temperature") for day in days]
