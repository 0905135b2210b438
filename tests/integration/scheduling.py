"""Rows and clocks for the tests of scheduled jobs."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from shared.state.finished import Finished, OutputFile
from shared.storage.local import LocalStorage
from tests.rows import Rows


def execute(rows: Rows, statement: str) -> None:
    with rows.database.transaction() as connection:
        connection.execute(text(statement))


def finished_run(rows: Rows, storage: LocalStorage, tmp_path: Path) -> tuple[UUID, str]:
    """Returns a simulation whose run has left a file, and the key of the file."""
    simulation = rows.submit()
    (run,) = rows.runs(simulation)
    key = rows.start(run)
    (tmp_path / "eplusout.err").write_text("fine")
    stored = storage.put_output(tmp_path / "eplusout.err", run, key.attempt, "eplusout.err")
    rows.finish(
        key,
        Finished("success", {}, None, (), [OutputFile("eplusout.err", stored.key, stored.sha256, stored.size)]),
    )
    return simulation, stored.key


def keys(storage: LocalStorage) -> set[str]:
    return {item.key for item in storage.walk("")}
