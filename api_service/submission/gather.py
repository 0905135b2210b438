"""Collects the files of a form, sorted into models, weather files and side files.

A file that is uploaded by itself has the role of its field. The members of an archive are sorted by their names and
contents, whatever the field of the archive. Called by v1 and by the old contract.
"""

from collections.abc import Iterable, Mapping

from api_service.http.archives import Unpacker
from api_service.http.spool import Spooled
from api_service.submission.inputs import Candidate
from shared.energyplus.formats.members import is_model, is_weather
from shared.enums import InputRole

#: Models first: the order of a submission's inputs.
ORDER = (InputRole.MODEL, InputRole.WEATHER, InputRole.FILE)


def gather(unpacker: Unpacker, fields: Mapping[str, InputRole]) -> list[Candidate]:
    """Returns the files of the form; `fields` has the role of each field. Errors are left in `unpacker.faults`."""
    found = [
        Candidate(_member_role(file) if file.member else role, place, file)
        for field, role in fields.items()
        for place, file in unpacker.files(field)
    ]
    return in_order(without_copies(found))


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Returns the files with models first, then weather files, then side files."""
    return sorted(candidates, key=lambda candidate: ORDER.index(candidate.role))


def without_copies(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Returns the files without members of archives that have the role, name and content of another file."""
    equal: dict[tuple[InputRole, str, str], list[Candidate]] = {}
    for candidate in candidates:
        equal.setdefault((candidate.role, candidate.file.name, candidate.file.sha256), []).append(candidate)
    kept: list[Candidate] = []
    for copies in equal.values():
        # The same file uploaded twice by itself is refused by a later check.
        kept += [copy for copy in copies if not copy.file.member] or copies[:1]
    return kept


def _member_role(file: Spooled) -> InputRole:
    if is_model(file.name, file.path):
        return InputRole.MODEL
    return InputRole.WEATHER if is_weather(file.name) else InputRole.FILE
