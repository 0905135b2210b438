"""A job as its caller and the confined child that does it see it: its request and its reply are JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from shared.energyplus.findings import Finding, Rejected
from shared.energyplus.formats.document import PreparationError
from shared.energyplus.results.database import ResultError

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
        """The error, to be raised by the caller of the job. Raises ValueError for an unknown one."""
        if self.error == "PreparationError":
            return PreparationError(self.code, self.message)
        if self.error == "ResultError":
            return ResultError(self.message)
        if self.error == "Rejected":
            return Rejected(*self.findings)
        raise ValueError(f"unknown error {self.error!r}")


@dataclass(frozen=True, slots=True)
class Job(Generic[Request, Value]):
    """A function by its name, with the dataclasses of its request and its reply."""

    name: str
    request: type[Request]
    value: type[Value]
    function: Callable[[Request], Value]

    def encode(self, request: Request) -> bytes:
        """The request as JSON."""
        return TypeAdapter(self.request).dump_json(request)

    def answer(self, request: bytes) -> bytes:
        """Do the job: a JSON object with `value` or `refusal`."""
        try:
            value = self.function(TypeAdapter(self.request).validate_json(request))
        except PreparationError as error:
            refusal = Refusal("PreparationError", error.code, str(error))
        except ResultError as error:
            refusal = Refusal("ResultError", message=str(error))
        except Rejected as error:
            refusal = Refusal("Rejected", findings=tuple(error.findings))
        else:
            return b'{"value":' + TypeAdapter(self.value).dump_json(value) + b"}"
        return b'{"refusal":' + TypeAdapter(Refusal).dump_json(refusal) + b"}"

    def decode(self, reply: bytes) -> Value:
        """What the job returned. Raises what it refused with, and ValueError when the reply is none of this job."""
        fields = TypeAdapter(dict[str, object]).validate_json(reply)
        if "refusal" in fields:
            raise TypeAdapter(Refusal).validate_python(fields["refusal"]).raised()
        return TypeAdapter(self.value).validate_python(fields.get("value"))
