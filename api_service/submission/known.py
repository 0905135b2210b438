"""How many runs of a submission have a known result: their fingerprints are looked up, as workers will do."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from api_service.submission.expand import CheckedModel, expand
from api_service.submission.inputs import Candidate
from api_service.submission.known_queries import count_known, newest_maker
from api_service.submission.spec import Spec
from shared.db.database import Database
from shared.energyplus.preparation.prepare import PreparationError
from shared.energyplus.preparation.site import paired
from shared.enums import InputRole
from shared.fingerprint import RunFingerprint, RunInputs, fingerprint
from shared.request import preparation

#: Runs of a submission that are looked up.
MOST = 10_000
#: Runs that one statement looks up.
AT_ONCE = 1000


def known_results(
    database: Database, owner: str, spec: Spec, candidates: Sequence[Candidate], models: Sequence[CheckedModel]
) -> int:
    """Returns how many of the first MOST runs will probably be linked to a result of the owner. Raises DatabaseAway."""
    if not spec.reuse:
        return 0
    with database.transaction() as connection:
        makers = {engine: newest_maker(connection, engine) for engine in {model.engine for model in models}}
    asked = islice(_fingerprints(spec, candidates, models, makers), MOST)
    known = 0
    while some := list(islice(asked, AT_ONCE)):
        with database.transaction() as connection:
            known += count_known(connection, owner, some)
    return known


def _fingerprints(
    spec: Spec, candidates: Sequence[Candidate], models: Sequence[CheckedModel], makers: dict[str, str | None]
) -> Iterator[RunFingerprint | None]:
    """Yields the fingerprints of the runs in their order; None for one that no worker has been there for."""
    files: dict[InputRole, dict[str, str]] = defaultdict(dict)
    for candidate in candidates:
        files[candidate.role][candidate.file.name] = candidate.file.sha256
    side_files, study = files[InputRole.FILE], spec.study(())
    values = list(islice(spec.variants(), MOST)) if spec.parameters else []
    count = spec.count_variants() if spec.parameters else None
    for run in expand(models, list(files[InputRole.WEATHER]), count, spec.chosen, baseline=spec.baseline):
        maker = makers[run.engine]
        weather = files[InputRole.WEATHER][run.weather]
        inputs = RunInputs(run.model, files[InputRole.MODEL][run.model], weather, side_files)
        variant = {} if run.variant is None else values[run.variant]
        try:
            request = preparation(study, variant, paired(run.weather, list(side_files)))
        except PreparationError:
            yield None
            continue
        yield None if maker is None else fingerprint(inputs, request, maker)
