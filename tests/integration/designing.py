"""Simulations with a design, submitted without an API."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from shared.db.tables import Artifact
from shared.design_file import Row, write_design
from shared.enums import InputRole
from shared.spec import ParameterSpec, StudySpec
from shared.state.copied_runs import NewRun
from shared.state.submit import InputFile
from shared.storage import Storage
from shared.storage.base import hash_file
from tests.rows import ENGINE, Rows

AXIS = ParameterSpec("axis", "Building", "North Axis")


def submit_design(rows: Rows, storage: Storage, directory: Path, variants: Sequence[Row]) -> tuple[UUID, str]:
    """Submits a run for each variant of the building's axis; returns the simulation and the key of its design."""
    path = directory / "design"
    with path.open("wb") as file:
        write_design(file, [AXIS.name], variants)
    stored = storage.put_input(path, hash_file(path)[0])
    with rows.database.transaction() as connection:
        row = insert(Artifact).values(sha256=stored.sha256, key=stored.key, size=stored.size)
        connection.execute(row.on_conflict_do_nothing())
    new = rows.new_simulation(len(variants))
    design = InputFile(InputRole.DESIGN, "design.parquet", stored.sha256)
    runs = [NewRun("a.idf", "b.epw", ENGINE, number) for number in range(len(variants))]
    new = replace(new, spec=StudySpec(parameters=(AXIS,)), inputs=[*new.inputs, design], runs=runs)
    return rows.submit_new(new), stored.key
