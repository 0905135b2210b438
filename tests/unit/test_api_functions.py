"""Functions of the API without a database: order of runs, progress, ranges, cursors, JSON, legacy statuses."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from api_service.files.download import Slice, Unsatisfiable, media_type, read_range
from api_service.http.cursor import decode, encode
from api_service.http.fields import is_number, is_plain
from api_service.http.problem import Fault, Problem, invalid
from api_service.legacy.translation import translate
from api_service.simulations.queries import SimulationView, percent
from api_service.submission.decode import NotJson, decode_json
from api_service.submission.expand import CheckedModel, count_variants, draw, expand
from api_service.submission.spec import InvalidSpec, read_spec
from shared.enums import Priority, Status
from shared.settings import Settings
from shared.spec import ParameterSpec, SamplingSpec
from shared.state.ledger import Counts

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
QUEUED = SimulationView(
    id=uuid4(),
    name="n",
    description="",
    owner="o",
    status=Status.QUEUED,
    priority=Priority.NORMAL,
    progress=0,
    counts=Counts(10, 10, 0, 0, 0, 0),
    round=1,
    engines=["25.2.0"],
    created_at=NOW,
    started_at=None,
    ended_at=None,
    cancel_requested_at=None,
    held_at=None,
    circuit_breaker=None,
    waits_for=None,
    dependency_error=None,
    spec={},
    limits={},
    correlation_id="c",
)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("junk", None),
        ("lines=0-3", None),
        ("bytes=0-1,4-5", None),
        ("bytes=0-0", Slice(0, 1)),
        ("bytes=10-", Slice(10, 100)),
        ("bytes=90-1000", Slice(90, 100)),
        ("bytes=-5", Slice(95, 100)),
        ("bytes=-500", Slice(0, 100)),
    ],
)
def test_a_range_is_resolved_to_a_part_of_the_file(header: str | None, expected: Slice | None) -> None:
    assert read_range(header, 100) == expected


@pytest.mark.parametrize(("header", "size"), [("bytes=100-", 100), ("bytes=0-", 0)])
def test_a_range_outside_the_file_cannot_be_satisfied(header: str, size: int) -> None:
    with pytest.raises(Unsatisfiable):
        read_range(header, size)


def test_files_with_an_unknown_suffix_are_sent_as_bytes() -> None:
    assert media_type("report.HTM").startswith("text/html")
    assert media_type("noname") == "application/octet-stream"


def test_a_hundred_runs_do_not_stay_at_zero_and_reach_a_hundred_only_when_all_have_ended() -> None:
    assert percent(100, 0, 99) == 0
    assert percent(100, 1, 0) == 1
    assert percent(100, 0, 250) == 2
    assert percent(3, 2, 99) == 99
    assert percent(3, 3, 0) == 100


def test_the_last_parameter_varies_fastest_and_weather_before_models() -> None:
    parameters = [ParameterSpec("a", "Lights", "x", (1, 2)), ParameterSpec("b", "Lights", "y", ("x", "y"))]
    grid = SamplingSpec("grid")

    variants = list(draw(parameters, grid))
    runs = list(expand([CheckedModel("m", "25.2.0"), CheckedModel("n", "25.1.0")], ["w"], len(variants)))

    assert len(variants) == count_variants(parameters, grid) == 4
    assert len(runs) == 8
    assert variants[:3] == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}]
    assert [run.variant for run in runs] == [0, 1, 2, 3, 0, 1, 2, 3]
    assert [(run.model, run.engine) for run in runs[3:5]] == [("m", "25.2.0"), ("n", "25.1.0")]


def test_without_parameters_there_is_one_variant() -> None:
    assert list(draw([], SamplingSpec())) == [{}]
    assert [run.variant for run in expand([CheckedModel("m", "25.2.0")], ["w"], None)] == [None]


def test_a_cursor_brings_back_its_key_to_the_microsecond() -> None:
    key = (NOW.replace(microsecond=123456), uuid4(), 7)

    assert decode(encode("runs", *key), "runs", datetime, UUID, int) == key


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "bnVsbA", encode("runs", 1), encode("other", NOW, uuid4()), "W" * 9000]
)
def test_a_cursor_of_something_else_is_refused(cursor: str) -> None:
    with pytest.raises(Problem, match="cursor"):
        decode(cursor, "simulations", datetime, UUID)


@pytest.mark.parametrize("text", ["", "{", "[NaN]", "-Infinity", "9" * 5000, "[" * 100_000, b"\xff\xfe\xfd"])
def test_invalid_json_is_refused_with_a_reason(text: str | bytes) -> None:
    with pytest.raises(NotJson, match="is "):
        decode_json(text)


@pytest.mark.parametrize(("value", "expected"), [(1, True), (2.5, True), (True, False), ("1", False), (10**400, False)])
def test_a_number_is_what_a_database_and_an_engine_can_take(value: object, expected: bool) -> None:
    assert is_number(value) is expected
    assert not is_number(float("inf"))


def test_plain_text_has_no_control_characters_and_no_surrogates() -> None:
    assert is_plain("Büro, 20 °C")
    assert not any(is_plain(text) for text in ("a\x00", "a\n", "\ud800"))
    assert is_plain("a\nb", multiline=True)


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ([], "spec"),
        ({"nmae": "x"}, "spec.nmae"),
        ({"annual": 1}, "spec.annual"),
        ({"max_attempts": 99}, "spec.max_attempts"),
        ({"limits": {"hard_seconds": 10**6}}, "spec.limits.hard_seconds"),
        ({"limits": {"soft_seconds": 60, "hard_seconds": 30}}, "spec.limits.soft_seconds"),
        ({"outputs": [{"variable": "A", "frequency": "hour"}]}, "spec.outputs[0].frequency"),
        ({"outputs": [{"variable": "A;Version,1"}]}, "spec.outputs[0].variable"),
        ({"parameters": [{"name": "a", "object": "Lights", "field": "F", "values": []}]}, "spec.parameters[0].values"),
        (
            {"parameters": [{"name": "a", "object": "Lights", "field": "F", "values": [1, "2;"]}]},
            "spec.parameters[0].values[1]",
        ),
    ],
)
def test_a_fault_in_the_spec_is_named_by_its_field(spec: Any, field: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        read_spec(spec, Settings())

    assert [fault.field for fault in refused.value.faults] == [field]


def test_a_lower_hard_limit_takes_the_soft_one_with_it() -> None:
    spec = read_spec({"limits": {"hard_seconds": 60}}, Settings())

    assert (spec.soft_limit_seconds, spec.hard_limit_seconds) == (60, 60)


def test_a_problem_names_a_few_faults_and_counts_the_rest() -> None:
    problem = invalid([Fault(f"models[{n}]", "is empty") for n in range(5)])

    assert problem.detail == "models[0]: is empty; models[1]: is empty; models[2]: is empty; and 2 more"
    assert len(problem.body()["errors"]) == 5


@pytest.mark.parametrize(
    ("simulation", "state", "status", "progress"),
    [
        (QUEUED, "PENDING", "pending", 0),
        (
            replace(QUEUED, status=Status.RUNNING, progress=23, counts=Counts(10, 7, 1, 2, 0, 0)),
            "PROGRESS",
            "running",
            23,
        ),
        (replace(QUEUED, status=Status.SUCCEEDED, progress=100), "SUCCESS", "completed", 100),
        (replace(QUEUED, status=Status.FAILED, progress=100), "FAILURE", "failed", 100),
        (replace(QUEUED, status=Status.CANCELLED, progress=40), "REVOKED", "cancelled", 40),
        # After a retry: some runs have a result, the others are queued for the new round.
        (replace(QUEUED, progress=20, counts=Counts(10, 8, 0, 2, 0, 0)), "PROGRESS", "running", 20),
    ],
)
def test_the_legacy_contract_has_a_state_for_every_status(
    simulation: SimulationView, state: str, status: str, progress: int
) -> None:
    legacy = translate(simulation)

    assert (legacy.state, legacy.status, legacy.progress) == (state, status, progress)
    assert legacy.ready == (state in ("SUCCESS", "FAILURE", "REVOKED"))


def test_progress_says_which_simulation_is_being_processed() -> None:
    running = replace(QUEUED, status=Status.RUNNING, counts=Counts(10, 7, 1, 2, 0, 0))

    assert translate(running).message == "Processing simulation 3 of 10..."
