"""Checks the result of a scenario once everything has ended: rows against the engine's journal, files, processes."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select

from scheduler_service.orphans import OrphanSearch
from shared.db.database import DatabaseAway
from shared.db.tables import Artifact, Attempt, Event, Result, Run, RunFile, Simulation, SubmissionKey
from shared.enums import Outcome, Status
from shared.storage.base import hash_file
from tests.chaos.engine import NAME, PID_SPAN, EngineProcess
from tests.chaos.load import Load
from tests.chaos.real import by_hand, comparable
from tests.chaos.watch import Watch
from tests.chaos.world import World

CANCELLED = frozenset({Status.CANCELLED.value, Status.SUCCEEDED.value})
SUCCEEDED = frozenset({Status.SUCCEEDED.value})


@dataclass(frozen=True)
class Expected:
    """The allowed results of a scenario's runs.

    With `uncharged`, no run may be charged for an attempt that it could not end.
    """

    statuses: Collection[str] = SUCCEEDED
    uncharged: bool = False


@dataclass
class Evidence:
    """All data that the checks use, read once."""

    world: World
    since: int
    simulations: Sequence[Row[Any]]
    runs: Sequence[Row[Any]]
    attempts: dict[UUID, list[Row[Any]]]
    results: dict[UUID, Row[Any]]
    files: Sequence[Row[Any]]
    starts: Counter[tuple[str, int]] = field(default_factory=Counter)
    ends: dict[tuple[str, int], EngineProcess] = field(default_factory=dict)


def judge(world: World, load: Load, watch: Watch, expected: Expected, *, since: int) -> set[str]:
    """Returns every violation, each prefixed with its kind: lost, doubled, wrong, orphan, books."""
    watch.sample()
    seen = _collect(world, since)
    found = set(watch.violations)
    found |= set(_submissions(seen, load))
    for run in seen.runs:
        found |= set(_life(seen, run, expected))
    found |= set(_endings(world))
    found |= set(_left_behind(seen))
    return found


def forget(world: World) -> None:
    """Deletes the scenario's simulations, so that the next scenario begins with empty tables."""
    # Workers that are still busy after a broken-off scenario can make the deletion fail.
    while True:
        with suppress(DatabaseAway), world.database.transaction() as connection:
            connection.execute(delete(Simulation))
            return


def _collect(world: World, since: int) -> Evidence:
    with world.database.transaction() as connection:
        attempts = defaultdict(list)
        for attempt in connection.execute(select(Attempt.__table__).order_by(Attempt.number)):
            attempts[attempt.run_id].append(attempt)
        seen = Evidence(
            world,
            since,
            connection.execute(select(Simulation.__table__)).all(),
            connection.execute(select(Run.__table__)).all(),
            attempts,
            {row.run_id: row for row in connection.execute(select(Result.__table__))},
            connection.execute(select(RunFile.__table__)).all(),
        )
    seen.starts = Counter((e.run, e.attempt) for e in world.engine.executions("start", since))
    seen.ends = {(e.run, e.attempt): e for e in world.engine.executions("end", since)}
    return seen


def _submissions(seen: Evidence, load: Load) -> Iterator[str]:
    there = {str(row.id) for row in seen.simulations}
    answered = set(load.answered.values())
    yield from (f"lost: simulation {id_} was answered and is not there" for id_ in answered - there)
    yield from (f"doubled: simulation {id_} was made for a key that led to another" for id_ in there - answered)
    with seen.world.database.transaction() as connection:
        keys = Counter(connection.scalars(select(SubmissionKey.simulation_id)))
    yield from (f"doubled: simulation {id_} has {n} keys" for id_, n in keys.items() if n > 1)


