"""The files that values of parameters name: those of the submission, and installed weather files that are added."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from api_service.http.problem import Fault
from api_service.http.uploads import composed
from api_service.submission.inputs import NOUNS, Candidate
from api_service.submission.installed import COMPARED, SHOWN_CHARACTERS, installed_weather
from api_service.submission.spec import Spec
from api_service.submission.table import PART, CsvTable
from shared.energyplus.modes import INPUT
from shared.energyplus.weather_library import WeatherLibrary
from shared.enums import InputRole

#: Models are not installed.
NO_LIBRARY = WeatherLibrary(())


def named_by_values(
    library: WeatherLibrary, spec: Spec, candidates: Sequence[Candidate], prefix: str, most: int
) -> tuple[list[Candidate], list[Fault]]:
    """Returns the installed weather files that values name and the submission does not have, and the faults.

    `prefix` is the spec's path in the request, `most` the number of files that a submission may have.
    """
    added: list[Candidate] = []
    faults: list[Fault] = []
    for number, parameter in enumerate(spec.parameters):
        if parameter.mode != INPUT:
            continue
        role = InputRole(parameter.input)
        files = {candidate.file.name: candidate for candidate in candidates if candidate.role is role}
        named: dict[str, tuple[str, str]] = {}
        for name, place, cell in _places(spec, number, prefix):
            named.setdefault(name, (place, cell))
        unknown = {name: where for name, where in named.items() if name not in files}
        if len(unknown) > most:
            place, cell = next(iter(unknown.values()))
            faults.append(Fault(place, f"{cell}there are more than the {most} files that are allowed"))
            continue
        library_of_role = library if role is InputRole.WEATHER else NO_LIBRARY
        for name, (place, cell) in unknown.items():
            if library_of_role.find(name) is None:
                faults.append(Fault(place, cell + _no_file(role, name, [*files], library_of_role)))
            else:
                added += installed_weather(library, [(place, name)], faults)
        said = f"no value of {parameter.name} names it, so no run would use it"
        faults += [candidate.fault(said) for name, candidate in files.items() if name not in named]
    return added, faults


def _places(spec: Spec, number: int, prefix: str) -> Iterator[tuple[str, str, str]]:
    """Yields each file name that the parameter has as a value, its field of the request, and its cell of a CSV file."""
    parameter = spec.parameters[number]
    for index, row in enumerate(spec.rows or ()):
        name = composed(str(row[parameter.name]))
        if isinstance(spec.rows, CsvTable):
            yield name, PART, f"row {index + 2}, column {parameter.name}: "
        else:
            yield name, f"{prefix}sampling.rows[{index}].{parameter.name}", ""
    for index, value in enumerate(parameter.values):
        yield composed(str(value)), f"{prefix}parameters[{number}].values[{index}]", ""


def _no_file(role: InputRole, name: str, names: Sequence[str], library: WeatherLibrary) -> str:
    shown = name[:SHOWN_CHARACTERS]
    installed = ", and no installed one," if role is InputRole.WEATHER else ""
    alike = get_close_matches(shown, [*names, *(item.name for item in library.search())][:COMPARED], n=1)
    advice = f"; did you mean {alike[0]!r}?" if alike else ""
    return f"no {NOUNS[role]} of this submission{installed} is called {shown!r}{advice}"
