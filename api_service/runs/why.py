"""Why a run is not running, or has not succeeded: reasons from the facts of `why_queries`. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from api_service.runs.why_queries import MOST, QueueFacts, place_of
from shared.enums import HeldReason, WorkerStatus
from shared.spec import END
from shared.state.cancel import DEPENDENCY_FAILED

#: Workers that a reason names.
NAMED_WORKERS = 5

CANCELLED_BY = {
    "run.cancelled": "The run was cancelled by {owner}.",
    "simulation.cancelled": "Its simulation was cancelled by {owner}.",
    "queue.purged": "The queue of engine {engine} was purged by {owner}.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: `code` for programs, `text` for people, `until` where its end is known."""

    code: str
    text: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WhyView:
    """The status of a run and the reasons for it, the most important first."""

    status: str
    reasons: list[Reason]


def of_queued(run: Row[Any], facts: QueueFacts, *, owner_runs: int) -> Iterator[Reason]:
    """Yields why a queued run has not started; `owner_runs` is the cap of running runs per owner, 0 for none."""
    is_stopped = run.breaker_opened_at is not None
    if is_stopped:
        yield _stopped(run.breaker_cause)
    if run.held_reason not in (None, HeldReason.CANARY):
        yield _held(run)
    elif run.error_message is not None:
        yield Reason("earlier_attempt", f"Attempt {run.attempt} of {run.max_attempts} failed: {run.error_message}")
    for pause in facts.pauses:
        which = "The whole fleet" if pause.engine is None else f"Engine {pause.engine}"
        yield Reason("paused", f"{which} is paused{f': {pause.reason}' if pause.reason else ''}.")
    if not facts.workers:
        yield Reason("no_worker", f"No worker with engine {run.engine} is there.")
    elif all(worker.status != WorkerStatus.READY for worker in facts.workers):
        yield Reason("no_fit_worker", f"No worker with engine {run.engine} takes runs: {_states(facts)}.")
    if owner_runs and facts.owner_active - (run.published_at is not None) >= owner_runs:
        yield Reason("owner_limit", f"{run.owner} has {owner_runs} runs running, as many as one owner may have.")
    if run.held_reason is None and not is_stopped:
        yield _position(run, facts)


def of_running(run: Row[Any]) -> Reason:
    """Returns what a running run is doing."""
    if run.cancel_requested_at is not None:
        return Reason("cancel_requested", "It was cancelled; its worker kills EnergyPlus at the next beat.")
    return Reason("running", f"Attempt {run.attempt} is running on worker {run.worker_id}.")


def of_cancelled(run: Row[Any], canceller: Row[str | None, str] | None) -> Reason:
    """Returns why a run was cancelled, or by whom, as far as the audit log still knows."""
    if run.error_code == DEPENDENCY_FAILED:
        return Reason(run.error_code, f"{run.error_message}.")
    if canceller is None:
        return Reason("cancelled", "It was cancelled; the audit log does not say by whom.")
    owner = canceller.owner or "an owner whom the audit log does not name"
    return Reason("cancelled", CANCELLED_BY[canceller.action].format(owner=owner, engine=run.engine))


def of_failed(run: Row[Any]) -> Reason:
    """Returns the error of a failed run."""
    return Reason(run.error_code, run.error_message or "There is no message.")


def _held(run: Row[Any]) -> Reason:
    if run.held_reason == HeldReason.BACKOFF:
        said = f"Attempt {run.attempt} of {run.max_attempts} failed: {run.error_message}. The next one waits."
        return Reason("backoff", said, run.not_before)
    if run.held_reason == HeldReason.USER:
        return Reason("held", "A user holds its simulation; it can start when the simulation is released.")
    if run.held_reason == HeldReason.TWIN:
        said = (
            f"Twin running: run {run.twin_id} is identical. This one gets its result, or runs itself if there is none."
        )
        return Reason("twin_running", said)
    if run.held_reason == HeldReason.DEPENDENCY:
        how = "end" if run.waits_when == END else "succeed"
        return Reason("dependency", f"It waits for simulation {run.waits_for} to {how}.")
    return Reason(run.held_reason, f"It is held: {run.held_reason}.")


def _stopped(cause: Mapping[str, Any]) -> Reason:
    failures = _counted(cause["failures"], most=cause["failures"])
    why = " for the same cause" if cause["same_cause"] and cause["failures"] > 1 else ""
    said = f"{failures} of its simulation failed{why}: {cause['message']}"
    return Reason("breaker_open", f"{said}\nIt can start when the simulation is released.")


def _states(facts: QueueFacts) -> str:
    shown = [
        f"{worker.host} is {worker.status}{f' ({worker.reason})' if worker.reason else ''}"
        for worker in facts.workers[:NAMED_WORKERS]
    ]
    more = len(facts.workers) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _position(run: Row[Any], facts: QueueFacts) -> Reason:
    if run.published_at is not None:
        said = (
            f"It was sent to the workers and waits for a free one, with {_counted(facts.before_in_window)} before it."
        )
        return Reason("published", said)
    before = _counted(runs_before(run, facts))
    if any(lane.priority > run.priority and lane.owner != run.owner for lane in facts.lanes):
        # Some starts are assigned by round robin and not by priority.
        before = f"about {before}"
    return Reason("waiting", f"It waits in the queue of engine {run.engine}, with {before} before it.")


def runs_before(run: Row[Any], facts: QueueFacts) -> int:
    """Returns how many runs are dispatched before a waiting run as things are; above MOST when that is not known.

    Higher bands go first; starts by round robin are left out. Within a band owners take
    turns, so that each other owner has as many turns before the run as it has runs of its own owner before it, and one
    more.
    """
    if len(facts.lanes) > MOST:
        return MOST + 1
    own = (place_of(run), run.created_at, run.simulation_id)
    higher, mine = 0, facts.before_in_simulation
    others: Counter[str] = Counter()
    for lane in facts.lanes:
        if lane.priority > run.priority:
            higher += lane.runs
        elif lane.owner != run.owner:
            others[lane.owner] += lane.runs
        elif lane.order < own:
            mine += lane.runs
    return facts.before_in_window + higher + mine + sum(min(runs, mine + 1) for runs in others.values())


def _counted(runs: int, *, most: int = MOST) -> str:
    if runs > most:
        return f"more than {MOST:,} runs"
    return "no run" if runs == 0 else "1 run" if runs == 1 else f"{runs:,} runs"
