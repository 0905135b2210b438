"""Queries of ended runs for the old contract's results: metrics, place in the study, stored files."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, and_, func, lateral, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from api_service.files.queries import StoredFile
from api_service.identity.visible import visible, visible_one
from api_service.identity.who import Identity
from api_service.legacy.queries import MAX_RUNS
from api_service.runs.design_queries import design_keys
from shared.db.tables import Artifact, Result, Run, RunFile, Simulation, SimulationInput
from shared.energyplus.assemblies.assembly import Assembly
from shared.enums import TERMINAL, InputRole, Status
from shared.spec import StudySpec

#: Metrics that are read; the others, such as design loads, can be far larger than these.
METRICS = (
    *("building", "zones", "total_area_m2", "site_energy_kwh", "heating_kwh", "cooling_kwh"),
    *("interior_lighting_kwh", "interior_equipment_kwh", "end_uses", "engine_seconds"),
    *("assemblies_gwp_kgco2e", "assemblies_cost_sek"),
)
LISTED_METRICS = (
    *("building", "total_area_m2", "site_energy_kwh", "heating_kwh", "cooling_kwh", "engine_seconds"),
    *("assemblies_gwp_kgco2e", "assemblies_cost_sek"),
)
#: Simulations without an ended run that a list passes over: there is no index of those with one.
MAX_WITHOUT = 1000
RUN = (Run.id, Run.simulation_id, Run.index, Run.model, Run.weather, Run.status, Run.error_message)
VARIANT = (Run.parameters, Run.variant)


@dataclass(frozen=True, slots=True)
class LegacyRun:
    """An ended run with its simulation; `metrics` is None without a result, `parameters` until
    `Designs` has filled them in.

    The simulation has `total` runs, of `models` models and `weathers` weather files. `chosen_models` are the names of
    the models where variants choose among them, else it is empty.
    """

    id: UUID
    simulation_id: UUID
    index: int
    model: str
    weather: str
    parameters: Mapping[str, Any] | None
    variant: int | None
    design: str | None
    status: str
    error: str | None
    started_at: datetime | None
    ended_at: datetime
    metrics: Mapping[str, Any] | None
    simulation_name: str
    owner: str
    total: int
    models: int
    weathers: int
    has_baseline: bool
    chosen_models: Sequence[str]
    #: The constructions of the simulation, by element and label; empty without a scenario.
    library: Mapping[tuple[str, object], Assembly]

    @property
    def assemblies(self) -> dict[str, Assembly]:
        """What the library has of the run's constructions, by element; empty without a scenario."""
        chosen = (self.parameters or {}).items()
        return {element: known for element, label in chosen if (known := self.library.get((element, label)))}


def ended_runs(connection: Connection, simulation_id: UUID, identity: Identity) -> list[LegacyRun]:
    """Returns the ended runs of a simulation that the requester may see, by index, among the first MAX_RUNS."""
    here = _simulations(Simulation.id == simulation_id, visible_one(identity))
    return _read(connection, here, TERMINAL, METRICS, limit=MAX_RUNS, offset=0)


def list_ended(
    connection: Connection, identity: Identity, *, owner: str | None, scenario: str | None, limit: int, offset: int
) -> list[LegacyRun]:
    """Returns runs with a result or an error that the requester may see: newest simulation first, then by index.

    Of the newest simulations, at most MAX_WITHOUT are passed over because none of their runs has ended, or because they
    were not made of the scenario with the id `scenario`.
    """
    newest_first = (Simulation.created_at.desc(), Simulation.id.desc())
    condition = visible(identity) if owner is None else and_(visible(identity), Simulation.owner == owner)
    newest = (
        select(
            Simulation.id,
            Simulation.created_at,
            (Simulation.succeeded + Simulation.failed).label("ended"),
            Simulation.spec["scenario"]["id"].astext.label("scenario"),
        )
        .where(condition)
        .order_by(*newest_first)
        .limit(limit + offset + MAX_WITHOUT)
        .subquery("newest")
    )
    # Each of these simulations has such a run, so more of them are not needed.
    wanted = (
        select(newest.c.id)
        .where(newest.c.ended > 0, true() if scenario is None else newest.c.scenario == scenario)
        .order_by(newest.c.created_at.desc(), newest.c.id.desc())
        .limit(limit + offset)
    )
    here = _simulations(Simulation.id.in_(wanted))
    return _read(connection, here, (Status.SUCCEEDED, Status.FAILED), LISTED_METRICS, limit=limit, offset=offset)


