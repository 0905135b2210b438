"""Multipart forms that come in pieces of any size."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import RequestEntityTooLarge

from api_service.http.multipart import IN_MEMORY_BYTES, MAX_TEXT_BYTES, MultipartForm
from api_service.http.spool import SpoolDirectory

CONTENT_TYPE = "multipart/form-data; boundary=cut"
FILE = b"Version,25.2;\r\n--cu\r\n" * 3 + b"end"


def part(disposition: str, content: bytes, *headers: str) -> bytes:
    lines = (f"Content-Disposition: form-data; {disposition}", *headers)
    return b"--cut\r\n" + "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + content + b"\r\n"


BODY = part('name="spec"', b"{}") + part('name="models"; filename="a.idf"', FILE) + b"--cut--\r\n"


@contextmanager
def read(directory: Path, *pieces: bytes, max_parts: int = 10) -> Iterator[MultipartForm]:
    with closing(MultipartForm(CONTENT_TYPE, SpoolDirectory(directory), max_parts=max_parts)) as form:
        for piece in pieces:
            form.write(piece)
        form.finish()
        yield form


@given(st.lists(st.integers(0, len(BODY)), max_size=20))
def test_a_form_is_the_same_however_it_is_cut(tmp_path_factory: pytest.TempPathFactory, cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(BODY)]
    directory = tmp_path_factory.mktemp("form")

    with read(directory, *(BODY[start:end] for start, end in pairwise(places))) as form:
        assert list(form.texts()) == [("spec", "{}")]
        ((name, file),) = form.files
    assert (name, file.filename) == ("models", "a.idf")
    assert file.stream.path.read_bytes() == FILE  # type: ignore[attr-defined]


@pytest.mark.parametrize("end", range(len(BODY)))
def test_a_file_is_the_same_wherever_a_piece_ends(tmp_path: Path, end: int) -> None:
    with read(tmp_path, BODY[:end], BODY[end:]) as form:
        pass

    assert form.files[0][1].stream.path.read_bytes() == FILE  # type: ignore[attr-defined]


def test_each_byte_of_a_file_is_written_once(tmp_path: Path) -> None:
    with read(tmp_path, BODY) as form:
        pass

    assert [path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()] == [len(FILE)]
    assert form.files[0][1].stream.size == len(FILE)  # type: ignore[attr-defined]


def test_large_text_is_kept_in_the_spool_and_is_complete(tmp_path: Path) -> None:
    text = b"x" * (3 * IN_MEMORY_BYTES)

    with read(tmp_path, part('name="spec"', text), b"--cut--\r\n") as form:
        assert list(form.texts()) == [("spec", text.decode())]


def test_the_encoding_of_a_text_is_that_of_its_part(tmp_path: Path) -> None:
    body = part('name="a"', b"\xe9", "Content-Type: text/plain; charset=iso-8859-1") + part('name="b"', "é".encode())

    with read(tmp_path, body, b"--cut--\r\n") as form:
        assert list(form.texts()) == [("a", "é"), ("b", "é")]


@pytest.mark.parametrize("end", range(0, len(BODY) - 4, 7))
def test_a_form_that_is_cut_off_is_refused(tmp_path: Path, end: int) -> None:
    with pytest.raises(ValueError, match="form-data"), read(tmp_path, BODY[:end]):
        pass


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestEntityTooLarge), read(tmp_path, BODY, max_parts=1):
        pass


def test_text_in_total_is_limited_whatever_the_files_are(tmp_path: Path) -> None:
    half = b"x" * (MAX_TEXT_BYTES // 2)
    file = part('name="models"; filename="a"', half)

    with read(tmp_path, part('name="a"', half), file, b"--cut--\r\n"):
        pass
    with pytest.raises(RequestEntityTooLarge), read(tmp_path, part('name="a"', half), part('name="b"', half)):
        pass


def test_a_form_without_a_boundary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="boundary"):
        MultipartForm("multipart/form-data", SpoolDirectory(tmp_path), max_parts=1)
