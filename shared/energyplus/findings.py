"""How the door says no."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in a sentence that names line and object where there are any."""

    message: str
    line: int | None = None


class Rejected(ValueError):
    """A file that cannot be taken, with everything found wrong."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems: Sequence[Problem] = problems


def reject(message: str, line: int | None = None) -> Rejected:
    """A rejection for one reason."""
    return Rejected(Problem(message if line is None else f"line {line}: {message}", line))
