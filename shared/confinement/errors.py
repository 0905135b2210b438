"""What can go wrong around a confined child, none of it the child's own doing."""

from shared.errors import Unavailable


class ConfinementError(Unavailable):
    """A program cannot be executed under confinement; the message says why."""


class LauncherLost(ConfinementError):
    """The launcher process is gone, and its children with it."""
