"""What the model is not to blame for: raised by an attempt, turned into a decision by the retry middleware."""

from shared.errors import InternalFault


class InfrastructureError(InternalFault):
    """An attempt could not be carried out. `code` is for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
