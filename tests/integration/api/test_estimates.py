"""Estimates of a dry run: from the features of models never seen, from earlier runs, never from another owner's."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import select, text

from scheduler_service.time_fit import TimeFitting
from shared.db.tables import TimeFit
from shared.energyplus.inspection import InspectRequest as Request
from shared.energyplus.inspection import ModelQuestions, PreviewOptions, UploadedFile, inspect
from shared.energyplus.preparation.features import ModelFeatures
from shared.estimates.shipped import SHIPPED
from shared.state.finished import Finished, MeasuredModel
from tests.integration.api.conftest import Client
from tests.integration.api.test_dry_run import try_out
from tests.models import SMALL_OFFICE

THREE = '{"parameters": [{"name": "turn", "object": "Building", "field": "North Axis", "values": [0, 30, 60]}]}'


@pytest.fixture(scope="module")
def office() -> ModelFeatures:
    """The features of the small office as it is."""
    file = UploadedFile("model", SMALL_OFFICE, SMALL_OFFICE.name)
    read = inspect(file, Request((file,), ("25.2.0",), questions=ModelQuestions(PreviewOptions(None))))
    assert read.preview is not None
    return read.preview.features


def take(api: Client, model: bytes, weather: bytes, seconds: Sequence[float], features: ModelFeatures) -> None:
    """Executes runs of a model that took these seconds."""
    spec = {"parameters": [{"name": "turn", "object": "Building", "field": "North Axis", "values": [*seconds]}]}
    simulation = api.submit([("a.idf", model)], [("c.epw", weather)], spec=spec).get_json()
    measured = MeasuredModel(hashlib.sha256(model).hexdigest(), asdict(features))
    for run, took in zip(api.runs(simulation["id"]), seconds, strict=True):
        api.end(run, Finished("success", {}, None, model=measured))
        with api.database.transaction() as connection:
            connection.execute(
                text("UPDATE attempts SET started_at = ended_at - make_interval(secs => :took) WHERE run_id = :run"),
                {"took": took, "run": run["id"]},
            )


def estimated(api: Client, model: bytes, weather: bytes, spec: str = "{}") -> dict[str, Any]:
    found: dict[str, Any] = try_out(api, [("a.idf", model)], [("c.epw", weather)], spec).get_json()["estimate"]
    return found


def test_a_model_never_seen_is_estimated_by_its_features(
    api: Client, model: bytes, weather: bytes, office: ModelFeatures
) -> None:
    said = estimated(api, model, weather, THREE)

    expected = SHIPPED.duration(office)
    assert said["basis"] == "model_features"
    assert said["run_seconds"]["p50"] == pytest.approx(2.718281828**expected.log_median, rel=1e-3)
    assert said["run_seconds"]["p90"] > 1.2 * said["run_seconds"]["p50"]
    # Three runs on two slots are two rounds.
    assert said["total_seconds"]["p50"] == pytest.approx(2 * expected.mean, rel=1e-3)
    assert said["error_percent"] == SHIPPED.error_percent


def test_a_longer_period_and_more_outputs_take_longer(api: Client, model: bytes, weather: bytes) -> None:
    def p50(spec: str) -> float:
        return float(estimated(api, model, weather, spec)["run_seconds"]["p50"])

    sizing, year = p50('{"annual": false, "outputs": []}'), p50('{"annual": true, "outputs": []}')
    series = p50(
        '{"annual": true, "outputs": [{"variable": "Surface Inside Face Temperature", "frequency": "Hourly"}]}'
    )

    assert sizing < year < series
    assert p50('{"annual": true, "profile": "summary"}') == year
    assert p50('{"annual": true, "profile": "hourly"}') > year


def test_runs_of_the_same_model_count_more_than_its_features(
    api: Client, model: bytes, weather: bytes, office: ModelFeatures
) -> None:
    unknown = estimated(api, model, weather)
    take(api, model, weather, [300.0, 310.0, 290.0], office)

    said, of_year = estimated(api, model, weather), estimated(api, model, weather, '{"annual": false}')

    assert (said["basis"], of_year["basis"]) == ("history", "model_features")
    assert said["run_seconds"]["p50"] == pytest.approx(300, rel=0.1)
    assert said["error_percent"] < unknown["error_percent"] == of_year["error_percent"]


def test_what_another_owner_has_simulated_does_not_show(
    closed: Client, model: bytes, weather: bytes, office: ModelFeatures
) -> None:
    anna, bert = closed.calling_as("anna"), closed.calling_as("bert")
    unknown = estimated(bert, model, weather)

    take(anna, model, weather, [300.0] * 3, office)

    assert estimated(anna, model, weather)["basis"] == "history"
    assert estimated(bert, model, weather) == unknown


def test_the_fit_learns_how_fast_the_machines_are(
    api: Client, model: bytes, weather: bytes, office: ModelFeatures
) -> None:
    slow = 4 * SHIPPED.duration(office).mean
    for turn in range(3):
        take(api, model + b"! %d\n" % turn, weather, [slow, 1.01 * slow], office)

    TimeFitting(api.database).run()
    TimeFitting(api.database).run()

    with api.database.transaction() as connection:
        (fit,) = connection.scalars(select(TimeFit.fit))
    assert (fit["models"], fit["runs"]) == (3, 6)
    said = estimated(api, model + b"! another\n", weather)
    assert said["basis"] == "model_features"
    assert said["run_seconds"]["p50"] > 0.6 * slow


def test_a_fit_and_features_of_another_version_are_passed_over(
    api: Client, model: bytes, weather: bytes, office: ModelFeatures
) -> None:
    take(api, model, weather, [300.0], office)
    unknown = estimated(api, model + b"!\n", weather)
    with api.database.transaction() as connection:
        connection.execute(text("""INSERT INTO time_fits (fit) VALUES ('{"coefficients": {"moons": 1}}')"""))
        connection.execute(text("UPDATE attempts SET features = '{\"moons\": 1}'"))

    assert estimated(api, model, weather) == unknown
    TimeFitting(api.database).run()
    with api.database.transaction() as connection:
        assert connection.scalar(select(TimeFit.fit["models"].as_integer())) == 0


def test_without_a_worker_the_time_of_a_run_is_estimated_and_the_total_is_not(
    api: Client, model: bytes, weather: bytes
) -> None:
    with api.database.transaction() as connection:
        connection.execute(text("UPDATE workers SET status = 'stopped'"))

    said = estimated(api, model, weather)

    assert said["run_seconds"]["p50"] > 0
    assert said["total_seconds"] is None


def test_models_with_errors_have_no_estimate(api: Client, model: bytes, weather: bytes) -> None:
    said = try_out(api, [("a.idf", model), ("old.idf", b"Version,9.4;\n")], [("c.epw", weather)]).get_json()

    assert said["estimate"] is None
