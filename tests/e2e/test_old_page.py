"""The old page against a whole stack with the real EnergyPlus: run, poll, results, archive."""

import io
import zipfile

from tests import old_shapes
from tests.e2e.conftest import CHICAGO, OFFICE, System
from tests.old_shapes import differences


def read(system: System, path: str, shape: old_shapes.Shape) -> object:
    answer = system.call("GET", f"/api/simulation/{path}", headers={"Authorization": "Bearer django_session"})
    assert answer.status_code == 200, answer.text
    assert differences(answer.json(), shape) == []
    return answer.json()


def test_a_run_is_shown_with_what_energyplus_computed(system: System) -> None:
    resources = read(system, "system-resources/", old_shapes.RESOURCES)
    assert isinstance(resources, dict)
    assert resources["energyplus"]["exists"]
    assert resources["energyplus"]["version"] == "25.2.0"
    broken = OFFICE.read_bytes().replace(b"Building,", b"Nonsense,Building,", 1)
    weather = ("weather_file", (CHICAGO.name, CHICAGO.read_bytes()))
    model = ("idf_files", ("office.idf", OFFICE.read_bytes()))
    refused = system.call("POST", "/api/simulation/run/", files=[("idf_files", ("a.idf", broken)), weather])
    assert refused.status_code == 400
    assert "Nonsense" in refused.json()["error"]
    answer = system.call(
        "POST", "/api/simulation/run/", files=[model, weather], data={"parallel": "true", "batch_mode": "true"}
    )
    assert answer.status_code == 200, answer.text
    simulation = answer.json()["simulation_id"]

    def ended() -> bool:
        status = read(system, f"{simulation}/status/", old_shapes.STATUS)
        assert isinstance(status, dict)
        return status["status"] in ("completed", "failed")

    system.until(ended, "the old page sees the end")

    rows = read(system, f"{simulation}/parallel-results/", [old_shapes.ROW])
    assert isinstance(rows, list)
    (row,) = rows
    (run,) = system.runs({"id": simulation})
    metrics = system.get(f"/api/v1/runs/{run['id']}")["metrics"]
    assert (row["status"], row["building"]) == ("success", "Small Office")
    assert row["total_energy_use"] == round(metrics["site_eui_kwh_per_m2"], 1) > 0
    assert row["energy_use"]["Heating"]["total"] == round(metrics["heating_kwh"], 1)
    assert sum(use["total"] for use in row["energy_uses"]) - metrics["site_energy_kwh"] < 1.0
    # Five zones of 3 m height and 300 m2.
    assert len(row["zones"]) == 5
    assert sum(zone["area"] for zone in row["zones"]) == metrics["total_area_m2"]
    assert "EnergyPlus" in row["output_err"]
    assert read(system, f"{simulation}/results/", [old_shapes.ITEM]) == [row["raw_json"]]
    listed = read(system, "results/?limit=1", [old_shapes.LISTED])
    assert isinstance(listed, list)
    assert listed[0]["simulation_id"] == simulation

    sent = system.call("GET", f"/api/simulation/{simulation}/download/")

    with zipfile.ZipFile(io.BytesIO(sent.content)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        assert archive.read("office/weather.epw") == CHICAGO.read_bytes()
    inside = {f"office/{name}" for name in ("output.htm", "output.err", "input.idf", "weather.epw", "changes.json")}
    assert names == inside | {"combined_results.json"}
