"""SQL conditions written so that the planner uses the primary key, whatever its statistics say."""

from sqlalchemy import ColumnElement, case, false, true


def checked(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition in a form that no index can serve, so that it is only a filter on rows found by another condition.

    When statistics are outdated, the planner may take a partial index for empty that contains the whole backlog, or
    assume that an owner with nearly all simulations has one, and would then read those instead of the primary key.
    """
    return case((condition, true()), else_=false())
