"""Jobs that read what somebody else wrote: models, weather, an old library, and what an engine has left.

They run in a confined child (`shared.confinement.job_child`), because a hostile text may take any amount of memory and
time of its reader. Request and reply are JSON of the dataclasses below; the caller checks the reply.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.energyplus.assemblies.assembly import Assembly
from shared.energyplus.assemblies.library import LibraryConstruction, read_assemblies
from shared.energyplus.assemblies.u_values import u_value_warnings
from shared.energyplus.formats.schema import schema_of
from shared.energyplus.inspection import InspectedFiles, InspectRequest, inspect
from shared.energyplus.job import Job, note_progress
from shared.energyplus.preparation.assemblies import PlacedAssemblies
from shared.energyplus.preparation.prepare import Preparation, Prepared, prepare
from shared.energyplus.preparation.weather import PreparedWeather, prepare_weather
from shared.energyplus.results.messages import Messages, read_messages
from shared.energyplus.results.reading import Results, read_results


@dataclass(frozen=True, slots=True)
class PrepareRequest:
    """Prepare a model and its weather in `directory`."""

    model: Path
    weather: Path
    directory: Path
    request: Preparation
    version: str


@dataclass(frozen=True, slots=True)
class PreparedFiles:
    """A model and a weather file ready for EnergyPlus."""

    model: Prepared
    weather: PreparedWeather


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Read what EnergyPlus left in `directory`: its messages, and after a success its metrics."""

    directory: Path
    succeeded: bool
    engine_seconds: float
    ideal_loads: bool
    building: str | None
    #: The constructions of a library that the model was given.
    placed: PlacedAssemblies | None = None
    #: As it was submitted; the objects of messages are looked for in it.
    model: Path | None = None


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """Messages, and after a success results, and warnings about constructions whose U-value is not the library's."""

    said: Messages
    results: Results | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LibraryRequest:
    """Read constructions of an old installation's library, with the fields of an engine's version."""

    version: str
    constructions: tuple[LibraryConstruction, ...]


@dataclass(frozen=True, slots=True)
class LibraryAssemblies:
    """The constructions of a library, in the order of the request."""

    assemblies: tuple[Assembly, ...]


def _prepare(request: PrepareRequest) -> PreparedFiles:
    weather = prepare_weather(request.weather, request.directory)
    model = prepare(
        request.model,
        request.directory,
        request.request,
        version=request.version,
        weather_year=weather.year,
        weather_place=weather.place,
    )
    return PreparedFiles(model, weather)


def _read(request: ReadRequest) -> ReadFiles:
    said = read_messages(request.directory / "eplusout.err", request.model)
    if not request.succeeded:
        return ReadFiles(said, None)
    results = read_results(
        request.directory,
        said=said,
        engine_seconds=request.engine_seconds,
        ideal_loads=request.ideal_loads,
        building=request.building,
        placed=request.placed,
    )
    stated = request.placed.u_values if request.placed else None
    warnings = u_value_warnings(request.directory / "eplusout.eio", stated) if stated else ()
    return ReadFiles(said, results, tuple(warnings))


def _inspect(request: InspectRequest) -> InspectedFiles:
    found = []
    for number, file in enumerate(request.files):
        note_progress(number)
        found.append(inspect(file, request))
    return InspectedFiles(tuple(found))


def _read_library(request: LibraryRequest) -> LibraryAssemblies:
    schema = schema_of(request.version)
    if schema is None:
        raise ValueError(f"the fields of EnergyPlus {request.version} are not known here")
    return LibraryAssemblies(read_assemblies(schema, request.constructions))


PREPARE = Job("prepare", PrepareRequest, PreparedFiles, _prepare)
READ = Job("read", ReadRequest, ReadFiles, _read)
INSPECT = Job("inspect", InspectRequest, InspectedFiles, _inspect)
LIBRARY = Job("library", LibraryRequest, LibraryAssemblies, _read_library)
JOBS: dict[str, Job[Any, Any]] = {job.name: job for job in (PREPARE, READ, INSPECT, LIBRARY)}


def preload(*versions: str) -> None:
    """Load the fields of these engines, and what requests and replies need, before the first job is forked."""
    for job in JOBS.values():
        job.preload()
    for version in versions:
        schema_of(version)


def answer(job: str, request: bytes) -> bytes:
    """Do a job by its name."""
    return JOBS[job].answer(request)
