"""Checks of the files of a submission, uploaded or stored: names, number, content."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from api_service.http.problem import Fault
from api_service.http.uploads import Spooled
from api_service.submission.expand import CheckedModel
from shared.energyplus.intake import Rejected, check_model, check_name, check_side_file, check_weather
from shared.enums import InputRole
from shared.settings import Settings

#: The field of the request for each role.
FIELDS = {InputRole.MODEL: "models", InputRole.WEATHER: "weather", InputRole.FILE: "files"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file of a submission; `field` is its path in the request, `stored` whether it comes from storage."""

    role: InputRole
    field: str
    file: Spooled
    stored: bool = False


def check_names(candidates: Sequence[Candidate], settings: Settings) -> list[Fault]:
    """Returns the faults that show without opening a file: too few, too many, invalid names, duplicate names."""
    present = {candidate.role for candidate in candidates}
    faults = [
        Fault(FIELDS[role], "is missing: at least one file is needed")
        for role in (InputRole.MODEL, InputRole.WEATHER)
        if role not in present
    ]
    if len(candidates) > settings.max_files:
        faults.append(Fault("", f"{len(candidates)} files are more than the {settings.max_files} that are allowed"))
        return faults
    for candidate in candidates:
        faults += _rejected(candidate, lambda c: check_name(c.file.name))
    return faults + list(_repeated(candidates))


def check_contents(candidates: Sequence[Candidate], settings: Settings) -> tuple[list[CheckedModel], list[Fault]]:
    """Reads every file; returns the valid models, and the faults of all files."""
    side_files = frozenset(c.file.name for c in candidates if c.role is InputRole.FILE)
    models: list[CheckedModel] = []
    faults: list[Fault] = []

    def look(candidate: Candidate) -> None:
        file = candidate.file
        if candidate.role is InputRole.MODEL:
            facts = check_model(file.path, file.name, versions=settings.engines, files=side_files)
            models.append(CheckedModel(file.name, facts.engine))
        elif candidate.role is InputRole.WEATHER:
            check_weather(file.path, file.name)
        else:
            check_side_file(file.path, file.name)

    for candidate in candidates:
        faults += _rejected(candidate, look)
    return models, faults


def _rejected(candidate: Candidate, check: Callable[[Candidate], object]) -> list[Fault]:
    try:
        check(candidate)
    except Rejected as rejected:
        name = f"{candidate.file.shown}: " if candidate.file.name else ""
        return [Fault(candidate.field, f"{name}{problem.message}") for problem in rejected.findings]
    return []


def _repeated(candidates: Sequence[Candidate]) -> Iterator[Fault]:
    for role, field in FIELDS.items():
        names = Counter(c.file.name for c in candidates if c.role is role)
        for name in sorted(name for name, times in names.items() if times > 1):
            yield Fault(field, f"{names[name]} files are called {name!r}; each needs a name of its own")
    models = {c.file.name for c in candidates if c.role is InputRole.MODEL}
    side_files = {c.file.name for c in candidates if c.role is InputRole.FILE}
    for name in sorted(models & side_files):
        yield Fault("files", f"{name!r} is the name of a model too")
