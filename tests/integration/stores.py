"""Files to store, for the tests of storage."""

from pathlib import Path
from uuid import UUID

RUN = UUID(int=7)


def file(tmp_path: Path, content: bytes = b"0123456789") -> Path:
    path = tmp_path / "source"
    path.write_bytes(content)
    return path
