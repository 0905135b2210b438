"""Accepts a submission: checks, stores and queues it. Called by the views of both contracts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from api_service.http.dependencies import Dependencies
from api_service.http.observe import correlation_id
from api_service.http.problem import Fault, invalid
from api_service.identity import audit
from api_service.submission.answers import NO_QUESTIONS, FileAnswers, check_contents
from api_service.submission.caps import check_room, queueing
from api_service.submission.chosen_inputs import count_crossed
from api_service.submission.dependency import check_dependency
from api_service.submission.design_input import draw_design
from api_service.submission.expand import CheckedModel, expand
from api_service.submission.idempotency import KeyReused, current_key
from api_service.submission.inputs import NEEDED, Candidate, check_names, size_faults
from api_service.submission.spec import Spec
from api_service.submission.store_inputs import store_inputs
from api_service.submission.varied import parameter_faults, questions_about
from shared.enums import InputRole
from shared.logging import get_logger
from shared.settings import Settings
from shared.state.submit import (
    InputFile,
    Key,
    KeyTaken,
    NewSimulation,
    Submitted,
    UnknownArtifacts,
    is_known,
    submit,
    submit_once,
)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Submission:
    """A decoded request; `faults` are the errors found by decoding, `prefix` is the spec's path in the request."""

    owner: str
    spec: Spec | None
    candidates: Sequence[Candidate]
    faults: Sequence[Fault] = ()
    prefix: str = ""


def accept(dependencies: Dependencies, submission: Submission) -> Submitted:
    """Checks, stores and queues a submission; returns its simulation, or that of an earlier request with the same key.

    Raises Problem with all faults, DatabaseAway, StorageError.
    """
    models, answers = _check(dependencies, submission)
    assert submission.spec is not None  # noqa: S101  (without a spec there are faults, and _check has raised)
    key = current_key(submission.spec, list(submission.candidates))
    spec = submission.spec
    _check_caps(dependencies, submission, spec, key)
    if (design := draw_design(spec)) is not None:
        submission = replace(submission, candidates=[*submission.candidates, design])
        _check_caps(dependencies, submission, spec, key)
    new = _simulation(submission, spec, models, _waits_for(dependencies, submission, spec, key))
    most = dependencies.settings.owner_queued_runs
    store_inputs(dependencies.database, dependencies.storage, submission.candidates)
    try:
        with queueing(), dependencies.database.transaction() as connection:
            if key:
                submitted = submit_once(connection, new, key, max_queued=most)
            else:
                submitted = Submitted(submit(connection, new, max_queued=most), is_new=True)
            if submitted.is_new:
                audit.note(connection, "simulation.submitted", f"simulations/{submitted.simulation_id}")
    except KeyTaken as error:
        raise KeyReused from error
    except UnknownArtifacts as error:
        gone = [Fault(_field_of(submission, sha256), "is no longer stored") for sha256 in error.hashes]
        raise invalid(gone) from error
    dependencies.dispatch.poke()
    answers.keep()
    log.info(
        "simulation.submitted" if submitted.is_new else "simulation.submitted_again",
        simulation_id=str(submitted.simulation_id),
        runs=new.total,
        owner=new.owner,
    )
    return submitted


def request_faults(settings: Settings, submission: Submission, needed: Sequence[InputRole] = NEEDED) -> list[Fault]:
    """Returns the faults that show without opening a file; `needed` are the roles that must not be missing."""
    faults = [*submission.faults, *check_names(submission.candidates, settings, needed)]
    if submission.spec is not None:
        faults += _too_many(submission, submission.spec, settings.max_runs)
    return faults


def runs_of(submission: Submission, spec: Spec) -> int:
    """Returns the number of runs that the submission makes."""
    models, weather = _files(submission)
    return spec.chosen.count_runs(models, weather, spec.count_variants(), baseline=spec.baseline)


def _files(submission: Submission) -> tuple[int, int]:
    """The number of models and that of weather files."""
    roles = [candidate.role for candidate in submission.candidates]
    return roles.count(InputRole.MODEL), roles.count(InputRole.WEATHER)


def _check(dependencies: Dependencies, submission: Submission) -> tuple[Sequence[CheckedModel], FileAnswers]:
    candidates = submission.candidates
    faults = request_faults(dependencies.settings, submission)
    # Files with invalid names are checked too, so that the client gets all faults at once. With too many files or
    # bytes, none is opened.
    if size_faults(candidates, dependencies.settings):
        raise invalid(faults)
    questions = NO_QUESTIONS if submission.spec is None else questions_about(submission.spec)
    answers = FileAnswers(dependencies, submission.owner, candidates, questions)
    read = list(answers)
    models, wrong = check_contents(read, candidates)
    if (spec := submission.spec) is not None:
        for candidate, answer in zip(candidates, read, strict=True):
            wrong += parameter_faults(spec, candidate, answer, submission.prefix)
    if faults + wrong:
        answers.keep()
        raise invalid(list(dict.fromkeys(faults + wrong)))
    return models, answers


def _check_caps(dependencies: Dependencies, submission: Submission, spec: Spec, key: Key | None) -> None:
    files = {c.file.sha256: c.file.size for c in submission.candidates}
    with dependencies.database.transaction() as connection:
        # A repeated submission adds nothing, so the caps are not checked.
        if key is None or not is_known(connection, submission.owner, key):
            check_room(connection, dependencies.settings, submission.owner, runs_of(submission, spec), files)


def _waits_for(dependencies: Dependencies, submission: Submission, spec: Spec, key: Key | None) -> UUID | None:
    with dependencies.database.transaction() as connection:
        # A repeated submission gets its simulation, whatever has become of the other one.
        if key is not None and is_known(connection, submission.owner, key):
            return None
        return check_dependency(connection, spec.depends_on, submission.prefix)


def _too_many(submission: Submission, spec: Spec, most: int) -> list[Fault]:
    least = count_crossed(spec.parameters, *_files(submission)) * spec.count_variants()
    if least > most and spec.baseline:
        return [Fault("", f"the submission makes more than {least} runs, and {most} are allowed")]
    # Baselines cannot be counted without drawing the variants, which are not too many here.
    runs = least if least > most else runs_of(submission, spec)
    return (
        [Fault("", f"the submission makes {runs} runs, more than the {most} that are allowed")] if runs > most else []
    )


def _simulation(
    submission: Submission, spec: Spec, models: Sequence[CheckedModel], waits_for: UUID | None
) -> NewSimulation:
    weather = [c.file.name for c in submission.candidates if c.role is InputRole.WEATHER]
    return NewSimulation(
        owner=submission.owner,
        name=spec.name or models[0].name,
        description=spec.description,
        priority=spec.priority,
        spec=spec.study({model.engine for model in models}),
        correlation_id=correlation_id(),
        soft_limit_seconds=spec.soft_limit_seconds,
        hard_limit_seconds=spec.hard_limit_seconds,
        max_attempts=spec.max_attempts,
        inputs=[InputFile(c.role, c.file.name, c.file.sha256) for c in submission.candidates],
        total=runs_of(submission, spec),
        runs=expand(
            *(models, weather, spec.count_variants() if spec.parameters else None, spec.chosen), baseline=spec.baseline
        ),
        waits_for=waits_for,
    )


def _field_of(submission: Submission, sha256: str) -> str:
    return next(c.field for c in submission.candidates if c.file.sha256 == sha256)
