"""ZIP archives of input files: checks of an archive, and its members, unpacked within limits.

Called by the API for uploads that are archives; the caller says where members are written. Folders are allowed: a
member's name is the last part of its path. Sizes and counts that the archive states are not trusted: the limits are
checked while inflating.
"""

import stat
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Generic, Protocol, TypeVar
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from shared.energyplus.findings import Rejected, reject
from shared.energyplus.formats.members import is_skipped

BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
#: An archive inside an archive: ZIP, gzip, 7z, RAR, XZ, bzip2.
NESTED = (*BEGINNINGS, b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\xfd7zXZ", b"BZh")
#: One member: twice the largest model that is taken, and more than any weather file or schedule.
MAX_MEMBER_BYTES = 256 << 20
#: Text deflates to a tenth; a long schedule of one value to a three-hundredth, but is not that long.
MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 16 << 20
#: Of the directory in memory: a name and what systems add about times and owners.
MAX_ENTRY_BYTES = 512

_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCATOR_BYTES = 20
_CHUNK_BYTES = 1 << 18
_ENCRYPTED = 0x41


class Sink(Protocol):
    """Where a member goes."""

    def write(self, data: bytes) -> int:
        """Take some of it."""

    def close(self) -> None:
        """Know that it is whole, or given up."""


SinkT = TypeVar("SinkT", bound=Sink)


@dataclass(frozen=True, slots=True)
class Member(Generic[SinkT]):
    """An unpacked file: its path in the archive, its name without folders, and the sink that has its content."""

    path: str
    name: str
    sink: SinkT


@dataclass(slots=True)
class Allowance:
    """What the archives of one submission may still bring, all together; less with every member."""

    files: int
    bytes: int


def is_archive(path: Path) -> bool:
    """Whether a file begins as a ZIP archive does."""
    with path.open("rb") as file:
        return file.read(4) in BEGINNINGS


def unpack(path: Path, allowance: Allowance, new_sink: Callable[[], SinkT]) -> Iterator[Member[SinkT]]:
    """Yields the files of an archive but the skipped ones; two may have the same name. Raises Rejected."""
    with path.open("rb") as file:
        try:
            _check_end(file, allowance)
            with ZipFile(file) as archive:
                _check_places(file, archive)
                for entry in _files(archive.infolist(), allowance):
                    yield _inflate(archive, entry, allowance, new_sink())
        except Rejected:
            raise
        except (BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, RuntimeError, ValueError) as error:
            raise reject(f"the ZIP archive cannot be read: {error or type(error).__name__}") from error


def _check_end(file: IO[bytes], allowance: Allowance) -> None:
    # ZipFile reads the whole directory, however long it says it is, and every entry costs memory.
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size - 0xFFFF - _LOCATOR_BYTES))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise reject("the ZIP archive does not end as one; was it cut off?")
    _, disk, first_disk, entries_here, entries, directory_bytes, _, _ = _END.unpack_from(tail, at)
    if tail[max(0, at - _LOCATOR_BYTES) : at].startswith(b"PK\x06\x07") or 0xFFFF in (entries, entries_here):
        raise reject("the ZIP archive is of the kind for more than 4 GiB or 65,535 files (ZIP64), which is not taken")
    if disk or first_disk or entries_here != entries:
        raise reject("the ZIP archive is one of several parts")
    # Folders and skipped files come on top of the files.
    if entries > (most := 2 * allowance.files + 100) or directory_bytes > most * MAX_ENTRY_BYTES:
        raise reject(f"the ZIP archive has more entries than the {allowance.files} files that are still allowed")


def _files(entries: Sequence[ZipInfo], allowance: Allowance) -> list[ZipInfo]:
    """Returns the entries to unpack, all of them checked."""
    present = [entry for entry in entries if not _is_folder(entry)]
    for entry in present:
        _check_path(entry)
    files = [entry for entry in present if not is_skipped(entry.filename)]
    if not present:
        raise reject("the ZIP archive has no files")
    if not files:
        raise reject(f"the ZIP archive has only files that no simulation reads, such as {present[0].filename!r}")
    if len(files) > allowance.files:
        raise reject(f"the ZIP archive has {len(files)} files; {allowance.files} are still allowed")
    for entry in files:
        _check_entry(entry)
    allowance.files -= len(files)
    return files


def _is_folder(entry: ZipInfo) -> bool:
    return entry.filename.endswith("/") and entry.file_size == 0


def _check_path(entry: ZipInfo) -> None:
    path = entry.filename
    if path != entry.orig_filename:
        raise reject(f"{entry.orig_filename!a} is no file name: there is a zero byte in it")
    if "\\" in path or {"", ".", ".."} & set(path.split("/")):
        raise reject(f"{path!r} leads to another directory")


def _check_entry(entry: ZipInfo) -> None:
    name = entry.filename
    if entry.flag_bits & _ENCRYPTED:
        raise reject(f"{name!r} is encrypted")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise reject(f"{name!r} is compressed in a way other than deflate, which is not taken")
    # Zero: written by a system that knows no kinds of files.
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        raise reject(f"{name!r} is a link or another thing that is no file")


def _check_places(file: IO[bytes], archive: ZipFile) -> None:
    # Members that lie on each other turn a few kilobytes into any number of large files; only newer versions of
    # Python's zipfile see to it.
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    ends = [*(entry.header_offset for entry in entries[1:]), archive.start_dir]
    for entry, end in zip(entries, ends, strict=False):
        if not 0 <= entry.header_offset <= archive.start_dir - _LOCAL.size:
            raise reject(f"{entry.filename!a} does not lie inside the ZIP archive")
        file.seek(entry.header_offset)
        header = _LOCAL.unpack(file.read(_LOCAL.size))
        if entry.header_offset + _LOCAL.size + header[-2] + header[-1] + entry.compress_size > end:
            raise reject(f"{entry.filename!a} overlaps with another member of the ZIP archive")


def _inflate(archive: ZipFile, entry: ZipInfo, allowance: Allowance, sink: SinkT) -> Member[SinkT]:
    path, size = entry.filename, 0
    try:
        with archive.open(entry) as source:
            while chunk := source.read(_CHUNK_BYTES):
                if size == 0 and chunk.startswith(NESTED):
                    raise reject(f"{path!r} is an archive itself; put its files in directly")
                size += len(chunk)
                _check_size(path, size, entry.compress_size, allowance)
                sink.write(chunk)
    except (BadZipFile, zlib.error, EOFError) as error:
        raise reject(f"{path!r} is damaged: {error or type(error).__name__}") from error
    finally:
        sink.close()
    allowance.bytes -= size
    return Member(path, unicodedata.normalize("NFC", path.rpartition("/")[2]), sink)


def _check_size(name: str, size: int, compressed: int, allowance: Allowance) -> None:
    if size > MAX_MEMBER_BYTES:
        raise reject(f"{name!r} has more than the {MAX_MEMBER_BYTES} bytes that a member may have")
    if size > allowance.bytes:
        said = f"{name!r} brings what is unpacked above the bytes that one submission may have"
        raise reject(f"{said}; {allowance.bytes} are still allowed")
    if size > RATIO_COUNTS_FROM_BYTES and size > MAX_RATIO * compressed:
        raise reject(f"{name!r} unpacks to more than {MAX_RATIO} times its size")
