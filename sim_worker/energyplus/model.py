"""Reading and writing a model file: IDF or epJSON, in whatever text encoding it came.

Formatting, comments and the order of objects survive, because reordering objects can change results.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol, cast

import idfkit
from idfkit import IDFObject
from idfkit.idf_parser import parse_idf
from idfkit.schema import EpJSONSchema

EPJSON_SUFFIXES = (".epjson", ".json")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Document(Protocol):
    """What we use of idfkit's document, whose own type stub hides it from type checkers."""

    @property
    def schema(self) -> EpJSONSchema | None: ...
    @property
    def cst(self) -> object | None: ...
    def __contains__(self, class_name: str) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __getitem__(self, class_name: str) -> Iterable[IDFObject]: ...
    def add(
        self, obj_type: str, name: str = "", fields: dict[str, Any] | None = None, *, validate: bool = True
    ) -> IDFObject: ...
    def removeidfobject(self, obj: IDFObject) -> None: ...


class PreparationError(Exception):
    """The model cannot be prepared as asked; the message names object and field. Trying again does not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def is_epjson(path: Path) -> bool:
    """Whether the file's name says that it is epJSON."""
    return path.suffix.lower() in EPJSON_SUFFIXES


def load(path: Path, copy: Path, version: str) -> Document:
    """Parse a model of the engine's `version` from a UTF-8 `copy` of it. Raises PreparationError."""
    copy.write_bytes(_as_utf8(path.read_bytes()))
    triple = _triple(version)
    try:
        if is_epjson(path):
            return cast(Document, idfkit.load_epjson(str(copy), triple, strict=False))
        return cast(
            Document,
            parse_idf(
                copy,
                idfkit.get_schema(triple),
                triple,
                encoding="utf-8",
                strict_parsing=False,
                strict=False,
                preserve_formatting=True,
            ),
        )
    except (idfkit.IdfKitError, ValueError, RecursionError) as error:
        raise PreparationError("model_unreadable", f"The model cannot be read: {error}") from error


def save(document: Document, path: Path) -> None:
    """Write the model; the suffix of `path` decides between IDF and epJSON."""
    if is_epjson(path):
        path.write_text(idfkit.write_epjson(cast(Any, document)), encoding="utf-8")
    else:
        # Asking for an order makes idfkit write every object anew, so only what has no text of its own asks for one.
        text = (
            idfkit.write_idf(cast(Any, document), ordering="source")
            if document.cst is None
            else idfkit.write_idf(cast(Any, document), preserve_formatting=True)
        )
        path.write_bytes(text.encode())


def objects(document: Document, class_name: str) -> list[IDFObject]:
    """All objects of a class, none when the model has none."""
    return list(document[class_name]) if class_name in document else []


def shown_name(item: IDFObject) -> str:
    """An object's name as a person would say it."""
    return f"{item.obj_type} '{item.name}'" if item.name else item.obj_type


def snake_case(field: str) -> str:
    """A field's name in epJSON's form, from that or the IDD's ("Watts per Floor Area")."""
    return re.sub(r"[^a-z0-9]+", "_", field.lower()).strip("_")


def _triple(version: str) -> tuple[int, int, int]:
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def _as_utf8(data: bytes) -> bytes:
    data = data.removeprefix(BYTE_ORDER_MARK)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1").encode("utf-8")
    return data
