"""The uploaded files of a form, with ZIP archives unpacked.

Called by `api_service.submission.gather`, for both contracts. Members are streamed into the request's spool directory;
an archive is deleted after it has been unpacked.
"""

from collections.abc import Iterator

from api_service.http.problem import Fault
from api_service.http.spool import Spooled
from api_service.http.uploads import new_part, spooled, uploaded_bytes
from shared.energyplus.formats.archive import Allowance, is_archive, unpack
from shared.energyplus.intake import Rejected
from shared.settings import Settings


class Unpacker:
    """Yields the uploaded files of one request; errors in its archives are collected in `faults`."""

    def __init__(self, settings: Settings) -> None:
        # Unpacked files have the same limits as files that are uploaded directly, and share them.
        self._allowance = Allowance(settings.max_files, max(0, settings.max_body_bytes - uploaded_bytes()))
        self.faults: list[Fault] = []

    def files(self, field: str) -> Iterator[tuple[str, Spooled]]:
        """Yields the files of form field `field`, each with the path of its form part, such as `models[0]`."""
        for index, file in enumerate(spooled(field)):
            place = f"{field}[{index}]"
            if is_archive(file.path):
                yield from ((place, member) for member in self._members(place, file))
            else:
                yield place, file

    def _members(self, place: str, archive: Spooled) -> Iterator[Spooled]:
        try:
            for member in unpack(archive.path, self._allowance, new_part):
                part = member.sink
                yield Spooled(member.name, part.path, part.sha256, part.size, archive.name, member.path)
        except Rejected as rejected:
            self.faults += [Fault(place, f"{archive.name!r}: {problem.message}") for problem in rejected.findings]
        archive.path.unlink()
