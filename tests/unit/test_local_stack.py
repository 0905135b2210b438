"""The local stack runs the program that it is given."""

from pathlib import Path

from deploy.local.stack import Stack

LEAVES_A_MARK = "from pathlib import Path\nPath('migrated').touch()\n"


def test_its_services_are_those_of_its_source(tmp_path: Path) -> None:
    package = tmp_path / "program" / "shared" / "db"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text(LEAVES_A_MARK)

    Stack(tmp_path / "local", {}, tmp_path / "program").migrate()

    assert (tmp_path / "program" / "migrated").exists()
