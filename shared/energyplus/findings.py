"""Refusals of uploaded files: findings with their lines, and the exception that carries them."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import RefusedInput


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a file: a sentence with line and object, where there are any."""

    message: str
    line: int | None = None


class Rejected(RefusedInput):
    """A refused file, with all findings."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings: Sequence[Finding] = findings


def reject(message: str, line: int | None = None) -> Rejected:
    """A refusal with one finding."""
    return Rejected(Finding(message if line is None else f"line {line}: {message}", line))
