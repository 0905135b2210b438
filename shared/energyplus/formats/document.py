"""An editable model: every object of the file stays in it, in its order, unless it is changed or removed.

An IDF is edited as text: what is not changed keeps its characters, comments included, so that EnergyPlus reads the rest
as it would have read the upload (ADR 14 says why no library's object model is used).
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from idfkit.schema import EpJSONSchema

from shared.energyplus.findings import Rejected
from shared.energyplus.formats.epjson_document import EpJsonDocument
from shared.energyplus.formats.idf_document import IdfDocument
from shared.energyplus.formats.schema import schema_of
from shared.energyplus.formats.text import read_text
from shared.errors import RefusedInput

#: Classes that only ExpandObjects understands, which reads IDF alone.
TEMPLATES = "HVACTemplate:"
EPJSON_SUFFIXES = (".epjson", ".json")
#: More than ten times the largest of the DOE prototype models. A check takes two to three times the size in memory.
MAX_IDF_BYTES = 48 << 20
#: JSON takes up to 15 times its size in memory.
MAX_EPJSON_BYTES = 32 << 20


class ModelObject(Protocol):
    """One object of a model. Fields go by their names in epJSON; values are numbers where the schema wants numbers."""

    @property
    def class_name(self) -> str: ...
    @property
    def name(self) -> str: ...
    def get(self, field: str) -> Any: ...
    def set(self, field: str, value: float | str) -> None: ...
    def listed(self) -> list[str]: ...
    def groups(self) -> list[list[Any]]: ...
    def append(self, values: Sequence[str]) -> None: ...


class Document(Protocol):
    """What IDF and epJSON models have in common."""

    schema: EpJSONSchema

    @property
    def is_epjson(self) -> bool: ...
    def classes(self) -> set[str]: ...
    def objects(self, class_name: str) -> Sequence[ModelObject]: ...
    def add(self, class_name: str, name: str = "", **fields: Any) -> ModelObject: ...
    def remove(self, item: Any) -> None: ...
    def text(self) -> str: ...


class PreparationError(RefusedInput):
    """The model cannot be prepared as asked; the message names object and field. Trying again does not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def is_epjson(path: Path) -> bool:
    """Whether the file's name says that it is epJSON."""
    return path.suffix.lower() in EPJSON_SUFFIXES


def load(path: Path, version: str, name: str = "") -> tuple[Document, tuple[str, ...]]:
    """A model of the engine's `version`, and what was normalised in its text. Raises PreparationError.

    `name` is the model's own, where the file has another one.
    """
    schema = schema_of(version)
    if schema is None:
        raise PreparationError("engine_unknown", f"The fields of EnergyPlus {version} are not known here")
    try:
        if is_epjson(Path(name) if name else path):
            text = read_text(path, "an epJSON model", MAX_EPJSON_BYTES)
            return EpJsonDocument(text.content, schema), text.changes
        text = read_text(path, "an IDF", MAX_IDF_BYTES)
        return IdfDocument(text.content, schema), text.changes
    except Rejected as error:
        raise PreparationError("model_unreadable", f"The model cannot be read: {error}") from error


def shown_name(item: ModelObject) -> str:
    """Class and name of an object, for messages."""
    return f"{item.class_name} '{item.name}'" if item.name else item.class_name


def stated_fields(document: Document, item: ModelObject) -> dict[str, Any]:
    """The fields of an object that are not blank, but for its name and its groups."""
    names = document.schema.get_all_field_names(item.class_name)
    return {field: value for field in names if field != "name" and (value := item.get(field)) is not None}


def snake_case(field: str) -> str:
    """A field's name in epJSON's form, from that or the IDD's ("Watts per Floor Area")."""
    return re.sub(r"[^a-z0-9]+", "_", field.lower()).strip("_")
