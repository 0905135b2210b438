"""Checks of the files of a submission that open none of them: names, number. `reading.py` has the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from api_service.http.problem import Fault
from api_service.http.spool import Spooled
from shared.energyplus.inspection import Kind
from shared.energyplus.intake import Rejected, check_name
from shared.energyplus.preparation.site import DDY_SUFFIX, paired
from shared.enums import InputRole
from shared.settings import Settings

#: The field of the request for each role.
FIELDS = {InputRole.MODEL: "models", InputRole.WEATHER: "weather", InputRole.FILE: "files"}
NOUNS = {InputRole.MODEL: "model", InputRole.WEATHER: "weather file", InputRole.FILE: "side file"}
#: Roles of the files that a submission must have.
NEEDED = (InputRole.MODEL, InputRole.WEATHER)
#: Maximum number of files or archives that one error message names.
MAX_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file of a submission; `field` is its path in the request.

    One that is stored already has its storage `key`: it is fetched when it has to be read, and not before.
    """

    role: InputRole
    field: str
    file: Spooled
    key: str | None = None

    @property
    def is_sent(self) -> bool:
        """Whether a file was chosen; browsers send an empty field as a part without name and content."""
        return bool(self.file.name or self.file.size)

    @property
    def kind(self) -> Kind:
        """What a helper reads it as. A design is written here, and no helper reads it."""
        return cast(Kind, self.role.value)

    def fault(self, message: str) -> Fault:
        """Returns a fault of the file, which names it if it has a name."""
        return Fault(self.field, f"{self.file.shown}: {message}" if self.file.name else message)


def check_names(
    candidates: Sequence[Candidate], settings: Settings, needed: Sequence[InputRole] = NEEDED
) -> list[Fault]:
    """Returns the faults that show without opening a file: too few, too many, invalid names, duplicate names."""
    faults = missing_faults(candidates, needed)
    if too_much := size_faults(candidates, settings):
        return faults + too_much
    for candidate in candidates:
        faults += _name_faults(candidate)
    return faults + list(_repeated(candidates)) + _unpaired(candidates)


def size_faults(candidates: Sequence[Candidate], settings: Settings) -> list[Fault]:
    """Returns a fault when there are too many files or bytes; then no file is fetched or opened."""
    if len(candidates) > settings.max_files:
        return [Fault("", f"{len(candidates)} files are more than the {settings.max_files} that are allowed")]
    # A stored or installed file that is named again needs no more room.
    total = sum({candidate.file.path: candidate.file.size for candidate in candidates}.values())
    allowed = settings.max_body_bytes
    if total <= allowed:
        return []
    largest = max(candidates, key=lambda candidate: candidate.file.size)
    said = f"the files of this submission have {total} bytes together, more than the {allowed} that are allowed"
    return [Fault(largest.field, f"{said}; the largest, {largest.file.shown}, has {largest.file.size}")]


def missing_faults(candidates: Sequence[Candidate], needed: Sequence[InputRole] = NEEDED) -> list[Fault]:
    """Returns a fault for each role that is needed and that no file has."""
    return [
        Fault(FIELDS[role], f"is missing: at least one file is needed{none_in_archives(role, candidates)}")
        for role in missing(candidates, needed)
    ]


def missing(candidates: Sequence[Candidate], needed: Sequence[InputRole] = NEEDED) -> list[InputRole]:
    """Returns the roles that are needed and that no file has."""
    present = {candidate.role for candidate in candidates}
    return [role for role in needed if role not in present]


def none_in_archives(role: InputRole, candidates: Sequence[Candidate]) -> str:
    """Returns the end of an error message about a missing role: the archives without it; empty when there are none."""
    archives = dict.fromkeys(repr(c.file.archive) for c in candidates if c.file.member)
    return f"; there is no {NOUNS[role]} in {listed(list(archives))}" if archives else ""


def listed(shown: Sequence[str]) -> str:
    """Returns names for an error message, at most MAX_SHOWN of them."""
    return ", ".join([*shown[:MAX_SHOWN], *(["…"] if len(shown) > MAX_SHOWN else [])])


def side_names(candidates: Sequence[Candidate]) -> frozenset[str]:
    """Returns the names of the files that models may refer to."""
    return frozenset(c.file.name for c in candidates if c.role is InputRole.FILE)


def _name_faults(candidate: Candidate) -> list[Fault]:
    try:
        check_name(candidate.file.name)
    except Rejected as rejected:
        return [candidate.fault(problem.message) for problem in rejected.findings]
    return []


def _repeated(candidates: Sequence[Candidate]) -> Iterator[Fault]:
    for role, field in FIELDS.items():
        named = _by_name(candidates, role)
        for name in sorted(name for name, same in named.items() if len(same) > 1):
            same = named[name]
            yield Fault(
                _place(same, field),
                f"{len(same)} files are called {name!r}{_origin(same)}; each needs a name of its own",
            )
    models, side_files = _by_name(candidates, InputRole.MODEL), _by_name(candidates, InputRole.FILE)
    for name in sorted(models.keys() & side_files.keys()):
        yield Fault("files", f"{name!r} is the name of a model too{_origin(models[name] + side_files[name])}")


def _unpaired(candidates: Sequence[Candidate]) -> list[Fault]:
    """A DDY file has an effect only beside the weather of its name. Without any weather, that is what is missing."""
    weather = _by_name(candidates, InputRole.WEATHER)
    ddy = [c for c in candidates if c.role is InputRole.FILE and c.file.name.lower().endswith(DDY_SUFFIX)]
    used = {paired(name, [c.file.name for c in ddy]) for name in weather}
    return [
        candidate.fault(f"belongs to no weather file here; the one that it is for must be called {stem}.epw")
        for candidate in ddy
        if weather and candidate.file.name not in used and (stem := candidate.file.name[: -len(DDY_SUFFIX)])
    ]


def _by_name(candidates: Sequence[Candidate], role: InputRole) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.role is role:
            found.setdefault(candidate.file.name, []).append(candidate)
    return found


def _place(same: Sequence[Candidate], field: str) -> str:
    """Returns the form part that all of these files came from when it is one archive, otherwise the field."""
    places = {candidate.field for candidate in same}
    return places.pop() if len(places) == 1 else field


def _origin(same: Sequence[Candidate]) -> str:
    """Returns where files of one name come from, for an error message; empty when none is from an archive."""
    if not any(candidate.file.member for candidate in same):
        return ""
    return f" ({listed([candidate.file.shown for candidate in same])})"
