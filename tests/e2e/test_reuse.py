"""The same submission again starts no EnergyPlus: its runs have the results of the first one, with all their files."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from shared.enums import Outcome
from tests.e2e.conftest import CHICAGO, OFFICE, SIZING, System
from tests.support.browser import opened

NORTH = {"name": "north", "object": "Building", "field": "North Axis", "range": [0, 80]}
#: No other test asks for this.
OUTPUTS = [{"variable": "Site Outdoor Air Drybulb Temperature", "frequency": "Daily"}]


def study(count: int, **changes: Any) -> dict[str, Any]:
    sampling = {"method": "sobol", "count": count, "seed": 7}
    return {**SIZING, "outputs": OUTPUTS, "parameters": [NORTH], "sampling": sampling, "reuse": True, **changes}


def executed(system: System, spec: dict[str, Any], **submission: Any) -> tuple[list[dict[str, Any]], int]:
    """The runs of a new simulation, once they have succeeded, and how often EnergyPlus was started for them."""
    before = system.journal.starts()
    simulation = system.submit(spec, **submission)
    ended = system.ended(simulation)
    assert ended["counts"]["succeeded"] == ended["counts"]["total"]
    return system.runs(simulation), system.journal.starts() - before


def known(system: System, spec: dict[str, Any]) -> int:
    answer = system.call(
        "POST",
        "/api/v1/simulations?dry_run=true",
        files=[("models", ("other.idf", OFFICE.read_bytes())), ("weather", ("other.epw", CHICAGO.read_bytes()))],
        data={"spec": json.dumps(spec)},
    )
    assert answer.status_code == 200, answer.text
    return int(answer.json()["known"])


def files(system: System, run: dict[str, Any]) -> dict[str, bytes]:
    return {file["name"]: system.call("GET", file["href"]).content for file in run["files"]}


@pytest.fixture(scope="module")
def first(whole_stack: System) -> list[dict[str, Any]]:
    runs, starts = executed(whole_stack, study(2))
    assert starts == 2
    return runs


def test_the_same_again_is_linked_whatever_things_are_called(system: System, first: list[dict[str, Any]]) -> None:
    renamed = study(2, parameters=[{**NORTH, "name": "turned"}], name="again")
    assert known(system, renamed) == 2

    runs, starts = executed(system, renamed, names=["renamed.idf"])

    assert starts == 0
    for run, original in zip(runs, first, strict=True):
        assert (run["reused_from"], run["is_reused"]) == (original["id"], True)
        assert (original["reused_from"], original["is_reused"]) == (None, False)
        assert run["metrics"] == original["metrics"]
        assert run["messages"] == original["messages"]
        assert files(system, run) == files(system, original)
        assert {"eplusout.sql", "eplustbl.htm", "prepared.idf"} <= files(system, run).keys()
        (attempt,) = system.get(run["links"]["attempts"])["items"]
        assert attempt["outcome"] == Outcome.REUSED
        assert set(attempt["phases"]) <= {"claim", "settle"}


def test_a_larger_design_executes_only_what_is_new(system: System, first: list[dict[str, Any]]) -> None:
    assert known(system, study(4)) == 2

    runs, starts = executed(system, study(4))

    assert starts == 2
    assert [run["reused_from"] for run in runs] == [*(run["id"] for run in first), None, None]


@pytest.mark.usefixtures("first")
def test_another_range_is_executed(system: System) -> None:
    other = study(2, parameters=[{**NORTH, "range": [0, 81]}])
    assert known(system, other) == 0

    runs, starts = executed(system, other)

    assert starts == 2
    assert not any(run["is_reused"] for run in runs)


@pytest.mark.usefixtures("first")
def test_fewer_series_are_answered_by_more_but_not_the_models_own(system: System) -> None:
    assert known(system, study(2, outputs=[])) == 2
    assert known(system, study(2, outputs=None)) == 0
    assert known(system, study(2, annual=None)) == 0

    assert executed(system, study(2, outputs=[]))[1] == 0


@pytest.mark.usefixtures("first")
def test_without_reuse_runs_are_executed_again(system: System) -> None:
    again = study(1, reuse=False)
    assert known(system, again) == 0

    runs, starts = executed(system, again)

    assert (starts, [run["is_reused"] for run in runs]) == (1, [False])


def test_identical_runs_of_one_submission_are_executed_once(system: System) -> None:
    north = {**{key: NORTH[key] for key in ("name", "object", "field")}, "values": [1.5] * 4}
    spec = {**SIZING, "outputs": OUTPUTS, "reuse": True, "parameters": [north]}

    runs, starts = executed(system, spec)

    assert starts == 1
    (original,) = (run["id"] for run in runs if not run["is_reused"])
    assert {run["reused_from"] for run in runs} == {None, original}


def test_a_linked_run_is_shown_and_answers_after_the_run_that_was_executed_is_deleted(
    system: System, browser: Browser
) -> None:
    spec = {**SIZING, "outputs": OUTPUTS, "reuse": True, "parameters": []}
    (original,), starts = executed(system, spec)
    (run,), again = executed(system, spec)
    assert (starts, again) == (1, 0)

    with opened(browser, system.stack.url) as tab:
        tab.page.goto(f"/runs/{run['id']}")
        facts, name = tab.page.locator("#facts"), original["id"][:8]
        expect(facts.get_by_role("link", name=name)).to_be_visible()
        deleted = system.call("DELETE", f"/api/v1/simulations/{original['simulation_id']}")
        assert deleted.status_code == 204
        tab.page.reload()
        expect(facts).to_contain_text(f"{name}, deleted since")
        expect(facts.get_by_role("link", name=name)).to_have_count(0)
    assert system.get(f"/api/v1/runs/{run['id']}")["reused_from"] == original["id"]
    (third,), starts = executed(system, spec)
    assert (starts, third["reused_from"]) == (0, original["id"])
    assert files(system, third) == files(system, run)
