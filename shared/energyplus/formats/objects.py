"""The objects of a model, from IDF or epJSON, one at a time and with the line they begin on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.energyplus.findings import Finding, Rejected, reject
from shared.energyplus.formats.strict_json import load_json
from shared.energyplus.formats.text import BYTE_ORDER_MARK, CONTROL, END_OF_DOS_FILE, lines

#: No object has more; a file that never ends one must not be collected whole.
MAX_FIELDS_BYTES = 8 << 20
CLASS = re.compile(r"[A-Za-z][A-Za-z0-9:_ /\-]{0,99}")
#: Characters that neither a database nor UTF-8 can hold, and others that no name needs.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Object:
    """One object: class and fields as written; `fields` are by position (IDF) or by epJSON name."""

    class_name: str
    fields: tuple[str, ...] | dict[str, Any]
    line: int | None
    name: str

    @property
    def shown(self) -> str:
        """The object as a person would say it, with its line."""
        class_name, name = self.class_name[:SHOWN_CHARACTERS], self.name[:SHOWN_CHARACTERS]
        named = f"{class_name} '{name}'" if name else class_name
        return f"line {self.line}: {named}" if self.line is not None else named

    def values(self, position: int, key: str) -> list[str]:
        """The texts of a field: none when absent, several when an epJSON object spells its name in several ways."""
        if isinstance(self.fields, dict):
            # A door that minded the case of a field's name, or took one spelling only, could be walked around.
            return [str(value).strip() for name, value in self.fields.items() if name.strip().lower() == key]
        return [self.fields[position]] if position < len(self.fields) else []


def idf_objects(path: Path) -> Iterator[Object]:
    """Objects of an IDF in the order of the file. Raises Rejected where it stops being one.

    Also refused is what EnergyPlus reads otherwise than it looks: to it a comment right behind a class is data, and of
    a field that goes over several lines it may take the last.
    """
    pending: list[str] = []
    held = 0
    start = 0
    for number, raw in lines(path):
        text, comment, _ = raw.partition("!")
        _check_line(text, number)
        *ended, text = text.split(";")
        for before in ended:
            whole = "\n".join([*pending, before])
            # The engine too takes a ';' too many for nothing.
            if whole.strip():
                yield _idf_object(whole, start if pending else number)
            pending, held = [], 0
        if text.strip().strip(END_OF_DOS_FILE):
            if not pending:
                start = number
            pending.append(text)
            held += len(text)
            if held > MAX_FIELDS_BYTES:
                raise reject("the object that begins here does not end; is a ';' missing?", start)
        if comment and pending and not any("," in part for part in pending):
            _check_class("\n".join(pending).strip(), start)
            raise reject(
                "there is a comment between a class and its first comma, which EnergyPlus takes for data", number
            )
    if pending:
        first = pending[0].strip().removesuffix(",")[:SHOWN_CHARACTERS]
        raise reject(f"the object that begins here ({first!r}) does not end; is a ';' missing?", start)


def epjson_objects(path: Path) -> Iterator[Object]:
    """Objects of an epJSON file. Raises Rejected."""
    data = path.read_bytes().removeprefix(BYTE_ORDER_MARK)
    document = load_json(data)
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
            item = Object(class_name, fields, None, name)
            _check_fields(item, fields)
            yield item


def _check_line(text: str, number: int) -> None:
    if text.lstrip().startswith("##"):
        raise reject(
            f"{text.split()[0][:SHOWN_CHARACTERS]} is a macro command; expand macros (EPMacro) before uploading", number
        )
    if found := CONTROL.search(text.rstrip().rstrip(END_OF_DOS_FILE)):
        raise reject(
            f"there is a control character, {found.group()!a}, which EnergyPlus takes for part of a name", number
        )


def _check_class(name: str, line: int) -> None:
    if not CLASS.fullmatch(name):
        raise reject(f"{name[:SHOWN_CHARACTERS]!r} is no class of EnergyPlus object", line)


def _idf_object(whole: str, line: int) -> Object:
    parts = [part.strip() for part in whole.split(",")]
    _check_class(parts[0], line)
    item = Object(parts[0], tuple(parts[1:]), line, parts[1].split("\n")[0] if len(parts) > 1 else "")
    if split := next((part for part in parts if "\n" in part), None):
        raise Rejected(
            Finding(
                f"{item.shown} has a field over several lines, {split[:SHOWN_CHARACTERS]!r}; is a comma missing?", line
            )
        )
    return item


def _check_fields(item: Object, fields: dict[str, Any]) -> None:
    """EnergyPlus knows numbers, texts, and lists of groups of these. Raises Rejected."""
    groups: list[Any] = [fields]
    for value in fields.values():
        groups += value if isinstance(value, list) else []
    for group in groups:
        if not isinstance(group, dict):
            raise reject(f"{item.shown} has a list of something else than groups of fields")
        for key, value in group.items():
            if isinstance(value, dict) or (isinstance(value, list) and group is not fields):
                raise reject(
                    f"{item.shown}: {key[:SHOWN_CHARACTERS]!a} is neither a number nor a text nor a list of groups"
                )
            if CONTROL.search(key) or (isinstance(value, str) and CONTROL.search(value)):
                raise reject(f"{item.shown}: {key[:SHOWN_CHARACTERS]!a} holds unprintable characters")
