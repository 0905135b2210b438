"""A job as its caller and the confined child that does it see it: its request and its reply are JSON."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from shared.energyplus.findings import Finding, Rejected
from shared.energyplus.formats.document import PreparationError
from shared.energyplus.results.database import ResultError

#: File in the directory of a job: the number of the file that it is reading, of those in its request.
PROGRESS = "progress"
#: Codes of errors, and how much of a message is kept: hostile text may have taken over the process that answers.
CODE, MESSAGE_CHARACTERS = re.compile(r"[a-z_]{1,40}"), 20_000

Request = TypeVar("Request")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The error that ended a job, with the fields of its class."""

    error: str
    code: str = ""
    message: str = ""
    findings: tuple[Finding, ...] = ()

    def raised(self) -> Exception:
        """The error, to be raised by the caller of the job. Raises ValueError for one that no job of ours gives."""
        # What Postgres cannot store would make the caller try again.
        message = self.message.replace("\0", " ")[:MESSAGE_CHARACTERS]
        if self.error == "PreparationError" and CODE.fullmatch(self.code):
            return PreparationError(self.code, message)
        if self.error == "ResultError":
            return ResultError(message)
        if self.error == "Rejected":
            return Rejected(*self.findings)
        raise ValueError(f"unknown error {self.error!r}")


@dataclass(frozen=True, slots=True)
class Reply(Generic[Value]):
    """What a job returned, or why it refused."""

    value: Value | None = None
    refusal: Refusal | None = None


def note_progress(number: int) -> None:
    """Called by a job that reads several files: when it ends by a limit, its caller knows which file is the cause."""
    Path(PROGRESS).write_text(str(number), encoding="ascii")


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """The JSON of a type; made once, because making it takes longer than using it."""
    return TypeAdapter(kind)


@dataclass(frozen=True, slots=True)
class Job(Generic[Request, Value]):
    """A function by its name, with the dataclasses of its request and its reply."""

    name: str
    request: type[Request]
    value: type[Value]
    function: Callable[[Request], Value]

    def preload(self) -> None:
        """Make what reading a request and writing a reply need."""
        adapter(self._request)
        adapter(self._reply)

    @property
    def _request(self) -> Any:
        return self.request

    @property
    def _reply(self) -> Any:
        return Reply[self.value]  # type: ignore[name-defined]  # a type that is known when the job is made

    def encode(self, request: Request) -> bytes:
        """The request as JSON."""
        return adapter(self._request).dump_json(request)

    def answer(self, request: bytes) -> bytes:
        """Do the job; returns the JSON of a Reply."""
        reply: Reply[Value]
        try:
            reply = Reply(value=self.function(adapter(self._request).validate_json(request)))
        except PreparationError as error:
            reply = Reply(refusal=Refusal("PreparationError", error.code, _short(error)))
        except ResultError as error:
            reply = Reply(refusal=Refusal("ResultError", message=_short(error)))
        except Rejected as error:
            reply = Reply(refusal=Refusal("Rejected", findings=tuple(error.findings)))
        return adapter(self._reply).dump_json(reply)

    def decode(self, reply: bytes) -> Value:
        """What the job returned. Raises what it refused with, and ValueError when the reply is none of this job."""
        said: Reply[Value] = adapter(self._reply).validate_json(reply)
        if said.refusal is not None:
            raise said.refusal.raised()
        if said.value is None:
            raise ValueError("the reply has neither a value nor a refusal")
        return said.value


def _short(error: Exception) -> str:
    return str(error)[:MESSAGE_CHARACTERS]
