"""What is looked up before a submission: the catalogue of metrics."""

from shared.energyplus.catalogue import CATALOGUE
from tests.integration.api.conftest import Client


def test_the_catalogue_has_every_metric_of_a_run_with_its_definition(api: Client, model: bytes, weather: bytes) -> None:
    simulation = api.submit([("a.idf", model)], [("b.epw", weather)]).get_json()
    api.succeed(api.runs(simulation["id"])[0])

    items = api.get("/api/v1/metrics").get_json()["items"]

    assert [item["name"] for item in items] == [metric.name for metric in CATALOGUE]
    assert {item["name"] for item in items} <= api.runs(simulation["id"])[0]["metrics"].keys()
    assert all(item["text"] and item["source"] and item["group"] for item in items)
    by_name = {item["name"]: item for item in items}
    assert by_name["site_eui_kwh_per_m2"]["unit"] == "kWh/m2"
    assert by_name["period"]["unit"] is None
    assert by_name["natural_gas_kwh"]["source"] == "meter NaturalGas:Facility"
    assert by_name["heating_kwh"]["source"] == "sum of the meters of the end use heating, over all fuels"
    assert by_name["conditioned_area_m2"]["source"] == (
        "report AnnualBuildingUtilityPerformanceSummary, table 'Building Area', row 'Net Conditioned Building Area', "
        "column 'Area'"
    )
    assert by_name["unmet_heating_hours"]["source"].startswith("sum of the output variable 'Facility Heating")


def test_the_catalogue_is_for_every_reader_and_nobody_else(closed: Client) -> None:
    assert closed.client.get("/api/v1/metrics").status_code == 401
    assert closed.calling_as("anna", "read").get("/api/v1/metrics").status_code == 200
