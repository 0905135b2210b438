"""The old page's calls, replayed: what it reads of simulations that succeed, fail or are cancelled."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests import old_shapes
from tests.integration.api.conftest import Client, Upload
from tests.integration.api.old_page import OldPage, is_failed
from tests.integration.api.old_runs import DESIGN_DAYS, FILES, METRICS
from tests.models import SMALL_OFFICE, doe_model
from tests.old_shapes import differences

#: Requests that a page may send after a reload in an ended state.
MOST_AFTER_RELOAD = 6


@pytest.fixture
def page(api: Client) -> OldPage:
    return OldPage(api)


@pytest.fixture
def models(model: bytes) -> list[Upload]:
    return [(f"office_{number}.idf", model + f"\n! {number}".encode()) for number in range(2)]


def test_a_success_is_shown_row_by_row(page: OldPage, models: list[Upload], weather: bytes) -> None:
    page.open_simulation_page()
    first, second = page.api.runs(page.start(models, ("chicago.epw", weather)))

    found = page.watch(
        [
            lambda: page.api.succeed(first, FILES, METRICS),
            lambda: page.api.succeed(second, FILES, METRICS),
        ]
    )

    assert [len(rows or ()) for rows in found] == [1, 2]
    assert page.asked == [
        "GET system-resources/",
        "POST /api/simulation/run/",
        "GET {id}/status/",
        "GET {id}/status/",
        "GET {id}/parallel-results/",
        "GET {id}/status/",
        "GET {id}/parallel-results/",
    ]
    rows = found[-1] or []
    assert [is_failed(row) for row in rows] == [False, False]
    assert [row["file_name"] for row in rows] == ["office_0.idf", "office_1.idf"]
    assert [(row["variant_idx"], row["idf_idx"]) for row in rows] == [(None, 0), (None, 1)]
    assert {row["simulation_id"] for row in rows} == {row["run_id"] for row in rows} == {page.simulation}
    row = rows[0]
    assert row["building"] == "Town Hall"
    assert (row["total_energy_use"], row["heating_demand"], row["cooling_demand"]) == (113.2, 25.0, 5.6)
    assert (row["lighting_demand"], row["equipment_demand"]) == (16.7, None)
    assert (row["run_time"], row["total_area"]) == (12.3, 200.0)
    assert row["zones"] == [{"name": "CORE", "area": 149.7, "volume": 456.5}]
    assert row["energy_use"]["Heating"] == {"electricity": 0.0, "district_heating": 1000.0, "total": 5000.0}
    assert row["energy_use"]["Interior Lighting"] == {"electricity": 3333.3, "district_heating": 0.0, "total": 3333.3}
    assert len(row["energy_uses"]) == len(row["energy_use"]) == 14
    assert (row["output_err"], row["run_output_log"]) == ("** Warning ** It is warm\n", None)
    assert row["raw_json"]["epw"] == "chicago.epw"
    assert len(page.reload() or ()) == 2
    assert page.asked == ["GET {id}/status/", "GET {id}/parallel-results/"]


def test_a_part_that_failed_is_shown_as_failed_with_its_reason(
    page: OldPage, models: list[Upload], weather: bytes
) -> None:
    first, second = page.api.runs(page.start(models, ("b.epw", weather)))

    rows = page.watch([lambda: page.api.fail(first), lambda: page.api.succeed(second, FILES, METRICS)])[-1] or []

    assert [is_failed(row) for row in rows] == [True, False]
    assert rows[0]["raw_json"]["error"] == "Severe: no such schedule"
    assert "error" not in rows[1]["raw_json"]
    assert (rows[0]["total_energy_use"], rows[0]["total_area"], rows[0]["building"]) == (None, 0.0, "office_0")
    items = page.read(f"{page.simulation}/results/", [old_shapes.ITEM])
    assert items == [row["raw_json"] for row in rows]


def test_design_days_have_no_energy_and_no_end_uses(page: OldPage, models: list[Upload], weather: bytes) -> None:
    (run,) = page.api.runs(page.start(models[:1], ("b.epw", weather)))

    (row,) = page.watch([lambda: page.api.succeed(run, FILES, DESIGN_DAYS)])[-1] or []

    assert row["status"] == "success"
    assert {row[name] for name in ("total_energy_use", "heating_demand", "lighting_demand")} == {None}
    assert (row["energy_use"], row["energy_uses"]) == ({}, [])


def test_a_simulation_whose_runs_all_failed_has_no_rows_and_says_why(
    page: OldPage, models: list[Upload], weather: bytes
) -> None:
    first, second = page.api.runs(page.start(models, ("b.epw", weather)))
    page.watch([lambda: page.api.fail(first), lambda: page.api.fail(second)])

    assert "no such schedule" in page.status()["error_message"]
    assert page.reload() is None
    assert len(page.asked) <= MOST_AFTER_RELOAD
    waiting = page.read(f"{page.simulation}/parallel-results/", old_shapes.WAITING, status=202)
    assert waiting == {"status": "failed", "message": "Severe: no such schedule"}
    refused = page.read(f"{page.simulation}/results/", old_shapes.NOT_COMPLETED, status=400)
    assert refused["status"] == "failed"


def test_a_cancelled_simulation_is_failed_although_it_has_a_result(
    page: OldPage, models: list[Upload], weather: bytes
) -> None:
    first, _ = page.api.runs(page.start(models, ("b.epw", weather)))
    page.api.succeed(first, FILES, METRICS)
    page.api.post(f"/api/simulation/task/{page.simulation}/cancel/")

    said = page.status()

    assert (said["status"], said["error"], said["error_message"]) == ("failed", *2 * ["Task cancelled by user"])
    assert page.reload() is None
    assert len(page.asked) <= MOST_AFTER_RELOAD
    waiting = page.read(f"{page.simulation}/parallel-results/", old_shapes.WAITING, status=202)
    assert waiting == {"status": "failed", "message": "Task cancelled by user"}
    task = page.api.get(f"/api/simulation/task/{page.simulation}/status/").get_json()
    assert (task["state"], task["status"]) == ("REVOKED", "cancelled")


def test_a_reload_while_runs_go_on_resumes(page: OldPage, models: list[Upload], weather: bytes) -> None:
    first, _ = page.api.runs(page.start(models, ("b.epw", weather)))

    assert page.reload() is None
    waiting = page.read(f"{page.simulation}/parallel-results/", old_shapes.WAITING, status=202)
    assert waiting == {"status": "pending", "message": "Simulation is waiting to start"}
    refused = page.read(f"{page.simulation}/results/", old_shapes.NOT_COMPLETED, status=400)
    assert refused == {
        "error": "Simulation not yet completed",
        "status": "pending",
        "simulationId": page.simulation,
        "results": [],
    }
    page.api.succeed(first, FILES, METRICS)
    assert len(page.rows() or ()) == 1


def test_the_baseline_page_reads_models_runs_them_and_shows_the_result(page: OldPage, weather: bytes) -> None:
    office = doe_model("RefBldgSmallOffice")
    parsed = page.send("/api/parse/idf/", [("files", (office.name, office.read_bytes()))])
    assert parsed.status_code == 200
    assert differences(parsed.get_json(), old_shapes.PARSED) == []
    # As EnergyPlus reports them: 281.51 m2 of gross wall, 59.68 m2 of windows.
    areas = parsed.get_json()["element_quantities"]
    assert areas["window_area"] == pytest.approx(59.68, abs=0.005)
    assert areas["wall_area"] + areas["window_area"] == pytest.approx(281.51, abs=0.01)
    core = next(zone for zone in parsed.get_json()["zones"] if zone["name"] == "Core_ZN")
    assert core["properties"] == {"area": 149.657, "volume": 456.455, "ceilingHeight": 3.05}
    page.start([("office.idf", SMALL_OFFICE.read_bytes())], ("b.epw", weather))
    (run,) = page.api.runs(page.simulation)
    page.watch([lambda: page.api.succeed(run, FILES, METRICS)])

    (item,) = page.read(f"{page.simulation}/results/", [old_shapes.ITEM], plain=True)

    assert item["originalFileName"] == item["fileName"] == "office.idf"
    assert (item["totalEnergyUse"], item["energy_use"]["Heating"]["total"]) == (113.2, 5000.0)
    alias = page.send("/api/simulation/parse/idf/", [("files", (office.name, office.read_bytes()))])
    assert alias.get_json() == parsed.get_json()


def test_the_results_page_lists_runs_newest_simulation_first(
    page: OldPage, models: list[Upload], weather: bytes
) -> None:
    simulations = []
    for _ in range(2):
        first, second = page.api.runs(page.start(models, ("chicago.epw", weather)))
        page.api.succeed(first, FILES, METRICS)
        page.api.fail(second)
        simulations.append(page.simulation)
    page.start(models, ("waiting.epw", weather))
    owner = page.api.owner

    rows = page.read(f"results/?user_id={owner}", [old_shapes.LISTED], plain=True)

    assert [row["simulation_id"] for row in rows] == [simulations[1]] * 2 + [simulations[0]] * 2
    assert [row["status"] for row in rows] == ["success", "error"] * 2
    assert (rows[0]["total_energy_use"], rows[0]["gwp"], rows[0]["weather_file"]) == (113.2, 0.0, "chicago.epw")
    assert (rows[0]["user_id"], rows[0]["user_email"], rows[0]["simulation_name"]) == (owner, "", "office_0.idf")
    paged = f"results/?user_id={owner}&page=1&page_size=25&sort=created_at&dir=desc&q=&energy_min="
    assert page.read(paged, [old_shapes.LISTED], plain=True) == rows
    assert page.read(f"results/?user_id={owner}&limit=2&offset=1", [old_shapes.LISTED]) == rows[1:3]
    assert page.read("results/?scenario_id=23", [old_shapes.LISTED]) == []
    assert page.read("results/?user_id=nobody", [old_shapes.LISTED]) == []


def archive(page: OldPage) -> dict[str, bytes]:
    answer = page.get(f"{page.simulation}/download/", plain=True)
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    named = f'attachment; filename="simulation_{page.simulation}_results.zip"'
    assert answer.headers["Content-Disposition"] == named
    with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def test_the_download_has_the_files_of_each_run_in_a_folder(
    page: OldPage, models: list[Upload], weather: bytes
) -> None:
    first, second = page.api.runs(page.start(models, ("b.epw", weather)))
    page.api.succeed(first, FILES, METRICS)
    page.api.fail(second)

    found = archive(page)

    combined = json.loads(found.pop("combined_results.json"))
    assert differences(combined, [old_shapes.ITEM]) == []
    assert found == {
        "office_0/output.htm": FILES["eplustbl.htm"],
        "office_0/output.err": FILES["eplusout.err"],
        "office_0/input.idf": FILES["prepared.idf"],
        "office_0/changes.json": b"[]",
        "office_0/weather.epw": weather,
    }


def test_variants_have_folders_by_their_place(page: OldPage, models: list[Upload], weather: bytes) -> None:
    turned = {"name": "turned", "object": "Building", "field": "North Axis", "values": [0.0, 90.0]}
    made = page.api.submit(models, [("b.epw", weather)], spec={"parameters": [turned]})
    page.simulation = made.get_json()["id"]
    for run in page.api.runs(page.simulation):
        page.api.succeed(run, {"eplusout.err": b"fine"}, METRICS)

    rows = page.rows() or []

    assert [(row["variant_idx"], row["idf_idx"]) for row in rows] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    folders = {Path(name).parent.name for name in archive(page)} - {""}
    assert folders == {f"variant_{variant}_idf_{idf}" for variant in (1, 2) for idf in (1, 2)}


def test_a_model_called_base_shows_its_report(page: OldPage, models: list[Upload], weather: bytes) -> None:
    (run,) = page.api.runs(page.start([("base.idf", models[0][1])], ("b.epw", weather)))
    page.api.succeed(run, FILES, METRICS)

    answer = page.get(f"{page.simulation}/download/", plain=True)

    assert (answer.status_code, answer.mimetype, answer.data) == (200, "text/html", FILES["eplustbl.htm"])
    assert "sandbox" in answer.headers["Content-Security-Policy"]
