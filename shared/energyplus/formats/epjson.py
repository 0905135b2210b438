"""The epJSON parser: a JSON document of objects by class and name, checked for what EnergyPlus can take."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.energyplus.findings import reject
from shared.energyplus.formats.strict_json import load_json
from shared.energyplus.formats.text import CONTROL

EpJson = dict[str, dict[str, dict[str, Any]]]

#: Characters that neither a database nor UTF-8 can hold, and others that no name needs.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class EpJsonObject:
    """One object: class, name and fields as written. epJSON has no lines that a person would look for."""

    class_name: str
    name: str
    fields: dict[str, Any]
    line: None = None

    @property
    def shown(self) -> str:
        """Class and name, for messages."""
        class_name, name = self.class_name[:SHOWN_CHARACTERS], self.name[:SHOWN_CHARACTERS]
        return f"{class_name} '{name}'" if name else class_name

    def values(self, position: int, key: str) -> list[str]:  # noqa: ARG002  (one signature for IDF and epJSON)
        """The texts of the field `key`, spelled in any case: several when it is there in several spellings."""
        return [str(value).strip() for name, value in self.fields.items() if name.strip().lower() == key]


def load_epjson(text: str) -> EpJson:
    """The whole model. Raises Rejected with class, object and field where it is not one."""
    document = load_json(text)
    if not isinstance(document, dict):
        raise reject("an epJSON model is a JSON object of classes, and this is something else")
    for class_name, objects in document.items():
        if not isinstance(objects, dict):
            raise reject(f"{class_name[:SHOWN_CHARACTERS]!r} must be a JSON object of objects by name")
        for name, fields in objects.items():
            shown = f"{class_name[:SHOWN_CHARACTERS]!a} has an object whose name, {name[:SHOWN_CHARACTERS]!a}"
            if UNPRINTABLE.search(class_name + name):
                raise reject(f"{shown}, holds unprintable characters")
            if not isinstance(fields, dict):
                raise reject(
                    f"{class_name[:SHOWN_CHARACTERS]!r} {name[:SHOWN_CHARACTERS]!r} must be a JSON object of fields"
                )
            _check_fields(EpJsonObject(class_name, name, fields))
    return document


def epjson_objects(text: str) -> Iterator[EpJsonObject]:
    """The objects of a model, the version first, the others in the order of the text. Raises Rejected."""
    classes = load_epjson(text)
    for class_name in sorted(classes, key=lambda name: name != "Version"):
        for name, fields in classes[class_name].items():
            yield EpJsonObject(class_name, name, fields)


def _check_fields(item: EpJsonObject) -> None:
    """EnergyPlus knows numbers, texts, and lists of groups of these. Raises Rejected."""
    groups: list[Any] = [item.fields]
    for value in item.fields.values():
        groups += value if isinstance(value, list) else []
    for group in groups:
        if not isinstance(group, dict):
            raise reject(f"{item.shown} has a list of something else than groups of fields")
        for key, value in group.items():
            if isinstance(value, dict) or (isinstance(value, list) and group is not item.fields):
                raise reject(
                    f"{item.shown}: {key[:SHOWN_CHARACTERS]!a} is neither a number nor a text nor a list of groups"
                )
            if CONTROL.search(key) or (isinstance(value, str) and CONTROL.search(value)):
                raise reject(f"{item.shown}: {key[:SHOWN_CHARACTERS]!a} holds unprintable characters")