def _life(seen: Evidence, run: Row[Any], expected: Expected) -> Iterator[str]:
    if run.status not in {s.value for s in Status if s.ended}:
        yield f"lost: run {run.id} is still {run.status}"
        return
    if run.status not in expected.statuses:
        yield f"wrong: run {run.id} is {run.status} ({run.error_code}: {run.error_message})"
    attempts = seen.attempts[run.id]
    if [a.number for a in attempts] != list(range(1, run.attempt + 1)) or any(a.ended_at is None for a in attempts):
        yield f"wrong: run {run.id} is at attempt {run.attempt} and has rows for {[a.number for a in attempts]}"
    tries = sum(a.outcome != Outcome.DRAINED.value for a in attempts if a.started_at >= run.queued_at)
    if run.charged != tries:
        yield f"wrong: run {run.id} is charged {run.charged} times for {tries} attempts"
    if expected.uncharged and run.charged > 1:
        yield f"wrong: run {run.id} was charged {run.charged} times for a fault outside its attempt"
    for (of, number), times in seen.starts.items():
        if of == str(run.id) and (times > 1 or number > run.attempt):
            yield f"doubled: attempt {number} of run {run.id} was executed {times} times"
    if run.status == Status.SUCCEEDED.value:
        yield from _result(seen, run)


def _result(seen: Evidence, run: Row[Any]) -> Iterator[str]:
    result = seen.results.get(run.id)
    if result is None:
        yield f"lost: run {run.id} succeeded without a result"
        return
    yield from _number(seen, run, result)
    yield from _files(seen, run)


def _number(seen: Evidence, run: Row[Any], result: Row[Any]) -> Iterator[str]:
    execution = seen.ends.get((str(run.id), run.attempt))
    if execution is not None:
        kept = round(result.metrics["site_energy_kwh"])
        # The values are 0, 1, 2, …, so the row of a run's variant is its number.
        if kept != run.variant * PID_SPAN + execution.pid:
            yield f"wrong: run {run.id} keeps {kept}, which its attempt {run.attempt} did not compute"
    elif (str(run.id), run.attempt) not in seen.starts:
        yield f"wrong: run {run.id} keeps a result of an attempt in which no engine was started"
    elif NAME in result.metrics["period"]["environments"]:
        yield f"wrong: run {run.id} keeps a result of an engine that had not ended"
    elif comparable(result.metrics) != by_hand(run.variant):
        yield f"wrong: run {run.id} keeps other metrics than a run by hand"


def _files(seen: Evidence, run: Row[Any]) -> Iterator[str]:
    files = [file for file in seen.files if file.run_id == run.id]
    if not {"eplusout.err", "eplustbl.htm"} <= {file.name for file in files}:
        yield f"lost: run {run.id} has only the files {[file.name for file in files]}"
    for file in files:
        if file.attempt != run.attempt:
            yield f"wrong: file {file.name} of run {run.id} is of attempt {file.attempt}"
        path = seen.world.storage_directory / file.key
        if not path.is_file() or hash_file(path)[0] != file.sha256:
            yield f"lost: file {file.key} is not there as it was stored"


def _endings(world: World) -> Iterator[str]:
    names = [f"simulation.{s.value}" for s in Status if s.ended]
    with world.database.transaction() as connection:
        rows = connection.execute(
            select(Simulation.id, Simulation.round, func.count(Event.id))
            .outerjoin(Event, (Event.simulation_id == Simulation.id) & Event.name.in_(names))
            .group_by(Simulation.id)
        )
        yield from (f"doubled: simulation {id_} ended {n} times in {r} rounds" for id_, r, n in rows if n != r)


def _left_behind(seen: Evidence) -> Iterator[str]:
    """Processes, scratch directories and stored files without a reference that the scheduler would not delete."""
    world = seen.world
    if left := world.engine_processes():
        yield f"orphan: processes {left}"
    OrphanSearch(world.database, world.storage, world.scratch_directory, timedelta(0)).run()
    yield from (f"orphan: scratch {path.name}" for path in world.scratch_directory.glob("run-*"))
    yield from (f"orphan: scratch {path.name}" for path in world.scratch_directory.glob("upload-*"))
    with world.database.transaction() as connection:
        known = {*connection.scalars(select(Artifact.key)), *(file.key for file in seen.files)}
    yield from (f"orphan: file {item.key}" for item in world.storage.walk("") if item.key not in known)
