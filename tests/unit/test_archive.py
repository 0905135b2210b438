"""Unpacking of ZIP archives: members with and without folders, and hostile archives, which are refused."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.energyplus.formats import archive
from shared.energyplus.formats.archive import Allowance, is_archive, unpack
from shared.energyplus.intake import Rejected

Members = list[tuple[str, bytes]]


class Kept(io.BytesIO):
    """A sink that keeps its content, and counts the bytes of all sinks."""

    total = 0

    def __init__(self) -> None:
        super().__init__()
        self.content = b""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        Kept.total += len(data)
        self.content += data
        return len(data)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    Kept.total = 0


def zipped(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A regular archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as into:
        for name, content in members:
            into.writestr(zipfile.ZipInfo(name), content, method)
    return made.getvalue()


def with_mode(name: str, mode: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as into:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        into.writestr(entry, "/etc/passwd")
    return made.getvalue()


def built(
    members: list[tuple[bytes, bytes, int]], *, places: list[int] | None = None, sizes: dict[int, int] | None = None
) -> bytes:
    """An archive of (name, compressed content, size): members may be at any position and declare any size."""
    body, offsets = b"", []
    for name, packed, size in members:
        offsets.append(len(body))
        body += struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(packed), size, len(name), 0) + name + packed
    directory = b""
    for number, (name, packed, size) in enumerate(members):
        at = (places or offsets)[number]
        claimed = (sizes or {}).get(number, size)
        directory += (
            struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(packed), claimed, len(name), *[0] * 5, at)
            + name
        )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + end


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


def patched(whole: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """The archive with some bytes of its last record of a kind replaced."""
    at = whole.rindex(signature) + offset
    return whole[:at] + value + whole[at + len(value) :]


def overlapping() -> bytes:
    """Two members with the same data, as in advanced zip bombs."""
    packed = deflated(b"x" * 1000)
    return built([(b"a.idf", packed, 1000), (b"a.idf", packed, 1000)], places=[0, 0])


def unpacked(tmp_path: Path, content: bytes, files: int = 10, most: int = 1 << 30) -> dict[str, bytes]:
    path = tmp_path / "upload"
    path.write_bytes(content)
    assert is_archive(path)
    return {member.name: member.sink.content for member in unpack(path, Allowance(files, most), Kept)}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_come_out_as_they_went_in(tmp_path: Path, method: int) -> None:
    members = [("a.idf", b"Version,25.2;"), ("b c.epJSON", b"{}"), ("ü.csv", b"1\n" * 100_000), ("empty", b"")]

    assert unpacked(tmp_path, zipped(members, method)) == dict(members)


def test_members_have_their_names_without_folders_and_their_paths_with_them(tmp_path: Path) -> None:
    members = [("p/", b""), ("p/models/a.idf", b"a"), ("p/schedules/2026/occ.csv", b"b"), ("w.epw", b"c")]
    path = tmp_path / "upload"
    path.write_bytes(zipped(members))

    found = {(m.path, m.name, m.sink.content) for m in unpack(path, Allowance(3, 100), Kept)}

    assert found == {
        ("p/models/a.idf", "a.idf", b"a"),
        ("p/schedules/2026/occ.csv", "occ.csv", b"b"),
        ("w.epw", "w.epw", b"c"),
    }


def test_skipped_members_are_neither_unpacked_nor_counted(tmp_path: Path) -> None:
    skipped = ["models/.DS_Store", "__MACOSX/models/._a.idf", "Thumbs.db", "eplusout.sql", "x.ddy", ".git/config"]
    members = [("models/a.idf", b"a"), *((name, b"xx") for name in skipped)]

    assert unpacked(tmp_path, zipped(members), files=1, most=1) == {"a.idf": b"a"}


def test_members_of_one_name_are_all_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(zipped([("a/x.csv", b"1"), ("b/x.csv", b"2")]))

    assert [m.name for m in unpack(path, Allowance(2, 2), Kept)] == ["x.csv", "x.csv"]


def test_names_are_normalized_to_composed_characters(tmp_path: Path) -> None:
    assert list(unpacked(tmp_path, zipped([("u\u0308.idf", b"a")]))) == ["\u00fc.idf"]


def test_the_allowance_is_shared_by_all_archives_of_a_submission(tmp_path: Path) -> None:
    allowance, path = Allowance(files=3, bytes=10), tmp_path / "upload"
    path.write_bytes(zipped([("a", b"12345"), ("b", b"123")]))

    assert len(list(unpack(path, allowance, Kept))) == 2
    assert (allowance.files, allowance.bytes) == (1, 2)
    with pytest.raises(Rejected, match="has 2 files; 1 are still allowed"):
        list(unpack(path, allowance, Kept))


GOOD = zipped([("a.idf", b"Version,25.2;" * 20)])
PACKED = deflated(b"Version,25.2;" * 20)
DIRECTORY, END, LOCAL = b"PK\1\2", b"PK\5\6", b"PK\3\4"
HOSTILE = {
    "a beginning and nothing else": (b"PK\3\4", "does not end as one"),
    "cut off": (GOOD[:-30], "does not end as one"),
    "no files": (zipped([]), "no files"),
    "only folders": (zipped([("models/", b"")]), "no files"),
    "only skipped files": (zipped([("w/x.ddy", b"x"), ("w/x.stat", b"x")]), "no simulation reads, such as 'w/x.ddy'"),
    "too many files": (zipped([(f"{n}.idf", b"") for n in range(11)]), "11 files; 10 are still allowed"),
    "very many entries": (zipped([(f"{n}.idf", b"") for n in range(500)]), "more entries"),
    "a directory larger than it says": (patched(GOOD, END, 12, b"\xff\xff\xff\x0f"), "more entries"),
    "fewer entries than there are": (patched(GOOD, END, 10, b"\x00\x00"), "several parts"),
    "several disks": (patched(GOOD, END, 4, b"\x01\x00"), "several parts"),
    "zip64": (GOOD[:-22] + b"PK\6\7" + bytes(16) + GOOD[-22:], "ZIP64"),
    "encrypted": (patched(GOOD, DIRECTORY, 8, b"\x01\x00"), "'a.idf' is encrypted"),
    "strongly encrypted": (patched(GOOD, DIRECTORY, 8, b"\x41\x00"), "'a.idf' is encrypted"),
    "bzip2": (zipped([("a.idf", b"a" * 99)], zipfile.ZIP_BZIP2), "other than deflate"),
    "lzma": (zipped([("a.idf", b"a" * 99)], zipfile.ZIP_LZMA), "other than deflate"),
    "an unknown method": (patched(GOOD, DIRECTORY, 10, b"\x63\x00"), "other than deflate"),
    "a symbolic link": (with_mode("a.idf", stat.S_IFLNK | 0o777), "'a.idf' is a link"),
    "a device": (with_mode("a.idf", stat.S_IFCHR | 0o666), "'a.idf' is a link"),
    "an absolute name": (zipped([("/etc/passwd", b"x")]), "'/etc/passwd' leads to another directory"),
    "a parent directory": (zipped([("../a.idf", b"x")]), "'../a.idf' leads to another directory"),
    "a parent directory further in": (zipped([("a/../../b.idf", b"x")]), "leads to another directory"),
    "a drive": (zipped([("C:\\a.idf", b"x")]), "leads to another directory"),
    "a parent directory of a skipped file": (zipped([("../eplusout.err", b"x")]), "leads to another directory"),
    "a parent directory that is hidden": (zipped([(".git/../../a.idf", b"x")]), "leads to another directory"),
    "a folder without a name": (zipped([("a//a.idf", b"x")]), "'a//a.idf' leads to another directory"),
    "a zero byte in a skipped name": (built([(b"Thumbs.db\0.idf", deflated(b"x"), 1)]), "a zero byte"),
    "encrypted in folders": (patched(zipped([("p/a.idf", b"x")]), DIRECTORY, 8, b"\x01\x00"), "'p/a.idf' is encrypted"),
    "an archive in a folder": (zipped([("p/a.zip", GOOD)]), "'p/a.zip' is an archive itself"),
    "a folder with something in it": (zipped([("a.idf", b"x"), ("b/", b"x")]), "'b/' leads to another directory"),
    "a zero byte in a name": (built([(b"a.idf\0.txt", deflated(b"x"), 1)]), "a zero byte"),
    "a name that is no UTF-8": (
        patched(patched(zipped([("\u00fc.idf", b"x")]), DIRECTORY, 46, b"\xff"), LOCAL, 30, b"\xff"),
        "cannot be read",
    ),
    "another name in front of the data": (patched(GOOD, LOCAL, 30, b"b"), "'a.idf' is damaged"),
    "an archive in the archive": (zipped([("a.idf", GOOD)]), "'a.idf' is an archive itself"),
    "a gzip in the archive": (zipped([("a.idf", b"\x1f\x8b\x08\x00")]), "'a.idf' is an archive itself"),
    "a wrong checksum": (patched(GOOD, DIRECTORY, 16, b"\0\0\0\0"), "'a.idf' is damaged"),
    "broken data": (GOOD.replace(PACKED, b"\xff" * len(PACKED)), "'a.idf' is damaged"),
    "data beyond the end": (built([(b"a.idf", deflated(b"x"), 1)], places=[10**6]), "does not lie inside"),
    "one piece of data for two members": (overlapping(), "overlaps"),
    "members that reach into each other": (
        built([(b"a.idf", deflated(b"x" * 99), 99), (b"b.idf", deflated(b"y"), 1)], places=[0, 3]),
        "overlaps",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_refused_with_what_is_wrong(tmp_path: Path, case: str) -> None:
    content, said = HOSTILE[case]

    with pytest.raises(Rejected) as refused:
        unpacked(tmp_path, content)

    assert said in str(refused.value)


Bomb = Callable[[], bytes]
BIG = bytes(40 << 20)


@pytest.mark.parametrize(
    ("bomb", "said"),
    [
        pytest.param(lambda: zipped([("a", BIG)]), "unpacks to more than 200 times its size", id="by ratio"),
        pytest.param(
            lambda: zipped([("a", BIG)], zipfile.ZIP_STORED), "above the bytes that one submission", id="by size"
        ),
        pytest.param(
            lambda: zipped([(f"{n}", bytes(9 << 20)) for n in range(9)]), "above the bytes", id="many small ones"
        ),
    ],
)
def test_a_bomb_is_defused_while_it_goes_off(tmp_path: Path, bomb: Bomb, said: str) -> None:
    with pytest.raises(Rejected, match=said):
        unpacked(tmp_path, bomb(), most=32 << 20)

    assert Kept.total <= 32 << 20


def test_a_member_s_own_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 1000)

    with pytest.raises(Rejected, match="'a' has more than the 1000 bytes"):
        unpacked(tmp_path, zipped([("a", b"x" * 1001)]))


def test_a_member_brings_no_more_than_it_says_and_is_refused_when_it_tries(tmp_path: Path) -> None:
    content = b"x" * (1 << 20)

    with pytest.raises(Rejected, match="' is damaged"):
        unpacked(tmp_path, built([(b"a.idf", deflated(content), len(content))], sizes={0: 10}))

    assert Kept.total <= 10
