"""A dry run: reads a submission as `accept` would, and says what it would make. It stores and queues nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any

from api_service.http.dependencies import Dependencies
from api_service.http.problem import Fault, invalid
from api_service.submission.accept import Submission, request_faults, runs_of
from api_service.submission.answers import FileAnswers
from api_service.submission.dependency import check_dependency
from api_service.submission.estimate import Estimate, EstimatedModel, estimate
from api_service.submission.estimate_queries import earlier_runs, latest_fit
from api_service.submission.expand import CheckedModel, enlarging
from api_service.submission.inputs import Candidate, missing_faults
from api_service.submission.known import known_results
from api_service.submission.spec import Spec
from api_service.submission.varied import changing, parameter_faults, questions_about
from shared.energyplus.building.geometry import MAX_VERTICES, Geometry
from shared.energyplus.findings import Finding
from shared.energyplus.inspection import Inspected, PreviewOptions
from shared.energyplus.intake import WeatherFacts
from shared.energyplus.preparation.preview import ModelPreview
from shared.enums import InputRole
from shared.request import preparation
from shared.state.fleet import slots

TOO_MANY = "The buildings of this submission have too many surfaces for their pictures."
#: How many variants an answer shows.
SHOWN_VARIANTS = 20
#: Vertices that the pictures of an answer have together: the largest DOE prototype model has some 6,000.
SHOWN_VERTICES = 2 * MAX_VERTICES


@dataclass(frozen=True, slots=True)
class Matches:
    """How many objects of a model a parameter changes; None for a measure, which chooses them itself."""

    name: str
    objects: int | None


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One file of a dry run: what is in it, or why a submission would refuse it."""

    name: str
    role: InputRole
    errors: Sequence[Finding] = ()
    warnings: Sequence[str] = ()
    engine: str | None = None
    model: ModelPreview | None = None
    weather: WeatherFacts | None = None
    parameters: Sequence[Matches] = ()


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a submission would make. `known` is the number of runs whose result exists already.

    `errors` is what is missing for a submission, and why the models cannot be varied as asked. With errors in a model
    there is no estimate.
    """

    count: int
    known: int
    variants: Sequence[Mapping[str, Any]]
    inputs: Sequence[LookedAt]
    sampling: Mapping[str, Any]
    errors: Sequence[Fault] = ()
    estimate: Estimate | None = None

    @property
    def models(self) -> list[LookedAt]:
        """The models among the inputs."""
        return self._of(InputRole.MODEL)

    @property
    def weather(self) -> list[LookedAt]:
        """The weather files among the inputs."""
        return self._of(InputRole.WEATHER)

    @property
    def files(self) -> list[LookedAt]:
        """The side files among the inputs."""
        return self._of(InputRole.FILE)

    def _of(self, role: InputRole) -> list[LookedAt]:
        return [item for item in self.inputs if item.role is role]


def try_submission(of: Dependencies, submission: Submission, *, with_geometry: bool = False) -> DryRun:
    """Returns what the submission would make. Raises Problem for a request that no content of its files could mend.

    Without weather the models are looked at all the same: where the building is says which weather it needs.
    """
    faults = request_faults(of.settings, submission, needed=(InputRole.MODEL,))
    if faults or submission.spec is None:
        raise invalid(list(dict.fromkeys(faults)))
    spec, candidates = submission.spec, submission.candidates
    with of.database.transaction() as connection:
        check_dependency(connection, spec.depends_on, submission.prefix)
    variants = list(islice(spec.variants(), SHOWN_VARIANTS))
    unchanged = preparation(spec.study(()), {})
    preview = PreviewOptions(unchanged.annual, with_geometry, unchanged.outputs, unchanged.profile)
    asked = questions_about(spec, preview)
    answers = FileAnswers(of, submission.owner, candidates, asked)
    inputs, errors = [], missing_faults(candidates)
    timed: list[EstimatedModel | None] = []
    for candidate, read in zip(candidates, _with_pictures(answers), strict=True):
        inputs.append(_look(candidate, read, spec))
        errors += parameter_faults(spec, candidate, read, submission.prefix)
        if candidate.role is InputRole.MODEL:
            timed.append(_timed(candidate, read))
    answers.keep()
    models = [CheckedModel(item.name, item.engine) for item in inputs if item.engine is not None]
    # With a model that is refused, nothing is submitted.
    is_whole = len(models) == sum(candidate.role is InputRole.MODEL for candidate in candidates)
    known = known_results(of.database, submission.owner, spec, candidates, models) if is_whole else 0
    count = runs_of(submission, spec)
    return DryRun(
        count=count,
        known=known,
        variants=[{"index": index, "parameters": variant} for index, variant in enumerate(variants)],
        inputs=inputs,
        sampling={**asdict(spec.sampling), "enlarging": enlarging(spec.sampling)},
        errors=errors,
        estimate=_estimate(of, submission.owner, timed, count - known),
    )


def _with_pictures(reading: Iterable[Inspected]) -> Iterator[Inspected]:
    """Yields the files with their pictures, as long as these have no more than SHOWN_VERTICES together."""
    left = SHOWN_VERTICES
    for read in reading:
        if read.preview is not None and read.preview.geometry is not None:
            left -= sum(len(polygon.vertices) for polygon in read.preview.geometry.surfaces)
            if left < 0:
                read = replace(read, preview=replace(read.preview, geometry=Geometry((), TOO_MANY)))
        yield read


def _timed(candidate: Candidate, read: Inspected) -> EstimatedModel | None:
    if read.model is None or read.preview is None:
        return None
    return EstimatedModel(candidate.file.sha256, read.model.engine, read.preview.features)


def _estimate(of: Dependencies, owner: str, timed: Sequence[EstimatedModel | None], runs: int) -> Estimate | None:
    models = [model for model in timed if model is not None]
    if len(models) < len(timed):
        return None
    with of.database.transaction() as connection:
        history = earlier_runs(connection, owner, {model.sha256 for model in models})
        fit, fleet = latest_fit(connection), slots(connection, lease=of.lease)
    if most := of.settings.owner_running_runs:
        fleet = {engine: min(there, most) for engine, there in fleet.items()}
    return estimate(models, runs, history, fit, fleet)


def _look(candidate: Candidate, read: Inspected, spec: Spec) -> LookedAt:
    name, role = candidate.file.name, candidate.role
    engine = None if read.model is None else read.model.engine
    if read.findings:
        return LookedAt(name, role, errors=read.findings)
    warnings = [finding.message for finding in read.model.warnings] if read.model else []
    if read.unanswered:
        # A submission would accept the model, and its runs would fail.
        return LookedAt(name, role, warnings=[f"A run would fail: {read.unanswered}", *warnings], engine=engine)
    warnings += read.preview.warnings if read.preview else ()
    matches = [Matches(p.name, checked.matches) for (_, p), checked in zip(changing(spec), read.varied, strict=False)]
    return LookedAt(name, role, (), warnings, engine, read.preview, read.weather, matches)
