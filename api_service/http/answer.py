"""One call of the Flask application: status, headers and body of its response, for the ASGI server."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

from api_service.http.errors import document
from api_service.http.problem import Problem


@dataclass(slots=True)
class Answer:
    """A response with the first part of its body; `next_part` returns further ones, and nothing at the end."""

    status: int
    headers: list[tuple[bytes, bytes]]
    first: bytes
    environ: dict[str, Any]
    _rest: Iterator[bytes]
    _body: Iterable[bytes]
    #: Whether `first` is all.
    is_whole: bool = False

    def next_part(self) -> bytes:
        """Returns the next part of the body; may block."""
        return next((part for part in self._rest if part), b"")

    def close(self) -> None:
        """Releases what the body holds, such as an open file."""
        if hasattr(self._body, "close"):
            self._body.close()


def refusal(problem: Problem, path: str) -> Answer:
    """Returns the response for a request to `path` that does not reach the application."""
    body, media_type = document(problem, path)
    content = json.dumps(body).encode() + b"\n"
    headers = {**problem.headers, "Content-Type": media_type, "Content-Length": str(len(content))}
    return Answer(problem.status, _encoded(headers.items()), content, {}, iter(()), (), is_whole=True)


def call(app: Flask, environ: dict[str, Any]) -> Answer:
    """Calls the application and reads the first part of the body; the whole, where its length is that of the part."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        started[:] = [int(status.partition(" ")[0]), headers]

    body = app(environ, start_response)
    rest = iter(body)
    first = next((part for part in rest if part), b"")
    status, headers = started
    is_whole = not first or ("content-length", str(len(first))) in [(name.lower(), value) for name, value in headers]
    answer = Answer(status, _encoded(headers), first, environ, rest, body, is_whole)
    if answer.is_whole:
        answer.close()
    return answer


def _encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
