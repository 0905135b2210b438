"""How the door says no."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import RefusedInput


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in a sentence that names line and object where there are any."""

    message: str
    line: int | None = None


class Rejected(RefusedInput):
    """A file that cannot be taken, with everything found wrong."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings: Sequence[Finding] = findings


def reject(message: str, line: int | None = None) -> Rejected:
    """A rejection for one reason."""
    return Rejected(Finding(message if line is None else f"line {line}: {message}", line))
