"""An IDF, edited as text."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from idfkit.schema import EpJSONSchema

from shared.energyplus.findings import Finding, Rejected
from shared.energyplus.formats.idf import IdfObject, idf_objects
from shared.energyplus.formats.idf_writer import field_text, idf_text
from shared.energyplus.formats.text import NUMBER


class IdfModelObject:
    """One object of an IDF and the changes to be made in its text."""

    __slots__ = ("_given", "_names", "_schema", "_spans", "_values", "class_name", "end", "start")

    def __init__(self, parsed: IdfObject, schema: EpJSONSchema) -> None:
        self.class_name = schema.resolve_type_name(parsed.class_name) or parsed.class_name
        self.start, self.end = parsed.start, parsed.end
        self._schema = schema
        self._names = _field_names(schema, self.class_name)
        # A large model has a million fields, and a `Field` takes three times the memory of this.
        self._given = tuple(field.text for field in parsed.fields)
        self._spans = array("I", [place for field in parsed.fields for place in (field.start, field.end)])
        self._values = list(self._given)

    @property
    def name(self) -> str:
        """The first field, in classes that have names."""
        return self._values[0] if self._values and self._schema.has_name(self.class_name) else ""

    def get(self, field: str) -> Any:
        """A field's value, a number where the schema wants one; None when it is blank, absent or unknown."""
        position = self._names.index(field) if field in self._names else len(self._values)
        text = self._values[position] if position < len(self._values) else ""
        if not text:
            return None
        kind = self._schema.get_field_type(self.class_name, field)
        if kind not in ("number", "integer") or not NUMBER.fullmatch(text):
            return text
        return int(text) if kind == "integer" and text.lstrip("-").isdigit() else float(text)

    def set(self, field: str, value: float | str) -> None:
        """Change a field; an object that ends before it is continued with blank fields up to it."""
        position = self._names.index(field)
        self._values += [""] * (position + 1 - len(self._values))
        self._values[position] = field_text(value)

    def listed(self) -> list[str]:
        """The values of the repeated fields, blanks included."""
        return self._values[len(self._names) :]

    def groups(self) -> list[list[Any]]:
        """The repeated groups of fields, such as vertices: numbers where the text is one, None for a blank field."""
        size = len(self._schema.get_extensible_field_names(self.class_name))
        values = [_value(text) for text in self.listed()]
        return [values[at : at + size] for at in range(0, len(values), size)] if size else []

    def append(self, values: Sequence[str]) -> None:
        """Append values behind the last field."""
        self._values += values

    def edits(self) -> Iterator[tuple[int, int, str]]:
        """Ranges of the text and what takes their place, in ascending order."""
        count = len(self._given)
        more = "".join(f", {value}" for value in self._values[count:])
        for number, (text, value) in enumerate(zip(self._given, self._values, strict=False)):
            behind = more if number == count - 1 else ""
            if value != text or behind:
                yield self._spans[2 * number], self._spans[2 * number + 1], value + behind


@lru_cache(1024)
def _field_names(schema: EpJSONSchema, class_name: str) -> Sequence[str]:
    return tuple(schema.get_all_field_names(class_name))


def _accepted(parsed: IdfObject, schema: EpJSONSchema) -> IdfModelObject:
    if parsed.refusal:
        raise Rejected(Finding(parsed.refusal, parsed.line))
    return IdfModelObject(parsed, schema)


def _value(text: str) -> Any:
    if not text:
        return None
    return float(text) if NUMBER.fullmatch(text) else text


class IdfDocument:
    """The objects of an IDF; `text` is the upload's with the changes in it."""

    is_epjson = False

    def __init__(self, text: str, schema: EpJSONSchema) -> None:
        self.schema = schema
        self._text = text
        self._objects = [_accepted(parsed, schema) for parsed in idf_objects(text)]
        self._removed: list[IdfModelObject] = []

    def classes(self) -> set[str]:
        """The classes of the objects, as the schema spells them."""
        return {item.class_name for item in self._objects}

    def objects(self, class_name: str) -> list[IdfModelObject]:
        """All objects of a class, in the order of the file."""
        return [item for item in self._objects if item.class_name == class_name]

    def add(self, class_name: str, name: str = "", **fields: Any) -> IdfModelObject:
        """A new object at the end of the file."""
        text = idf_text(self.schema, class_name, name, fields)
        (parsed,) = idf_objects(text)
        item = _Added(parsed, self.schema, text)
        self._objects.append(item)
        return item

    def remove(self, item: IdfModelObject) -> None:
        """Take an object out of the file; a comment behind its semicolon stays."""
        self._objects.remove(item)
        self._removed.append(item)

    def text(self) -> str:
        """The whole file."""
        edits = [(item.start, item.end, "") for item in self._removed if not isinstance(item, _Added)]
        edits += [edit for item in self._objects if not isinstance(item, _Added) for edit in item.edits()]
        changed = _replaced(self._text, sorted(edits, key=lambda edit: edit[0]))
        added = [item.rendered() for item in self._objects if isinstance(item, _Added)]
        return "\n".join([changed if changed.endswith("\n") else f"{changed}\n", *added])


class _Added(IdfModelObject):
    """An object that is not in the file yet."""

    def __init__(self, parsed: IdfObject, schema: EpJSONSchema, text: str) -> None:
        super().__init__(parsed, schema)
        self._text = text

    def rendered(self) -> str:
        return _replaced(self._text, self.edits())


def _replaced(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, replacement in edits:
        parts += [text[at:start], replacement]
        at = end
    return "".join([*parts, text[at:]])
