"""Objects written as IDF text, fields in the order of the schema."""

from typing import Any

from idfkit.schema import EpJSONSchema

from shared.energyplus.formats.field_text import refused_text


def idf_text(schema: EpJSONSchema, class_name: str, name: str, fields: dict[str, Any]) -> str:
    """One object, up to its last field that has a value.

    Raises ValueError for a class or a field that the schema does not have, and for a text that would be more than one
    field.
    """
    if schema.get_object_schema(class_name) is None:
        raise ValueError(f"there is no EnergyPlus class '{class_name}'")
    wrapper = schema.get_extensible_wrapper_key(class_name) or ""
    # epJSON that was made from an IDF may carry the order of the objects and fields there.
    given = {field: value for field, value in fields.items() if not field.startswith("idf_")}
    groups = given.pop(wrapper, ())
    if schema.has_name(class_name):
        given["name"] = name
    known = schema.get_all_field_names(class_name)
    if unknown := [field for field in given if field not in known]:
        raise ValueError(f"{class_name} '{name}' has no field '{unknown[0]}'")
    values = [given.get(field) for field in known]
    for group in groups:
        columns = schema.get_extensible_field_names(class_name)
        if unknown := [field for field in group if field not in columns]:
            raise ValueError(f"{class_name} '{name}' has no field '{unknown[0]}' in {wrapper}")
        values += [group.get(field) for field in columns]
    texts = [field_text(value) for value in values]
    while texts and not texts[-1] and not groups:
        texts.pop()
    for text in texts:
        if reason := refused_text(text):
            raise ValueError(f"{class_name} '{name}': {reason}")
    # EnergyPlus takes the object behind a class without a comma for its fields.
    return ",\n  ".join([class_name, *(texts or [""])]) + ";\n"


def field_text(value: object) -> str:
    """A value as one field of an IDF: empty for none, numbers by their shortest exact form."""
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)
