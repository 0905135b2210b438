"""A run whose result is known gets it, with all that the run has which was executed."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from shared.db.tables import Fingerprint, Result, RunFile, RunMessage
from shared.energyplus.results.messages import MAX_MESSAGES, NOT_GENERATED
from shared.enums import Outcome
from shared.state.finish import fail_attempt, reap, stop
from shared.state.finished import AttemptKey, Finished, OutputFile, StoredMessage
from tests.integration.policies import LOST, POLICY
from tests.integration.reusing import PLAIN, Reusing, outcomes, the_books_agree
from tests.rows import FAILURE, SUCCESS, Rows

pytestmark = pytest.mark.integration

WHOLE = Finished(
    "success_with_severe_errors",
    {"site_energy_kwh": 2.5, "site_eui_kwh_per_m2": 0.5},
    None,
    [StoredMessage("severe", "odd", 2, {"class": "Zone", "name": "a", "line": 3})],
    [OutputFile("eplustbl.htm", "runs/x/1/eplustbl.htm", "c" * 64, 7)],
)


def original(reusing: Reusing, owner: str = "local") -> UUID:
    """A run that was executed."""
    (run,) = reusing.submit(owner=owner)
    reusing.rows.finish(reusing.start(run), WHOLE)
    return run


def contents(rows: Rows, run_id: UUID) -> list[list[object]]:
    """Metrics, messages and files of a run, without whose they are."""
    columns = (
        (Result.metrics,),
        (RunMessage.severity, RunMessage.text, RunMessage.count, RunMessage.object),
        (RunFile.name, RunFile.key, RunFile.sha256, RunFile.size),
    )
    with rows.database.transaction() as connection:
        return [
            [tuple(row) for row in connection.execute(select(*kind).where(kind[0].class_.run_id == run_id))]
            for kind in columns
        ]


def test_an_identical_run_is_linked_with_all_that_the_original_has(rows: Rows, reusing: Reusing) -> None:
    first = original(reusing)
    second, third = reusing.submit(2)

    assert reusing.settled(second) is Outcome.REUSED
    assert reusing.settled(third) is Outcome.REUSED

    run = rows.run(second)
    assert (run.status, run.verdict, run.progress, run.reused_from) == (
        *("succeeded", "success_with_severe_errors", 100),
        first,
    )
    # The newest twin was linked itself: there is no chain.
    assert rows.run(third).reused_from == first
    assert rows.run(first).reused_from is None
    assert contents(rows, second) == contents(rows, third) == contents(rows, first)
    assert contents(rows, first)[2]
    assert outcomes(rows, second) == ["reused"]
    simulation = rows.simulation(run.simulation_id)
    assert (simulation.status, simulation.succeeded) == ("succeeded", 2)
    assert rows.events(run.simulation_id, "run.succeeded") == 2
    with rows.database.transaction() as connection:
        sorted_by = text("SELECT site_eui_kwh_per_m2 FROM ended_runs WHERE run_id = :run")
        assert connection.scalar(sorted_by, {"run": second}) == 0.5
    the_books_agree(rows)


@pytest.mark.parametrize("other", [replace(PLAIN, physics="other"), replace(PLAIN, maker="other")])
def test_a_run_with_another_fingerprint_is_executed(reusing: Reusing, other: object) -> None:
    original(reusing)

    assert reusing.settled(reusing.submit()[0], other) is None  # type: ignore[arg-type]


def test_nothing_is_linked_across_owners(rows: Rows, reusing: Reusing) -> None:
    original(reusing, owner="one")
    running, waiting = reusing.submit(2, owner="another")

    assert reusing.settled(running) is None
    assert reusing.settled(reusing.submit(owner="third")[0]) is None
    assert reusing.settled(waiting) is Outcome.TWIN


def test_without_reuse_a_run_is_executed_and_serves_others(rows: Rows, reusing: Reusing) -> None:
    original(reusing)
    (again,) = reusing.submit()
    key = rows.start(again)

    assert reusing.settle(key, reuse=False) is None
    rows.finish(key)

    assert rows.run(again).reused_from is None
    (linked,) = reusing.submit()
    assert reusing.settled(linked) is Outcome.REUSED
    assert rows.run(linked).reused_from == again


def test_a_result_with_more_series_answers_a_run_that_asks_for_fewer(rows: Rows, reusing: Reusing) -> None:
    asked = [replace(PLAIN, outputs=frozenset(names)) for names in (("a", "b"), ("a",), (), ("a", "c"))]
    (first,) = reusing.submit()
    rows.finish(reusing.start(first, asked[0]))
    others = reusing.submit(4)

    settled = [reusing.settled(run, wanted) for run, wanted in zip(others, asked, strict=True)]

    assert settled == [Outcome.REUSED, Outcome.REUSED, Outcome.REUSED, None]
    with rows.database.transaction() as connection:
        # A linked run has all series of its original, and answers for all of them.
        outputs = connection.scalars(select(Fingerprint.outputs).where(Fingerprint.run_id == others[2])).one()
    assert outputs == ["a", "b"]


@pytest.mark.parametrize(
    "about_series",
    [
        [StoredMessage("warning", f"{NOT_GENERATED}\nKey=*, VarName=NO SUCH, Frequency=Hourly", 1)],
        [StoredMessage("warning", "EPSM: eplusout.sql is too large", 1)],
        [StoredMessage("warning", f"{n}", 1) for n in range(MAX_MESSAGES)],
    ],
    ids=["not generated", "too large", "left out"],
)
def test_a_result_that_depends_on_its_series_answers_only_for_the_same(
    rows: Rows, reusing: Reusing, about_series: list[StoredMessage]
) -> None:
    asked = [replace(PLAIN, outputs=frozenset(names)) for names in (("a", "b"), ("a",), ("a", "b"))]
    first, fewer, same = reusing.submit(3)
    rows.finish(reusing.start(first, asked[0]), replace(WHOLE, messages=about_series))

    assert [reusing.settled(fewer, asked[1]), reusing.settled(same, asked[2])] == [None, Outcome.REUSED]


@pytest.mark.parametrize("end", ["failed", "cancelled", "lost"])
def test_a_run_without_a_result_answers_none(rows: Rows, reusing: Reusing, end: str) -> None:
    first, second = reusing.submit(2)
    key = reusing.start(first)
    if end == "failed":
        rows.finish(key, FAILURE)
    else:
        with rows.database.transaction() as connection:
            stop(connection, key) if end == "cancelled" else fail_attempt(connection, key, LOST, POLICY)
    with rows.database.transaction() as connection:
        assert connection.scalar(select(func.count()).select_from(Fingerprint)) == 0

    assert reusing.settled(second) is None


def test_a_run_is_not_linked_when_it_was_cancelled_or_lost_meanwhile(rows: Rows, reusing: Reusing) -> None:
    original(reusing)
    one, two = reusing.submit(2)
    cancelled_one, lost = rows.start(one), rows.start(two)
    reusing.cancel(one)
    rows.expire(two)
    with rows.database.transaction() as connection:
        reap(connection, lost, POLICY)

    assert reusing.settle(cancelled_one) is Outcome.CANCELLED
    assert reusing.settle(lost) is Outcome.LOST

    assert rows.run(one).status == "cancelled"
    assert contents(rows, two) == [[], [], []]


def test_a_deleted_result_is_not_linked(rows: Rows, reusing: Reusing) -> None:
    first = original(reusing)
    with rows.database.transaction() as connection:
        mark = text("UPDATE simulations SET deleted_at = now() WHERE id = :id")
        connection.execute(mark, {"id": rows.run(first).simulation_id})

    assert reusing.settled(reusing.submit()[0]) is None
    assert rows.finish(AttemptKey(rows.run(first).simulation_id, first, 1), SUCCESS) is None
