"""One reading of what has changed, for several followers together, as encoded events: each is encoded once."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from api_service.http import links
from api_service.http.designs import Designs
from api_service.identity.scope import Scope
from api_service.identity.who import How, Identity
from api_service.live import queries
from api_service.live.batch import MOST_EVENTS, MOST_RUNS, Subject, encoded, refetch_runs
from api_service.live.follower import Channel
from api_service.live.queries import Window
from api_service.runs.queries import RunView, read_runs
from api_service.runs.schema import RunSchema
from api_service.simulations.queries import read_details
from api_service.simulations.schema import SimulationDetailSchema

#: Reads for all followers; their channels decide who gets what.
READER = Identity("live", "live", frozenset(Scope), How.OFF)


class Change(NamedTuple):
    """An encoded event."""

    subject: Subject
    body: bytes
    owner: str
    revision: int


@dataclass(slots=True)
class Touched:
    """A simulation of which something has changed, and how many of its runs have."""

    owner: str
    revision: int
    is_deleted: bool = False
    runs: int = 0


class UnfilledRun(NamedTuple):
    """A changed run that is not encoded yet, because its parameters may be in a file."""

    run: RunView
    owner: str
    revision: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The changes of a window. `current` has the simulations that were asked for, changed or not.

    With `is_flood`, more has changed than is read for those who follow everything; with `is_cut`, than is looked at.
    """

    changes: Sequence[Change]
    runs: Sequence[UnfilledRun]
    current: dict[UUID, bytes]
    is_flood: bool
    is_cut: bool

    def filled(self, designs: Designs) -> "Reading":
        """Returns the reading with its runs among the changes. Raises StorageError; no transaction may be open."""
        runs = designs.fill([changed.run for changed in self.runs])
        encoded_runs = [_change(run, *changed[1:]) for run, changed in zip(runs, self.runs, strict=True)]
        # Runs first: who reads that a simulation has ended has had its runs.
        return replace(self, changes=[*encoded_runs, *self.changes], runs=())

    def of(self, channel: Channel) -> Iterator[Change]:
        """Returns the changes that belong to a channel."""
        for change in self.changes:
            if change.subject.simulation_id is not None and channel.has(change.owner, change.subject.simulation_id):
                yield change


def read(connection: Connection, window: Window | None, channels: Collection[Channel], wanted: set[UUID]) -> Reading:
    """Reads the changes that one of `channels` has, and the simulations `wanted`: a fixed number of statements.

    Without a window there are no changes.
    """
    touched, is_cut = ({}, False) if window is None else _touched(connection, window)
    single = {channel.simulation_id for channel in channels if channel.simulation_id is not None}
    if is_cut:
        touched, wanted = {}, wanted | single
    owners = {channel.owner for channel in channels if channel.simulation_id is None}
    followed = {s: t for s, t in touched.items() if s in single or t.owner in owners or None in owners}
    is_flood = len(followed) > MOST_EVENTS
    if is_flood:
        followed = {s: t for s, t in followed.items() if s in single}
    ids = {*followed, *wanted}
    views = read_details(connection, ids, READER) if ids else []
    bodies = {view.id: encoded("simulation", SimulationDetailSchema().dump(view)) for view in views}
    few, many = _divided(followed)
    runs = [] if window is None else _of_runs(connection, window, few)
    changes = chain(_refetched(many), _of_simulations(followed, bodies))
    return Reading(list(changes), runs, {s: bodies[s] for s in wanted if s in bodies}, is_flood, is_cut)


def deleted(simulation_id: UUID) -> bytes:
    """Returns the event for a simulation that has been deleted."""
    return encoded("deleted", {"id": str(simulation_id), "href": links.simulation(simulation_id)})


def _touched(connection: Connection, window: Window) -> tuple[dict[UUID, Touched], bool]:
    simulations = queries.changed_simulations(connection, window)
    runs = queries.count_changed_runs(connection, window)
    touched = {row.id: Touched(row.owner, row.revision, row.is_deleted) for row in simulations}
    for row in runs:
        one = touched.setdefault(row.simulation_id, Touched(row.owner, row.revision))
        one.runs, one.revision = row.runs, max(one.revision, row.revision)
    return touched, max(len(simulations), len(runs)) > queries.MOST_SIMULATIONS


def _of_simulations(touched: dict[UUID, Touched], bodies: dict[UUID, bytes]) -> Iterator[Change]:
    for simulation_id, one in touched.items():
        if one.is_deleted or simulation_id in bodies:
            event = "deleted" if one.is_deleted else "simulation"
            body = deleted(simulation_id) if one.is_deleted else bodies[simulation_id]
            subject = Subject(event, str(simulation_id), simulation_id)
            yield Change(subject, body, one.owner, one.revision)


def _divided(touched: dict[UUID, Touched]) -> tuple[dict[UUID, Touched], dict[UUID, Touched]]:
    """Returns the simulations whose changed runs are sent, and those with more of them than that."""
    few, many, room = {}, {}, MOST_EVENTS
    for simulation_id, one in touched.items():
        if one.is_deleted or not one.runs:
            continue
        if one.runs <= min(MOST_RUNS, room):
            few[simulation_id] = one
            room -= one.runs
        else:
            many[simulation_id] = one
    return few, many


def _refetched(touched: dict[UUID, Touched]) -> Iterator[Change]:
    for simulation_id, one in touched.items():
        for subject, body in refetch_runs(simulation_id).items():
            yield Change(subject, body, one.owner, one.revision)


def _of_runs(connection: Connection, window: Window, touched: dict[UUID, Touched]) -> list[UnfilledRun]:
    if not touched:
        return []
    revisions = {row.id: row.revision for row in queries.changed_runs(connection, window, set(touched))}
    runs = read_runs(connection, list(revisions), READER)
    return [UnfilledRun(run, touched[run.simulation_id].owner, revisions[run.id]) for run in runs]


def _change(run: RunView, owner: str, revision: int) -> Change:
    body = encoded("run", RunSchema().dump(run))
    return Change(Subject("run", str(run.id), run.simulation_id), body, owner, revision)
