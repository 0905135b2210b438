"""Refusals of uploaded files: findings with their lines, and the exception that carries them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from shared.errors import RefusedInput

#: Of a name that is compared and of one that is suggested.
COMPARED_CHARACTERS = 60


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


def suggestion(wanted: str, known: Iterable[str], most: int = 3) -> str:
    """The end of a message about a name that does not exist: the nearest ones, in any case; empty without any."""
    by_lower = {name.lower(): name for name in known if name}
    alike = get_close_matches(wanted.lower()[:COMPARED_CHARACTERS], by_lower, n=most)
    return f"; did you mean {' or '.join(by_lower[name][:COMPARED_CHARACTERS] for name in alike)}?" if alike else ""
