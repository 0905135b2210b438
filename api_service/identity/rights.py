"""Rights that depend on what a request asks for, and not only on its address."""

from api_service.http.problem import Problem
from api_service.identity.scope import Scope
from api_service.identity.who import Identity
from shared.enums import Priority


def check_priority(identity: Identity, priority: Priority) -> None:
    """Raises Problem when the requester may not give a simulation this priority."""
    if priority is Priority.URGENT and not identity.may(Scope.URGENT):
        raise Problem(403, f"priority: {priority.word} needs the scope {Scope.URGENT}")
