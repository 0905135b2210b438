"""Inspection of an uploaded file: what is in it, or why it is refused. A job of the API's helpers (`jobs.py`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shared.energyplus.assemblies.assembly import Assembly
from shared.energyplus.building.components import ModelComponents, read_components
from shared.energyplus.findings import Finding, Rejected
from shared.energyplus.formats.document import Document, load
from shared.energyplus.formats.schema import schema_of
from shared.energyplus.intake import (
    ModelFacts,
    WeatherFacts,
    check_model,
    check_side_file,
    check_weather,
    is_reserved,
)
from shared.energyplus.preparation.assemblies import place
from shared.energyplus.preparation.outputs import Output
from shared.energyplus.preparation.preview import ModelPreview, preview_model
from shared.energyplus.preparation.site import DDY_SUFFIX, read_design_conditions
from shared.energyplus.preparation.varied import CheckedParameter, VariedField, VariedMeasure, check_parameters
from shared.energyplus.profiles import DEFAULT_PROFILE
from shared.errors import RefusedInput

Kind = Literal["model", "weather", "file"]


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it was uploaded; `path` is where it is, `name` what it is called."""

    kind: Kind
    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class PreviewOptions:
    """What is asked of a preview."""

    annual: bool | None
    with_geometry: bool = False
    outputs: tuple[Output, ...] | None = None
    profile: str = DEFAULT_PROFILE


@dataclass(frozen=True, slots=True)
class ModelQuestions:
    """What is asked of a model besides the checks: a preview, whether it has what the parameters of a study change and
    surfaces for constructions, and its components.
    """

    preview: PreviewOptions | None = None
    assemblies: tuple[Assembly, ...] = ()
    components: bool = False
    varied: tuple[VariedField | VariedMeasure, ...] = ()
    #: Which of them variants change together, so that one may depend on another, by their places; empty: all.
    together: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class InspectRequest:
    """Inspect files of one request; `versions` are the engines there are, `side_files` what models may refer to."""

    files: tuple[UploadedFile, ...]
    versions: tuple[str, ...]
    side_files: frozenset[str] = frozenset()
    questions: ModelQuestions = ModelQuestions()


@dataclass(frozen=True, slots=True)
class Inspected:
    """What is in a file, or with `findings` why it is refused; `unanswered` is why an accepted model has no answers."""

    findings: tuple[Finding, ...] = ()
    model: ModelFacts | None = None
    weather: WeatherFacts | None = None
    preview: ModelPreview | None = None
    components: ModelComponents | None = None
    unanswered: str = ""
    #: In the order of the question.
    varied: tuple[CheckedParameter, ...] = ()


@dataclass(frozen=True, slots=True)
class InspectedFiles:
    """The files of a request, in its order."""

    files: tuple[Inspected, ...]


def name_part(kind: Kind, name: str) -> str:
    """Return all that the answer about a file takes from its name: its suffix, of a side file whether it is reserved.

    Two files of one kind with this and their content in common have one answer.
    """
    if kind == "file":
        return "reserved" if is_reserved(name) else DDY_SUFFIX * name.lower().endswith(DDY_SUFFIX)
    return Path(name).suffix.lower()


def inspect(file: UploadedFile, request: InspectRequest) -> Inspected:
    """Check one file of the request, and answer what is asked of a model that is accepted."""
    try:
        match file.kind:
            case "weather":
                return Inspected(weather=check_weather(file.path, file.name))
            case "file":
                check_side_file(file.path, file.name)
                _check_ddy(file, request.versions)
                return Inspected()
            case "model":
                facts = check_model(
                    *(file.path, file.name),
                    versions=request.versions,
                    files=request.side_files,
                    warn=request.questions.preview is not None,
                )
    except Rejected as rejected:
        return Inspected(findings=tuple(rejected.findings))
    try:
        return _answers(file, facts, request.questions)
    except RefusedInput as refusal:
        return Inspected(model=facts, unanswered=str(refusal))


def _check_ddy(file: UploadedFile, versions: Sequence[str]) -> None:
    """Make sure that a DDY file has what a run takes of it. The fields are the same in all versions of EnergyPlus."""
    schema = next(filter(None, map(schema_of, versions)), None)
    if schema is not None and file.name.lower().endswith(DDY_SUFFIX):
        read_design_conditions(file.path, file.name, schema)


def _answers(file: UploadedFile, facts: ModelFacts, asked: ModelQuestions) -> Inspected:
    if asked == ModelQuestions():
        return Inspected(model=facts)

    def read() -> Document:
        return load(file.path, facts.engine, file.name)[0]

    varied = _varied(asked, read)
    document, normalised = load(file.path, facts.engine, file.name)
    preview = None
    if asked.preview is not None:
        preview = preview_model(
            document,
            normalised,
            facts.engine,
            annual=asked.preview.annual,
            outputs=asked.preview.outputs,
            profile=asked.preview.profile,
            with_geometry=asked.preview.with_geometry,
        )
    if asked.assemblies:
        place(document, _one_each(asked.assemblies))
    components = read_components(document) if asked.components else None
    return Inspected(model=facts, preview=preview, components=components, varied=varied)


def _varied(asked: ModelQuestions, read: Callable[[], Document]) -> tuple[CheckedParameter, ...]:
    checked: dict[int, CheckedParameter] = {}
    document = None
    for places in asked.together or (tuple(range(len(asked.varied))),):
        varied = [asked.varied[place] for place in places]
        # The check of one field changes nothing.
        is_one_field = len(varied) == 1 and isinstance(varied[0], VariedField)
        document = (document or read()) if is_one_field else read()
        checked |= zip(places, check_parameters(document, varied, read), strict=True)
        document = document if is_one_field else None
    return tuple(checked[place] for place in sorted(checked))


def _one_each(assemblies: Sequence[Assembly]) -> list[Assembly]:
    # Whether a construction fits depends on the surfaces of its element only.
    return list({assembly.element: assembly for assembly in assemblies}.values())
