"""Keys by which lists of ended runs are sorted, kept by triggers on runs, whichever version of EPSM writes them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base

#: Columns that lists are sorted by; each has an index per scope: one simulation, one owner, everything.
SORTED = ("started_at", "ended_at", "seconds", "site_eui_kwh_per_m2")
SCOPES = ("simulation_id", "owner", None)


def _indexes() -> list[Index]:
    return [
        Index(
            "_".join(filter(None, ("ix_ended_runs", scope, key))),
            *filter(None, (scope, key)),
            "run_id",
            # A run that never started has a row in the indexes of `ended_at` alone.
            postgresql_where=text(f"{key} IS NOT NULL"),
        )
        for scope in SCOPES
        for key in SORTED
    ]


class EndedRun(Base):
    """One ended run. It has its own table, because an index on runs would be written with every beat.

    A row may be older than its run for a moment after a migration: readers look at the run as well.
    """

    __tablename__ = "ended_runs"
    __table_args__ = (*_indexes(),)

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    simulation_id: Mapped[UUID]
    owner: Mapped[str]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime]
    seconds: Mapped[float | None]
    site_eui_kwh_per_m2: Mapped[float | None]
