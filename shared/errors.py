"""Base classes of errors, one per cause, so that a caller can catch all errors of a cause.

Imports nothing, so that every package may use it.
"""


class RefusedInput(ValueError):
    """The input cannot be used; the message says what is wrong and where. Trying again does not help."""


class Conflict(Exception):
    """The request does not fit the present state."""


class Unavailable(Exception):
    """A required service or resource cannot be reached or used at the moment. Trying again may help."""


class InternalFault(Exception):
    """A fault of EPSM itself, caused neither by the user's input nor by an unavailable service."""
