"""The objects of a model, from IDF or epJSON, one at a time and with the line they begin on."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.intake.problems import reject
from shared.intake.text import BYTE_ORDER_MARK, END_OF_DOS_FILE, decode, lines

#: No object has more; a file that never ends one must not be collected whole.
MOST_FIELDS_BYTES = 8 << 20
#: A list or object of JSON takes over 20 times its text in memory; 20 for each object that a worker takes is ample.
MOST_JSON_NODES = 2_000_000
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
        named = f"{self.class_name} '{self.name}'" if self.name else self.class_name
        return f"line {self.line}: {named}" if self.line is not None else named

    def field(self, position: int, key: str) -> str:
        """The text of a field, empty when absent."""
        if isinstance(self.fields, dict):
            # A door that minded the case of a field's name could be walked around.
            return next((str(value).strip() for name, value in self.fields.items() if name.lower() == key), "")
        return self.fields[position] if position < len(self.fields) else ""


def idf_objects(path: Path) -> Iterator[Object]:
    """Objects of an IDF in the order of the file. Raises Rejected where it stops being one."""
    pending: list[str] = []
    held = 0
    start = 0
    for number, raw in lines(path):
        text = raw.partition("!")[0]
        if text.lstrip().startswith("##"):
            raise reject(f"{text.split()[0]} is a macro command; expand macros (EPMacro) before uploading", number)
        *ended, text = text.split(";")
        for before in ended:
            parts = [part.strip() for part in ",".join([*pending, before]).split(",")]
            if parts == [""]:
                # The engine too takes a ';' too many for nothing.
                continue
            first = start if pending else number
            if not CLASS.fullmatch(parts[0]):
                raise reject(f"{parts[0][:SHOWN_CHARACTERS]!r} is no class of EnergyPlus object", first)
            yield Object(parts[0], tuple(parts[1:]), first, parts[1] if len(parts) > 1 else "")
            pending, held = [], 0
        if text.strip().strip(END_OF_DOS_FILE):
            if not pending:
                start = number
            pending.append(text.strip().removesuffix(","))
            held += len(text)
            if held > MOST_FIELDS_BYTES:
                raise reject("the object that begins here does not end; is a ';' missing?", start)
    if pending:
        raise reject(
            f"the object that begins here ({pending[0][:SHOWN_CHARACTERS]!r}) does not end; is a ';' missing?", start
        )


def epjson_objects(path: Path) -> Iterator[Object]:
    """Objects of an epJSON file. Raises Rejected."""
    data = path.read_bytes().removeprefix(BYTE_ORDER_MARK)
    if data.count(b"{") + data.count(b"[") > MOST_JSON_NODES:
        raise reject(f"it has more than {MOST_JSON_NODES} objects and lists")
    try:
        document = json.loads(decode(data))
    except json.JSONDecodeError as error:
        advice = "; an IDF's name must end in .idf" if CLASS.match(error.doc.lstrip()) else ""
        raise reject(f"it is not JSON: {error.msg} (column {error.colno}){advice}", error.lineno) from None
    except (RecursionError, ValueError) as error:
        raise reject(f"it is not JSON that can be read: {type(error).__name__}") from None
    if not isinstance(document, dict):
        raise reject("an epJSON model is a JSON object of classes, and this is something else")
    for class_name, objects in document.items():
        if not isinstance(objects, dict):
            raise reject(f"{class_name!r} must be a JSON object of objects by name")
        for name, fields in objects.items():
            if UNPRINTABLE.search(class_name + name):
                raise reject(f"{class_name!a} has an object whose name, {name!a}, holds unprintable characters")
            if not isinstance(fields, dict):
                raise reject(f"{class_name!r} {name!r} must be a JSON object of fields")
            yield Object(class_name, fields, None, name)
