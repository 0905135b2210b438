"""Reading and writing a model file: IDF or epJSON, in whatever text encoding it came.

Formatting, comments and the order of objects survive, because reordering objects can change results.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol, cast

import idfkit
from idfkit import IDFObject
from idfkit.idf_parser import parse_idf
from idfkit.schema import EpJSONSchema

from shared.energyplus.formats.grammar import check_epjson, check_idf, check_text_fits_idf
from shared.errors import RefusedInput

#: Classes that only ExpandObjects understands, which reads IDF alone.
TEMPLATES = "HVACTemplate:"
EPJSON_SUFFIXES = (".epjson", ".json")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: A comment, or the end of an object with another object behind it on the same line.
SAME_LINE = re.compile(r"![^\n]*|;[ \t]*(?=[^\s!])")


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


class PreparationError(RefusedInput):
    """The model cannot be prepared as asked; the message names object and field. Trying again does not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def is_epjson(path: Path) -> bool:
    """Whether the file's name says that it is epJSON."""
    return path.suffix.lower() in EPJSON_SUFFIXES


def load(path: Path, copy: Path, version: str) -> Document:
    """Parse a model of the engine's `version` from a UTF-8 `copy` of it. Raises PreparationError."""
    text = _decoded(path.read_bytes())
    triple = _triple(version)
    try:
        if is_epjson(path):
            return _load_epjson(text, copy, triple)
        check_idf(text)
        copy.write_text(_one_object_per_line(text), encoding="utf-8", newline="")
        document = _parse(copy, triple, preserve_formatting=True)
        return document if _has_its_text(document) else _parse(copy, triple, preserve_formatting=False)
    except (idfkit.IdfKitError, ValueError, RecursionError) as error:
        raise PreparationError("model_unreadable", f"The model cannot be read: {error}") from error


def save(document: Document, path: Path) -> None:
    """Write the model; the suffix of `path` decides between IDF and epJSON."""
    if is_epjson(path):
        text = idfkit.write_epjson(cast(Any, document))
    elif document.cst is None:
        text = idfkit.write_idf(cast(Any, document), ordering="source")
    else:
        # Asking for an order as well would make idfkit write every object anew.
        text = idfkit.write_idf(cast(Any, document), preserve_formatting=True)
    path.write_text(text, encoding="utf-8", newline="")


def objects(document: Document, class_name: str) -> list[IDFObject]:
    """All objects of a class, none when the model has none."""
    return list(document[class_name]) if class_name in document else []


def shown_name(item: IDFObject) -> str:
    """An object's name as a person would say it."""
    return f"{item.obj_type} '{item.name}'" if item.name else item.obj_type


def snake_case(field: str) -> str:
    """A field's name in epJSON's form, from that or the IDD's ("Watts per Floor Area")."""
    return re.sub(r"[^a-z0-9]+", "_", field.lower()).strip("_")


def _load_epjson(text: str, copy: Path, version: tuple[int, int, int]) -> Document:
    model = json.loads(text)
    check_epjson(model)
    if any(class_name.startswith(TEMPLATES) for class_name in model):
        check_text_fits_idf(model)
    copy.write_text(text, encoding="utf-8", newline="")
    return cast(Document, idfkit.load_epjson(str(copy), version, strict=False))


def _parse(path: Path, version: tuple[int, int, int], *, preserve_formatting: bool) -> Document:
    document = parse_idf(
        path,
        idfkit.get_schema(version),
        version,
        encoding="utf-8",
        strict_parsing=False,
        strict=False,
        preserve_formatting=preserve_formatting,
    )
    return cast(Document, document)


def _has_its_text(document: Document) -> bool:
    """Whether every object is tied to its own text; writing would otherwise put some of them in twice."""
    everything = (item for class_name in document for item in document[class_name])
    return document.cst is not None and all(item.source_text is not None for item in everything)


def _triple(version: str) -> tuple[int, int, int]:
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def _decoded(data: bytes) -> str:
    data = data.removeprefix(BYTE_ORDER_MARK)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _one_object_per_line(text: str) -> str:
    # idfkit takes what follows an object on its last line for that object's comment.
    return SAME_LINE.sub(lambda found: found.group() if found.group().startswith("!") else ";\n", text)
