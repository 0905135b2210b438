"""Check of a model's classes and numbers of fields against the schema of its engine.

EnergyPlus ends at a class that it does not know and at fields too many; a study of a thousand runs should not start.
"""

from itertools import islice

from idfkit.schema import EpJSONSchema

from shared.energyplus.findings import Finding, suggestion
from shared.energyplus.formats.epjson import EpJsonObject
from shared.energyplus.formats.idf import SHOWN_CHARACTERS, IdfObject
from shared.energyplus.formats.schema import schema_of

#: A model of a wrong version has many.
MAX_FINDINGS = 20


class ClassCheck:
    """Notes the first object of each class, and the one with the most fields, until the engine's version is known."""

    def __init__(self) -> None:
        self._first: dict[str, IdfObject | EpJsonObject] = {}
        self._longest: dict[str, IdfObject] = {}

    def note(self, item: IdfObject | EpJsonObject) -> None:
        """Take in one object."""
        self._first.setdefault(item.class_name, item)
        if isinstance(item, IdfObject):
            longest = self._longest.setdefault(item.class_name, item)
            if len(item.fields) > len(longest.fields):
                self._longest[item.class_name] = item

    def findings(self, engine: str) -> list[Finding]:
        """A finding for each unknown class and for each class with too many fields."""
        schema = schema_of(engine)
        if schema is None:
            # The engine is newer than the library; it checks its models itself.
            return []
        found = (self._finding(schema, engine, class_name, item) for class_name, item in self._first.items())
        return list(islice(filter(None, found), MAX_FINDINGS))

    def _finding(
        self, schema: EpJSONSchema, engine: str, class_name: str, item: IdfObject | EpJsonObject
    ) -> Finding | None:
        # EnergyPlus knows a class in an IDF whatever its case, in epJSON by its exact name.
        known = schema.resolve_type_name(class_name) if isinstance(item, IdfObject) else class_name
        if known is None or schema.get_object_schema(known) is None:
            advice = suggestion(class_name, schema.object_types, most=1)
            message = f"{item.shown}: EnergyPlus {engine} has no class {class_name[:SHOWN_CHARACTERS]!r}{advice}"
            return Finding(message, item.line)
        limit = len(schema.get_all_field_names(known))
        longest = self._longest.get(class_name)
        if longest and not schema.is_extensible(known) and any(field.text for field in longest.fields[limit:]):
            message = f"{longest.shown} has {len(longest.fields)} fields, and {known} has {limit} at most"
            return Finding(f"{message}; is there a comma in a name, or a ';' missing?", longest.line)
        return None
