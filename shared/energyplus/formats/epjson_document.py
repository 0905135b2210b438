"""An epJSON model, edited as a JSON document."""

import json
from collections.abc import Sequence
from typing import Any

from idfkit.schema import EpJSONSchema

from shared.energyplus.formats.epjson import EpJson, load_epjson
from shared.energyplus.formats.idf_writer import idf_text


class EpJsonModelObject:
    """One object of an epJSON model; changes go into the document."""

    def __init__(self, class_name: str, key: str, fields: dict[str, Any], schema: EpJSONSchema) -> None:
        self.class_name = class_name
        self.key = key
        self._fields = fields
        self._schema = schema

    @property
    def name(self) -> str:
        """The key in the class's collection, in classes that have names."""
        return self.key if self._schema.has_name(self.class_name) else ""

    def get(self, field: str) -> Any:
        """A field's value; None when it is blank or absent."""
        value = self._fields.get(field)
        return None if value == "" else value

    def set(self, field: str, value: float | str) -> None:
        """Change a field."""
        self._fields[field] = value

    def listed(self) -> list[str]:
        """The values of the repeated field, blanks included."""
        wrapper, field = self._repeated()
        return [str(group.get(field) or "") for group in self._fields.get(wrapper) or []]

    def groups(self) -> list[list[Any]]:
        """The repeated groups of fields, such as vertices; None for a blank field."""
        names = self._schema.get_extensible_field_names(self.class_name)
        groups = self._fields.get(self._schema.get_extensible_wrapper_key(self.class_name) or "") or []
        return [[None if group.get(name) == "" else group.get(name) for name in names] for group in groups]

    def append(self, values: Sequence[str]) -> None:
        """Append values to the repeated field."""
        wrapper, field = self._repeated()
        self._fields[wrapper] = [*(self._fields.get(wrapper) or []), *({field: value} for value in values)]

    def _repeated(self) -> tuple[str, str]:
        (field,) = self._schema.get_extensible_field_names(self.class_name)
        return self._schema.get_extensible_wrapper_key(self.class_name) or "", field


class EpJsonDocument:
    """The objects of an epJSON model, in the order of the file."""

    is_epjson = True

    def __init__(self, text: str, schema: EpJSONSchema) -> None:
        self.schema = schema
        self._model: EpJson = load_epjson(text)

    def classes(self) -> set[str]:
        """The classes that have objects, as the file spells them."""
        return {class_name for class_name, items in self._model.items() if items}

    def objects(self, class_name: str) -> list[EpJsonModelObject]:
        """All objects of a class; EnergyPlus knows a class in epJSON by its exact spelling."""
        items = self._model.get(class_name, {})
        return [EpJsonModelObject(class_name, key, fields, self.schema) for key, fields in items.items()]

    def add(self, class_name: str, name: str = "", **fields: Any) -> EpJsonModelObject:
        """A new object at the end of its class."""
        items = self._model.setdefault(class_name, {})
        key = name or next(key for n in range(1, len(items) + 2) if (key := f"{class_name} {n}") not in items)
        items[key] = fields
        return EpJsonModelObject(class_name, key, fields, self.schema)

    def remove(self, item: EpJsonModelObject) -> None:
        """Take an object out of the model."""
        items = self._model[item.class_name]
        del items[item.key]
        if not items:
            del self._model[item.class_name]

    def text(self) -> str:
        """The model as JSON."""
        return json.dumps(self._model, indent=1, ensure_ascii=False) + "\n"

    def idf(self) -> str:
        """The model as an IDF. Raises ValueError for what the schema does not have."""
        return "\n".join(
            idf_text(self.schema, class_name, name, fields)
            for class_name, items in self._model.items()
            for name, fields in items.items()
        )
