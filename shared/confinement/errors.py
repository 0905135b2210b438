"""Errors in starting and supervising a confined child; none is caused by the child itself."""

from shared.errors import Unavailable


class ConfinementError(Unavailable):
    """A program cannot be executed in its sandbox; the message says why."""


class LauncherLost(ConfinementError):
    """The launcher process has ended, and its children with it."""
