"""One base class per cause of failure, so that a caller can catch a kind. Imports nothing; every package may use it."""


class RefusedInput(ValueError):
    """What was given cannot be used; the message says what is wrong and where. Trying again does not help."""


class Conflict(Exception):
    """What was asked for does not fit the present state."""


class Unavailable(Exception):
    """Something that is needed cannot be reached or used at the moment. Trying again may help."""


class InternalFault(Exception):
    """A fault on our side, which neither the user's input nor a missing part explains."""
