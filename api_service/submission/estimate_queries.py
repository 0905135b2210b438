"""What estimates are made from: the latest fit, earlier runs of the same models, and the slots of the fleet."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from pydantic import ValidationError
from sqlalchemy import ARRAY, Connection, String, cast, func, select, true

from api_service.submission.estimate import LikeRun
from shared.db.tables import Attempt, Run, Simulation, TimeFit
from shared.energyplus.job import adapter
from shared.energyplus.preparation.features import ModelFeatures
from shared.estimates.regression import Regression, stored
from shared.estimates.shipped import SHIPPED

#: The latest attempts of one model that are looked at; those of other owners and other periods are among them.
LOOKED_AT = 100


def latest_fit(connection: Connection) -> Regression:
    """Returns the scheduler's latest fit, or the shipped one: before the first, and after one of another version."""
    fit = connection.scalar(select(TimeFit.fit))
    return (stored(fit) if fit is not None else None) or SHIPPED


def earlier_runs(connection: Connection, owner: str, models: Collection[str]) -> dict[str, Sequence[LikeRun]]:
    """Returns runs of `owner` that have succeeded, by hash of the model: those of others would tell who has it."""
    of_model = select(func.unnest(cast(list(models), ARRAY(String))).label("sha256")).subquery()
    latest = (
        select(
            *(Attempt.run_id, Attempt.features),
            func.extract("epoch", Attempt.ended_at - Attempt.started_at).label("seconds"),
        )
        .where(Attempt.model_sha256 == of_model.c.sha256)
        .order_by(Attempt.ended_at.desc())
        .limit(LOOKED_AT)
        .lateral()
    )
    # Not joins, which could begin with the owner's simulations, and read all of their runs.
    engine = select(Run.engine).where(Run.id == latest.c.run_id).scalar_subquery()
    whose = (
        select(Simulation.owner)
        .join(Run, Run.simulation_id == Simulation.id)
        .where(Run.id == latest.c.run_id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(of_model.c.sha256, engine, latest.c.features, latest.c.seconds)
        .join(latest, true())
        .where(whose == owner, latest.c.seconds > 0)
    )
    found: dict[str, list[LikeRun]] = defaultdict(list)
    for sha256, of_engine, features, seconds in rows:
        try:
            known = adapter(ModelFeatures).validate_python(features)
        except ValidationError:
            # Of another version, which counted other things.
            continue
        found[sha256].append(LikeRun(of_engine, known, float(seconds)))
    return dict(found)
