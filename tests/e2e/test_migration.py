"""The commands of the migration guide, executed unchanged: without nginx here, with it in tests/deploy."""

import json
import re
import zipfile
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest

from api_service.legacy.library_queries import read_scenario
from deploy.local.postgres import OWNER, SUPERUSER, PostgresServer
from shared.db.foreign import ForeignDatabaseUnfit, read_rows
from tests.e2e.conftest import ROOT, System
from tests.e2e.documents import blocks, execute, make_desk
from tests.old_library import old_library

GUIDE = ROOT / "docs" / "migration.md"
OLD = "migrated_from"


def test_the_commands_of_the_guide_work(system: System, postgres_server: PostgresServer, tmp_path: Path) -> None:
    postgres_server.create_database(OLD)
    with old_library(postgres_server.url(OLD, OWNER)) as library:
        scenario = library.of_23_sets()
    follow(make_desk(tmp_path, system.stack.url), system.stack.url, postgres_server.url(OLD, SUPERUSER))

    # The role of step 3 can read a scenario, and no other table.
    address = re.sub(r"//.*@", f"//epsm_reader:{quote('choose-your-own')}@", postgres_server.url(OLD))
    found = read_scenario(address, UUID(scenario))
    assert found is not None
    assert len(found.choices) == 5
    with pytest.raises(ForeignDatabaseUnfit, match="permission denied"):
        read_rows(address, "SELECT * FROM pg_authid", {}, name="tests", seconds=30)


def follow(desk: Path, page: str, old_database: str) -> None:
    """Executes the guide's commands and compares their answers with what it shows."""
    variables = {"PAGE": page, "OLD_DATABASE": old_database.replace("+psycopg2", "")}
    found = blocks(GUIDE)
    commands = [text for language, text in found if language == "sh"]
    execute(desk, "bash", "-euc", "\n".join(commands), variables=variables)
    (shown,) = (json.loads(text) for language, text in found if language == "json")
    status = json.loads((desk / "status.json").read_text())
    assert shown.items() <= status.items()
    (row,) = json.loads((desk / "rows.json").read_text())
    assert row["status"] == "success"
    with zipfile.ZipFile(desk / "results.zip") as archive:
        assert archive.testzip() is None
