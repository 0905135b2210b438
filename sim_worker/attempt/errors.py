"""Infrastructure errors of an attempt: those that the model did not cause. The retry middleware handles them."""

from shared.errors import InternalFault


class InfrastructureError(InternalFault):
    """An attempt could not be carried out, for a reason other than the model. `code` is for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
