"""Ended runs in the shapes of the old page: places in the study, folders, limits of one answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from api_service.files.queries import StoredFile
from api_service.legacy import items, logs
from api_service.legacy.download import folders_of
from api_service.legacy.result_queries import LegacyRun
from shared.storage.local import LocalStorage

LOG = "eplusout.err"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ZONE = {"zone": "A", "floor_area_m2": 12.34, "volume_m3": 30.0, "multiplier": 1.0}
RUN = LegacyRun(
    id=uuid4(),
    simulation_id=uuid4(),
    index=0,
    model="office.idf",
    weather="b.epw",
    parameters={},
    status="succeeded",
    error=None,
    started_at=NOON - timedelta(seconds=90.06),
    ended_at=NOON,
    metrics={"total_area_m2": 10.0, "site_energy_kwh": 123.0, "zones": [ZONE]},
    simulation_name="study",
    owner="anna@example.org",
    total=1,
    models=1,
    weathers=1,
    has_baseline=False,
    chosen_models=(),
    variant=None,
    design=None,
    library={},
)


@pytest.mark.parametrize(
    ("total", "models", "weathers", "index", "expected"),
    [
        pytest.param(3, 3, 1, 2, (None, 2), id="models alone"),
        pytest.param(6, 2, 1, 4, (1, 1), id="three variants of two models"),
        pytest.param(12, 2, 2, 10, (1, 1), id="and two weather files"),
        pytest.param(4, 2, 2, 3, (None, 1), id="two models in two places"),
    ],
)
def test_places_in_a_study(
    total: int, models: int, weathers: int, index: int, expected: tuple[int | None, int]
) -> None:
    run = replace(RUN, total=total, models=models, weathers=weathers, index=index)

    assert (items.variant_index(run), items.model_index(run)) == expected


@pytest.mark.parametrize(
    ("index", "variant", "expected"),
    [(0, None, (None, 0)), (3, None, (None, 1)), (4, 0, (0, 0)), (7, 1, (1, 0)), (8, 0, (0, 1)), (11, 1, (1, 1))],
)
def test_baselines_come_before_the_variants(index: int, variant: int | None, expected: tuple[int | None, int]) -> None:
    run = replace(RUN, total=12, models=2, weathers=2, has_baseline=True, index=index, variant=variant)

    assert (items.variant_index(run), items.model_index(run)) == expected


def test_models_and_weather_that_variants_choose_are_no_full_product() -> None:
    runs = [
        replace(RUN, total=4, models=2, weathers=2, chosen_models=("a", "b"), index=n, variant=n, model=model)
        for n, model in enumerate("baab")
    ]

    assert [(items.variant_index(run), items.model_index(run)) for run in runs] == [(0, 1), (1, 0), (2, 0), (3, 1)]


@pytest.mark.parametrize(
    ("energy", "area", "expected"), [(123.0, 10.0, 12.3), (0.0, 10.0, 0.0), (None, 10.0, None), (5.0, None, None)]
)
def test_an_energy_per_area_needs_both(energy: float | None, area: float | None, expected: float | None) -> None:
    run = replace(RUN, metrics={"site_energy_kwh": energy, "total_area_m2": area})

    assert items.per_area(run, "site_energy_kwh") == expected


def test_a_run_without_a_result_took_as_long_as_its_attempt() -> None:
    failed = replace(RUN, status="failed", error="Severe: no", metrics=None)

    shown = items.item(failed, items.Zones())

    assert (shown["runTime"], shown["totalArea"], shown["building"]) == (90.1, 0.0, "office")
    assert shown["error"] == "Severe: no"
    assert items.run_time(replace(failed, started_at=None)) == 0.0
    assert items.item(replace(failed, status="cancelled"), items.Zones())["error"] == "Task cancelled by user"


def test_results_of_earlier_versions_have_neither_zones_nor_a_name() -> None:
    shown = items.item(replace(RUN, metrics={"building": None, "zones": None}), items.Zones())

    assert (shown["zones"], shown["building"], shown["energy_use"]) == ([], "office", {})


def test_an_address_of_an_owner_is_shown_as_one() -> None:
    assert items.listed(RUN)["user_email"] == "anna@example.org"
    assert items.listed(replace(RUN, owner="anna"))["user_email"] == ""


def test_zones_end_where_an_answer_would_be_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MAX_ZONES", 2)
    zones = items.Zones()

    assert [len(zones.of(RUN)) for _ in range(3)] == [1, 1, 0]


def test_folders_have_the_names_of_models_and_none_twice() -> None:
    names = ["office.idf", "Office.epJSON", "home.v2.idf"]

    runs = [replace(RUN, model=name, index=index, total=3, models=3) for index, name in enumerate(names)]

    assert folders_of(runs) == ["office", "Office_run_2", "home.v2"]


def test_logs_are_of_failed_runs_first_and_end_at_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = LocalStorage(tmp_path / "storage")
    (tmp_path / "log").write_bytes(b"beginning " * 100 + b"\xff the end.")
    put = storage.put_output(tmp_path / "log", uuid4(), 1, LOG)
    file = StoredFile(put.key, LOG, put.sha256, put.size)
    missing = replace(file, key=file.key.replace("/1/", "/2/"))
    fine, failed, gone = RUN, replace(RUN, id=uuid4(), status="failed"), replace(RUN, id=uuid4())
    monkeypatch.setattr(logs, "MAX_LOG_BYTES", 10)
    monkeypatch.setattr(logs, "MAX_BYTES", 14)

    files = {failed.id: {LOG: file}, gone.id: {LOG: missing}, fine.id: {LOG: file}}

    assert logs.with_logs([fine, failed, gone]) == [failed.id, fine.id, gone.id]
    assert logs.read_logs(storage, files) == {failed.id: "\N{REPLACEMENT CHARACTER} the end.", fine.id: "end."}


def test_no_more_logs_than_the_storage_can_bear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_LOGS", 2)

    assert len(logs.with_logs([replace(RUN, id=uuid4()) for _ in range(5)])) == 2
