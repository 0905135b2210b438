"""How a condition is put so that Postgres finds rows by the way we know to be short, whatever it believes of others."""

from sqlalchemy import ColumnElement, case, false, true


def checked(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition in a form that leads to no index: it is asked of a row that another condition finds by its key.

    Postgres may believe a partial index to be empty while it holds the whole backlog, or an owner to have one
    simulation while they have all there are, and then reads those in place of the primary key.
    """
    return case((condition, true()), else_=false())
