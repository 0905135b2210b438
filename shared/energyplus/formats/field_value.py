"""Users' values for fields: checked by the field's rule, and as the model's file has them."""

from idfkit.schema import EpJSONSchema

from shared.energyplus.formats.field_rule import field_rule
from shared.energyplus.formats.field_text import refused_text
from shared.energyplus.formats.text import NUMBER


def field_value(schema: EpJSONSchema, class_name: str, field: str, value: object) -> float | str:
    """The value as the field takes it. Raises ValueError with the reason when it does not."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is neither a number nor a text")  # noqa: TRY004  (one kind of refusal)
    if isinstance(value, str) and (reason := refused_text(value)):
        raise ValueError(reason)
    rule = field_rule(schema, class_name, field)
    text = str(value).strip()
    if not text and (rule.takes_numbers or (rule.choices and "" not in rule.choices)):
        raise ValueError(f"{value!r} is no number" if rule.takes_numbers else "a blank text is none of its choices")
    if reason := rule.refusal(value):
        raise ValueError(reason)
    if not rule.takes_numbers or (isinstance(value, str) and not NUMBER.fullmatch(text.removeprefix("+"))):
        return text
    number = float(value) if isinstance(value, str) else value
    if not rule.is_whole:
        return number
    if number != int(number):
        raise ValueError(f"{value!r} is no whole number")
    return int(number)
