"""The object that a message of EnergyPlus is about, as far as its text says so, and its line in the submitted model."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from shared.energyplus.findings import Rejected
from shared.energyplus.formats.document import EPJSON_SUFFIXES, MAX_IDF_BYTES
from shared.energyplus.formats.idf import idf_objects
from shared.energyplus.formats.text import read_text


@dataclass(frozen=True, slots=True)
class MessageObject:
    """An object by class and name, which is empty where the message names the class alone."""

    class_name: str
    name: str
    line: int | None = None


#: `<root>[Zone][Core] - ...`, of the check against the schema.
IN_SCHEMA = re.compile(r"<root>\[([^\][]{1,100})\](?:\[([^\][]{1,100})\])?")
#: `Object=ZONE, Name="CORE"`, or `object=Zone, name=CORE`.
OBJECT_AND_NAME = re.compile(
    r'\bobject\s?=\s?"?([A-Za-z][\w:]{0,99})"?,\s?(?:name|entered name)\s?=\s?"?([^",\n]{1,100})',
    re.IGNORECASE | re.ASCII,
)
#: `Coil:Heating:Fuel="MAIN COIL"` and `for Zone="CORE"`.
CLASS_AND_NAME = re.compile(r'\b([A-Z][A-Za-z]{0,99}(?::[A-Za-z]{1,100}){0,5})\s?=\s?"([^"\n]{1,100})"', re.ASCII)
#: `Coil:Cooling:DX:SingleSpeed "MAIN COIL" - ...`: without a sign between them, only a name with colons is a class.
CLASS_BEFORE_NAME = re.compile(r'\b([A-Z][A-Za-z]{0,99}(?::[A-Za-z]{1,100}){1,5})\s"([^"\n]{1,100})"', re.ASCII)
#: `ZoneHVAC:UnitHeater = SOUTH HEATER Fan Schedule Name = ...`: EnergyPlus writes names in capitals.
CLASS_AND_CAPITALS = re.compile(
    r"\b([A-Z]\w{0,99}(?::\w{1,100}){1,5})\s?=\s?([A-Z0-9][A-Z0-9 _.-]{0,99}\b(?![a-z]))", re.ASCII
)
#: Words before a quoted name that are no class.
NO_CLASS = frozenset({"name", "key", "varname", "field", "value", "entered", "program"})


def subject_of(text: str) -> MessageObject | None:
    """The object that a message is about; None when its text does not say."""
    if found := IN_SCHEMA.match(text):
        return MessageObject(found[1], found[2] or "")
    if found := OBJECT_AND_NAME.search(text):
        return MessageObject(found[1], found[2].strip())
    found = CLASS_AND_NAME.search(text)
    if found and found[1].lower() not in NO_CLASS:
        return MessageObject(found[1], found[2])
    found = CLASS_BEFORE_NAME.search(text) or CLASS_AND_CAPITALS.search(text)
    return MessageObject(found[1], found[2].strip()) if found else None


def located(subjects: Iterable[MessageObject | None], model: Path) -> list[MessageObject | None]:
    """The same subjects with the lines of their objects, where the model is an IDF that has exactly one such object."""
    wanted = list(subjects)
    lines = _lines(model, {_key(subject) for subject in wanted if subject})
    return [subject and replace(subject, line=lines.get(_key(subject))) for subject in wanted]


def _lines(model: Path, keys: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    if not keys or model.suffix.lower() in EPJSON_SUFFIXES:
        return {}
    found: dict[tuple[str, str], list[int]] = {}
    try:
        for item in idf_objects(read_text(model, "an IDF", MAX_IDF_BYTES).content):
            for name in {item.name.upper(), ""}:
                if (key := (item.class_name.upper(), name)) in keys:
                    found.setdefault(key, []).append(item.line)
    except Rejected:
        # A model that was prepared can be read; and no line is worth a run.
        return {}
    return {key: lines[0] for key, lines in found.items() if len(lines) == 1}


def _key(subject: MessageObject) -> tuple[str, str]:
    return subject.class_name.upper(), subject.name.upper()
