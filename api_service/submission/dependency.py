"""Checks the simulation that a new one depends on.

A circle cannot be submitted: a simulation exists before another one can name it.
"""

from uuid import UUID

from sqlalchemy import Connection

from api_service.http.problem import Fault, invalid
from api_service.identity.visible import sees_simulation
from api_service.identity.who import current_identity
from shared.spec import DependencySpec
from shared.state.dependency import read_predecessor, unmet


def check_dependency(connection: Connection, asked: DependencySpec | None, prefix: str) -> UUID | None:
    """Returns the simulation that the runs have to wait for; None when they may start at once.

    `prefix` is the spec's path in the request. Raises Problem for a simulation that the requester does not see, and for
    one that has ended in another way than is asked for.
    """
    if asked is None:
        return None
    number, field = UUID(asked.simulation), f"{prefix}depends_on"
    predecessor = (
        read_predecessor(connection, number) if sees_simulation(connection, number, current_identity()) else None
    )
    if predecessor is None:
        raise invalid([Fault(f"{field}.simulation", f"there is no simulation {number}")])
    if not predecessor.has_ended:
        return number
    if error := unmet(asked, predecessor):
        raise invalid([Fault(f"{field}.when", error)])
    return None
