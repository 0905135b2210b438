"""Table of the regression that estimates the times of models never seen."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base


class TimeFit(Base):
    """One row: the latest fit to the attempts of this installation. Written by the scheduler, read by the API."""

    __tablename__ = "time_fits"
    __table_args__ = (CheckConstraint("id", name="one"),)

    id: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    fit: Mapped[dict[str, Any]]
    fitted_at: Mapped[datetime] = mapped_column(server_default=func.now())
