"""The files of a form, ZIP archives unpacked: each member comes as a file of the archive's field.

Called by both contracts. Members are streamed into the request's spool; the archive goes when it has been unpacked.
"""

from collections.abc import Iterator

from api_service.http.problem import Fault
from api_service.http.uploads import Spooled, composed, new_part, spooled
from shared.energyplus.formats.archive import Allowance, is_archive, unpack
from shared.energyplus.intake import Rejected
from shared.settings import Settings


class Unpacker:
    """Gives out the files of one request; what is wrong with its archives is in `faults`."""

    def __init__(self, settings: Settings) -> None:
        # Unpacked, a submission may have what it may have as it is.
        self._allowance = Allowance(settings.max_files, settings.max_body_bytes)
        self.faults: list[Fault] = []

    def files(self, field: str) -> Iterator[tuple[str, Spooled]]:
        """The files that came under `field`, each with the part it came in, such as `models[0]`."""
        for index, file in enumerate(spooled(field)):
            place = f"{field}[{index}]"
            if is_archive(file.path):
                yield from ((place, member) for member in self._members(place, file))
            else:
                yield place, file

    def _members(self, place: str, archive: Spooled) -> Iterator[Spooled]:
        try:
            for name, part in unpack(archive.path, self._allowance, new_part):
                yield Spooled(composed(name), part.path, part.sha256, part.size, archive.name)
        except Rejected as rejected:
            self.faults += [Fault(place, f"{archive.name!r}: {problem.message}") for problem in rejected.findings]
        archive.path.unlink()
