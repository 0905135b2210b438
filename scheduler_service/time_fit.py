"""Fits the regression that estimates the times of models never seen to the attempts of this installation."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import fmean, pvariance
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, func, select, text, true
from sqlalchemy.dialects.postgresql import insert

from scheduler_service.only_one import only_one
from shared import metrics
from shared.db.database import Database
from shared.db.tables import Attempt, TimeFit
from shared.energyplus.job import adapter
from shared.energyplus.preparation.features import ModelFeatures
from shared.estimates.regression import Regression, Sample, fit
from shared.estimates.shipped import PRIOR

#: Bounds of a pass: models, in the order of their hashes, and the latest attempts of each.
MOST_MODELS, MOST_ATTEMPTS = 500, 20


class TimeFitting:
    """Fits anew in each pass: what retention deletes is forgotten, and a faster machine noticed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self) -> None:
        """Runs one pass. Raises DatabaseAway."""
        with self._database.transaction() as connection:
            # With outdated statistics, Postgres would read and sort all further models for each next one.
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
            rows = _attempts(connection)
        # Takes up to a second or two, in which no transaction is open.
        fitted = fit(_samples(rows), PRIOR)
        with only_one(self._database, "time_fit") as connection:
            if connection is not None:
                _keep(connection, fitted)
        metrics.estimate_models.set(fitted.models)
        metrics.estimate_error_ratio.set(fitted.error_percent / 100)


def _attempts(connection: Connection) -> Sequence[tuple[str, Any, Decimal]]:
    """The latest attempts of each model: an index is read from hash to hash, however many attempts there are."""
    first = select(Attempt.model_sha256).where(Attempt.model_sha256.is_not(None)).order_by(Attempt.model_sha256)
    models = select(first.limit(1).scalar_subquery().label("sha256")).cte("models", recursive=True)
    following = first.where(Attempt.model_sha256 > models.c.sha256).limit(1).scalar_subquery()
    models = models.union_all(select(following).where(models.c.sha256.is_not(None)))
    some = select(models.c.sha256).where(models.c.sha256.is_not(None)).limit(MOST_MODELS).subquery()
    latest = (
        select(
            Attempt.features,
            func.extract("epoch", Attempt.ended_at - Attempt.started_at).label("seconds"),
        )
        .where(Attempt.model_sha256 == some.c.sha256)
        .order_by(Attempt.ended_at.desc())
        .limit(MOST_ATTEMPTS)
        .lateral()
    )
    found = select(some.c.sha256, latest.c.features, latest.c.seconds).join(latest, true()).where(latest.c.seconds > 0)
    return [(row.sha256, row.features, row.seconds) for row in connection.execute(found)]


def _samples(rows: Sequence[tuple[str, Any, Decimal]]) -> Iterator[Sample]:
    """Attempts with the same model and the same features are one sample."""
    logs: dict[tuple[str, ModelFeatures], list[float]] = defaultdict(list)
    for sha256, features, seconds in rows:
        try:
            known = adapter(ModelFeatures).validate_python(features)
        except ValidationError:
            # Of another version, which counted other things.
            continue
        logs[sha256, known].append(math.log(seconds))
    for (sha256, features), of_sample in logs.items():
        variance = pvariance(of_sample) * len(of_sample) / max(len(of_sample) - 1, 1)
        yield Sample(sha256, features, fmean(of_sample), len(of_sample), variance)


def _keep(connection: Connection, fitted: Regression) -> None:
    new = insert(TimeFit).values(fit=adapter(Regression).dump_python(fitted, mode="json"))
    kept = {"fit": new.excluded.fit, "fitted_at": func.now()}
    connection.execute(new.on_conflict_do_update(index_elements=[TimeFit.id], set_=kept))
