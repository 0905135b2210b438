"""Bodies that cannot be written: the exception that the application answers, and no file stays open."""

import asyncio
import errno
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api_service.http.body import Body
from api_service.http.problem import Problem
from api_service.http.receiving import receive_body
from api_service.http.spool import SpoolDirectory
from shared.settings import Settings

FORM = {"CONTENT_TYPE": "multipart/form-data; boundary=cut"}
FILE = b'--cut\r\nContent-Disposition: form-data; name="models"; filename="a.idf"\r\n\r\nVersion;\r\n--cut--\r\n'
#: More than is kept in memory.
LARGE = {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "9000000"}


def received(new_body: Callable[[], Body], *parts: bytes) -> Exception | None:
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Mapping[str, Any]:
        return messages.pop(0)

    with ThreadPoolExecutor(1) as writers:
        return asyncio.run(receive_body(receive, new_body, writers, Settings()))


class FullBody(Body):
    """A body on a disk that is full; `closed` says whether its files have been closed."""

    closed = False

    def write(self, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def closed_on_error(self) -> Any:
        self.closed = True
        return super().closed_on_error()


@pytest.mark.parametrize("environ", [FORM, LARGE], ids=["form", "json"])
def test_without_a_place_for_uploads_the_answer_is_503(tmp_path: Path, environ: dict[str, str]) -> None:
    place = tmp_path / "scratch"
    place.write_bytes(b"a file is in its place")
    spool = SpoolDirectory(place)

    fault = received(lambda: Body(dict(environ), spool, max_bytes=10**7, max_parts=9), FILE)
    spool.remove()

    assert isinstance(fault, Problem)
    assert (fault.status, fault.headers) == (503, {"Retry-After": "60"})
    assert str(fault) == "Uploads cannot be kept at the moment: Not a directory"
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize("environ", [FORM, LARGE], ids=["form", "json"])
def test_on_a_full_disk_the_answer_is_503(tmp_path: Path, environ: dict[str, str]) -> None:
    spool = SpoolDirectory(tmp_path / "scratch")
    body = FullBody(dict(environ), spool, max_bytes=10**7, max_parts=9)

    fault = received(lambda: body, FILE)
    spool.remove()

    assert isinstance(fault, Problem)
    assert (fault.status, fault.headers) == (503, {"Retry-After": "60"})
    assert str(fault) == "There is no room for uploads at the moment"
    assert body.closed
    assert [path for path in tmp_path.rglob("*") if path.name != "scratch"] == []