def output_files(connection: Connection, run_ids: Collection[UUID]) -> dict[UUID, dict[str, StoredFile]]:
    """Returns the stored output files of runs that the requester has been found to see, by run and name."""
    rows = connection.execute(
        select(RunFile.run_id, RunFile.key, RunFile.name, RunFile.sha256, RunFile.size)
        .where(RunFile.run_id.in_(run_ids))
        .order_by(RunFile.run_id, RunFile.name)
    )
    found: dict[UUID, dict[str, StoredFile]] = {run_id: {} for run_id in run_ids}
    for row in rows:
        found[row.run_id][row.name] = StoredFile(row.key, row.name, row.sha256, row.size)
    return found


def input_files(connection: Connection, simulation_id: UUID) -> dict[tuple[str, str], StoredFile]:
    """Returns the inputs of a simulation that the requester has been found to see, by role and name."""
    rows = connection.execute(
        select(SimulationInput.role, Artifact.key, SimulationInput.name, Artifact.sha256, Artifact.size)
        .join(Artifact, Artifact.sha256 == SimulationInput.sha256)
        .where(SimulationInput.simulation_id == simulation_id)
    )
    return {(row.role, row.name): StoredFile(row.key, row.name, row.sha256, row.size) for row in rows}


def _simulations(*conditions: ColumnElement[bool]) -> Select[Any]:
    columns: tuple[Any, ...] = (Simulation.created_at, Simulation.name, Simulation.owner, Simulation.total)
    counts = (_inputs(InputRole.MODEL).label("models"), _inputs(InputRole.WEATHER).label("weathers"))
    named = select(func.array_agg(aggregate_order_by(SimulationInput.name, SimulationInput.name))).where(
        SimulationInput.simulation_id == Simulation.id,
        SimulationInput.role == InputRole.MODEL.value,
        Simulation.spec["parameters"].contains([{"input": InputRole.MODEL.value}]),
    )
    places = (
        func.coalesce(Simulation.spec["baseline"].as_boolean(), False).label("has_baseline"),
        named.correlate(Simulation).scalar_subquery().label("chosen_models"),
    )
    return select(Simulation.id.label("of"), *columns, *counts, *places).where(*conditions)


def _inputs(role: InputRole) -> ScalarSelect[int]:
    same = (SimulationInput.simulation_id == Simulation.id, SimulationInput.role == role.value)
    return select(func.count()).where(*same).correlate(Simulation).scalar_subquery()


def _read(
    connection: Connection,
    here: Select[Any],
    statuses: Collection[Status],
    metrics: Sequence[str],
    *,
    limit: int,
    offset: int,
) -> list[LegacyRun]:
    ordered = here.subquery("ordered")
    values = [Result.metrics[name].label(f"metric_{name}") for name in metrics]
    runs = (
        select(*RUN, *VARIANT, Run.started_at, Run.ended_at, Result.run_id.label("result"), *values)
        .outerjoin(Result, Result.run_id == Run.id)
        .where(Run.simulation_id == ordered.c.of, Run.status.in_([status.value for status in statuses]))
        # Far behind, an ended run may follow any number of waiting ones, which would all be read.
        .where(Run.index < MAX_RUNS)
        .order_by(Run.index)
        .limit(limit + offset)
    )
    own = lateral(runs).alias("own")
    rows = connection.execute(
        select(own, ordered)
        .select_from(ordered)
        .join(own, true())
        .order_by(ordered.c.created_at.desc(), ordered.c.of.desc(), own.c.index)
        .limit(limit)
        .offset(offset)
    ).mappings()
    found = rows.all()
    varied = {row["simulation_id"] for row in found if row["parameters"] or row["variant"] is not None}
    assemblies, designs = _assemblies(connection, varied), design_keys(connection, varied)
    same = (
        "id simulation_id index model weather parameters variant status started_at ended_at owner total models weathers"
    )
    return [
        LegacyRun(
            **{name: row[name] for name in same.split()},
            error=row["error_message"],
            simulation_name=row["name"],
            design=designs.get(row["simulation_id"]),
            has_baseline=row["has_baseline"],
            chosen_models=row["chosen_models"] or (),
            library=assemblies.get(row["simulation_id"], {}),
            metrics=None if row["result"] is None else {name: row[f"metric_{name}"] for name in metrics},
        )
        for row in found
    ]


def _assemblies(
    connection: Connection, simulation_ids: Collection[UUID]
) -> dict[UUID, dict[tuple[str, object], Assembly]]:
    """The constructions of simulations that were made of scenarios, by simulation, then by element and label."""
    rows = connection.execute(
        select(Simulation.id, Simulation.spec["assemblies"].label("assemblies")).where(
            Simulation.id.in_(simulation_ids)
        )
    )
    return {
        row.id: {
            (assembly.element, assembly.label): assembly
            for assembly in StudySpec.from_json({"assemblies": row.assemblies}).assemblies
        }
        for row in rows
    }
