"""Sorted and searched lists of runs: each page looks at a bounded number of runs.

A list has two parts. First come the runs that have a value of the sort key, in the order of an index of `ended_runs`;
running ones, of which there are no more than the fleet has slots, join them when the key is the start. Then come the
others in the order of creation. A page looks at the next runs of its part, leaves out those that the filter does not
want, and returns a cursor to where it has stopped looking.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, lateral, or_, select, true, tuple_

from api_service.http.cursor import Page, decode, encode
from api_service.http.paging import MOST_LOOKED_AT
from api_service.http.problem import Problem
from api_service.identity.visible import sees_simulation, visible, visible_one
from api_service.identity.who import Identity
from api_service.runs.filter import RunFilter
from api_service.runs.queries import RunView, list_running, list_runs, read_runs
from shared.db.tables import EndedRun, Run, Simulation
from shared.enums import Status

#: Columns of `ended_runs` by sort key, and the type of their values.
COLUMNS: dict[str, tuple[str, type]] = {
    "started": ("started_at", datetime),
    "ended": ("ended_at", datetime),
    "seconds": ("seconds", float),
    "site_eui_kwh_per_m2": ("site_eui_kwh_per_m2", float),
}
NEWEST_FIRST = "-created"


@dataclass(frozen=True, slots=True)
class _Looked:
    """Runs in order, each with its key; `is_all` when no more follow."""

    keys: Sequence[tuple[Any, ...]]
    is_all: bool


@dataclass(frozen=True, slots=True)
class _List:
    """One list: what is wanted by whom, in which order."""

    connection: Connection
    identity: Identity
    wanted: RunFilter
    name: str
    descending: bool

    @property
    def kind(self) -> str:
        return f"runs{'-' if self.descending else '+'}{self.name}"

    def look_at_values(self, after: tuple[Any, ...] | None, most: int) -> _Looked:
        """Returns the runs that have a value, as (value, id)."""
        column = COLUMNS[self.name][0]
        key = getattr(EndedRun, column)
        rows = self._ordered(key, EndedRun.run_id, self._scope(), after, most)
        if self.name == "started":
            running = [Run.status == Status.RUNNING.value, *self._running_scope()]
            rows = sorted(
                [*rows, *self._ordered(Run.started_at, Run.id, running, after, most)], reverse=self.descending
            )
        return _Looked(rows[:most], len(rows) < most)

    def look_at_others(self, after: tuple[Any, ...] | None, most: int) -> _Looked:
        """Returns all runs by creation, as (time of creation, simulation, index, id)."""
        order = (Simulation.created_at, Simulation.id)
        falling = self.descending or self.name != "created"
        alone = self.wanted.simulation_id is not None
        there = visible_one(self.identity) if alone else visible(self.identity)
        here = select(*order).where(there, *self.wanted.of_simulation())
        runs = select(Run.index, Run.id.label("run_id"))
        if after is not None:
            position = tuple_(*order)
            here = here.where(position <= after[:2] if falling else position >= after[:2])
            runs = runs.where(or_(Run.simulation_id != after[1], Run.index > after[2]))
        sorting = [column.desc() if falling else column for column in order]
        ordered = here.order_by(*sorting).limit(most + 1).subquery("ordered")
        own = lateral(runs.where(Run.simulation_id == ordered.c.id).order_by(Run.index).limit(most)).alias("own")
        columns = (ordered.c.created_at, ordered.c.id)
        rows = self.connection.execute(
            select(*columns, own.c.index, own.c.run_id)
            .select_from(ordered)
            .join(own, true())
            .order_by(*(column.desc() if falling else column for column in columns), own.c.index)
            .limit(most)
        ).all()
        return _Looked([tuple(row) for row in rows], len(rows) < most)

    def wanted_among(self, ids: Sequence[UUID], *, valueless: bool) -> set[UUID]:
        """Returns those of `ids` that the filter wants; `valueless` leaves out those that the first part has."""
        conditions = [*self.wanted.of_run(), *self.wanted.of_simulation(), visible_one(self.identity)]
        if self.name in COLUMNS:
            conditions.append(self._valueless() if valueless else ~self._valueless())
        found = select(Run.id).join(Simulation, Simulation.id == Run.simulation_id).where(Run.id.in_(ids), *conditions)
        return set(self.connection.scalars(found))

    def _valueless(self) -> ColumnElement[bool]:
        key = getattr(EndedRun, COLUMNS[self.name][0])
        has_key = exists().where(EndedRun.run_id == Run.id, key.is_not(None)) & Run.ended_at.is_not(None)
        return ~or_(has_key, Run.status == Status.RUNNING.value) if self.name == "started" else ~has_key

    def _ordered(
        self, key: Any, number: Any, conditions: list[ColumnElement[bool]], after: tuple[Any, ...] | None, most: int
    ) -> list[tuple[Any, ...]]:
        statement = select(key, number).where(key.is_not(None), *conditions)
        if after is not None:
            position = tuple_(key, number)
            statement = statement.where(position < after if self.descending else position > after)
        for compare, moment in self._bounds():
            statement = statement.where(compare(key, moment))
        order = (key.desc(), number.desc()) if self.descending else (key, number)
        return [tuple(row) for row in self.connection.execute(statement.order_by(*order).limit(most))]

    def _bounds(self) -> Sequence[Any]:
        return self.wanted.bounds(f"{self.name}_at") if self.name in ("started", "ended") else ()

    @property
    def has_others(self) -> bool:
        """Whether runs without a value may be wanted."""
        return not self._bounds()

    def _scope(self) -> list[ColumnElement[bool]]:
        if self.wanted.simulation_id is not None:
            return [EndedRun.simulation_id == self.wanted.simulation_id]
        owner = self.wanted.owner if self.identity.is_admin else self.identity.owner
        return [] if owner is None else [EndedRun.owner == owner]

    def _running_scope(self) -> list[ColumnElement[bool]]:
        if self.wanted.simulation_id is not None:
            return [Run.simulation_id == self.wanted.simulation_id]
        whose = select(Simulation.owner).where(Simulation.id == Run.simulation_id).scalar_subquery()
        owner = self.wanted.owner if self.identity.is_admin else self.identity.owner
        return [] if owner is None else [whose == owner]


def find_runs(connection: Connection, query: Mapping[str, Any], identity: Identity) -> Page[RunView]:
    """Returns one page of the runs that a query asks for. Raises Problem for an invalid cursor."""
    asked = dict(query)
    limit, cursor, sort = asked.pop("limit"), asked.pop("cursor"), asked.pop("sort")
    wanted = RunFilter(**asked)
    if sort in (None, NEWEST_FIRST):
        if wanted.simulation_id is None and wanted.status == Status.RUNNING:
            return list_running(connection, wanted, identity, limit=limit, cursor=cursor)
        if not wanted.searches:
            return list_runs(connection, wanted, identity, limit=limit, cursor=cursor)
    order = sort or NEWEST_FIRST
    if not _may_be_seen(connection, wanted, identity):
        return Page([], None)
    listed = _List(connection, identity, wanted, order.removeprefix("-"), order.startswith("-"))
    valueless, after = _read_cursor(listed, cursor)
    ids: list[UUID] = []
    while True:
        look = listed.look_at_others if valueless else listed.look_at_values
        looked = look(after, MOST_LOOKED_AT if wanted != _of_scope(wanted) or valueless else limit + 1)
        found = listed.wanted_among([key[-1] for key in looked.keys], valueless=valueless)
        passed = [key for key in looked.keys if key[-1] in found]
        room = limit - len(ids)
        ids += [key[-1] for key in passed[:room]]
        if len(passed) > room:
            return _page(listed, ids, valueless, passed[room - 1])
        if not looked.is_all:
            return _page(listed, ids, valueless, looked.keys[-1])
        if valueless or not listed.has_others:
            return Page(read_runs(connection, ids, identity), None)
        if len(ids) == limit:
            return _page(listed, ids, True, None)
        valueless, after = True, None


def _may_be_seen(connection: Connection, wanted: RunFilter, identity: Identity) -> bool:
    # Otherwise the number of pages would tell how many runs another owner has.
    if wanted.simulation_id is not None and not sees_simulation(connection, wanted.simulation_id, identity):
        return False
    return identity.is_admin or wanted.owner in (None, identity.owner)


def _of_scope(wanted: RunFilter) -> RunFilter:
    return RunFilter(simulation_id=wanted.simulation_id, owner=wanted.owner)


def _page(listed: _List, ids: Sequence[UUID], valueless: bool, last: tuple[Any, ...] | None) -> Page[RunView]:
    kind = f"{listed.kind}:others" if valueless else listed.kind
    key = () if last is None else last[:3] if valueless else last
    return Page(read_runs(listed.connection, ids, listed.identity), encode(kind, *key))


def _read_cursor(listed: _List, cursor: str | None) -> tuple[bool, tuple[Any, ...] | None]:
    """Returns the part of the list that a cursor is in, and the key after which to look."""
    has_values = listed.name in COLUMNS
    if cursor is None:
        return not has_values, None
    others = f"{listed.kind}:others"
    if has_values:
        for kind, types in ((listed.kind, (COLUMNS[listed.name][1], UUID)), (others, ())):
            try:
                return kind == others, decode(cursor, kind, *types) or None
            except Problem:
                continue
    return True, decode(cursor, others, datetime, UUID, int)
