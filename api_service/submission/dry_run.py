"""A dry run: reads a submission as `accept` would, and says what it would make. It stores and queues nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from api_service.http.problem import Fault, invalid
from api_service.submission.accept import Submission, request_faults, runs_of
from api_service.submission.inputs import Candidate, missing_faults, read_content, side_names
from api_service.submission.spec import Spec
from shared.energyplus.formats.document import PreparationError
from shared.energyplus.intake import Finding, ModelFacts, Rejected, WeatherFacts
from shared.energyplus.preparation.parameters import Parameter
from shared.energyplus.preparation.preview import ModelPreview, preview_model
from shared.enums import InputRole
from shared.settings import Settings

#: How many variants an answer shows.
SHOWN_VARIANTS = 20


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


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a submission would make. `known` is the number of runs whose result exists already.

    `errors` is what is missing for a submission.
    """

    count: int
    known: int
    variants: Sequence[Mapping[str, Any]]
    inputs: Sequence[LookedAt]
    errors: Sequence[Fault] = ()

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


def try_submission(settings: Settings, submission: Submission, *, with_geometry: bool = False) -> DryRun:
    """Returns what the submission would make. Raises Problem for a request that no content of its files could mend.

    Without weather the models are looked at all the same: where the building is says which weather it needs.
    """
    faults = request_faults(settings, submission, needed=(InputRole.MODEL,))
    if faults or submission.spec is None:
        raise invalid(list(dict.fromkeys(faults)))
    spec, side_files = submission.spec, side_names(submission.candidates)
    variants = list(islice(spec.variants(), SHOWN_VARIANTS))
    parameters = [
        Parameter(object=p.object, name=p.match, field=p.field, mode=p.mode, value=p.values[0]) for p in spec.parameters
    ]
    return DryRun(
        count=runs_of(submission, spec),
        # Results are not reused yet.
        known=0,
        variants=[{"index": index, "parameters": variant} for index, variant in enumerate(variants)],
        inputs=[_look(c, settings, side_files, spec, parameters, with_geometry) for c in submission.candidates],
        errors=missing_faults(submission.candidates),
    )


def _look(
    candidate: Candidate,
    settings: Settings,
    side_files: frozenset[str],
    spec: Spec,
    parameters: Sequence[Parameter],
    with_geometry: bool,
) -> LookedAt:
    file, role = candidate.file, candidate.role
    try:
        facts = read_content(candidate, settings, side_files)
    except Rejected as rejected:
        return LookedAt(file.name, role, errors=rejected.findings)
    if isinstance(facts, ModelFacts):
        try:
            seen = preview_model(
                *(file.path, file.name, facts.engine),
                annual=spec.annual,
                parameters=parameters,
                with_geometry=with_geometry,
            )
        except PreparationError as error:
            # A submission would accept the model, and its runs would fail.
            return LookedAt(file.name, role, warnings=[f"A run would fail: {error}"], engine=facts.engine)
        return LookedAt(file.name, role, warnings=seen.warnings, engine=facts.engine, model=seen)
    return LookedAt(file.name, role, weather=facts)
