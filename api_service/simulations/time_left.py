"""How long a simulation's open runs will take, from the runs of it that have ended or are under way. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from shared.estimates.duration import Duration, Quantiles, total_quantiles
from shared.estimates.shipped import PRIOR

#: A run that has got less far says little about its whole duration.
LEAST_PERCENT = 5
#: Seconds without a running run: between two runs there may be a moment without one.
PAUSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Pace:
    """What a simulation's latest runs say.

    `seconds` are those of its last ended runs, newest first, `span_seconds` the time from the first start to the last
    end of these, `idle_seconds` the time since. `under_way` are the running runs: percent and seconds so far.
    """

    seconds: Sequence[float] = ()
    span_seconds: float = 0.0
    idle_seconds: float = 0.0
    under_way: Sequence[tuple[int, float]] = ()


def time_left(queued: int, pace: Pace) -> Quantiles | None:
    """Returns the time until the last run has ended, as long as as many run at once as did of late.

    None when nothing runs, or when no run has got far enough.
    """
    running = len(pace.under_way)
    if not running and (not pace.seconds or pace.idle_seconds > PAUSE_SECONDS):
        return None
    known = pace.seconds or _expected(pace)
    if not known:
        return None
    open_runs = queued + sum(1 - percent / 100 for percent, _ in pace.under_way)
    return total_quantiles([(open_runs, _duration(known))], _at_once(running, pace))


def _expected(pace: Pace) -> list[float]:
    # A run that was claimed after the transaction began has a negative time so far.
    return [100 * so_far / percent for percent, so_far in pace.under_way if percent >= LEAST_PERCENT and so_far > 0]


def _duration(seconds: Sequence[float]) -> Duration:
    """Of a few runs the spread is not known; a typical one counts as much as `PRIOR.weight` of them."""
    logs = list(map(math.log, seconds))
    mean, prior = fmean(logs), PRIOR.weight * PRIOR.regression.spread**2
    spread = math.sqrt((prior + sum((log - mean) ** 2 for log in logs)) / (PRIOR.weight + len(logs) - 1))
    return Duration(mean, spread / math.sqrt(len(logs)), spread)


def _at_once(running: int, pace: Pace) -> float:
    if pace.span_seconds <= 0:
        return max(running, 1)
    of_late = max(sum(pace.seconds) / pace.span_seconds, 1e-3)
    # One more or one fewer may be the moment between two runs.
    return of_late if not running or abs(of_late - running) <= 1 else running
