"""What EnergyPlus's schema says about the values of a field: type, range and choices.

EnergyPlus ends with a fatal error at a value that its schema does not allow (tried with 25.2), in IDF and epJSON alike.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from idfkit.schema import EpJSONSchema

from shared.energyplus.formats.text import NUMBER

#: EnergyPlus takes either of them where its schema has one.
SIZED = ("autosize", "autocalculate")
#: Choices that one message shows.
MAX_SHOWN = 12
SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class FieldRule:
    """The values that a field takes: numbers in a range, texts, or both. A limit of None does not exist.

    `choices` are the texts that it takes, None if it takes any; a field of numbers that can be autosized has both.
    """

    name: str
    takes_numbers: bool
    takes_texts: bool
    is_whole: bool = False
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    exclusive_maximum: float | None = None
    choices: tuple[str, ...] | None = None
    unit: str = ""
    #: The schema's lists of names: those that the field refers to, and those that its text becomes a part of.
    refers_to: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()

    @property
    def range_text(self) -> str:
        """The range for messages, such as "above 0 and at most 1 W"; empty without one."""
        limits = (
            ("at least", self.minimum),
            ("above", self.exclusive_minimum),
            ("at most", self.maximum),
            ("below", self.exclusive_maximum),
        )
        said = " and ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None)
        return f"{said} {self.unit}".rstrip() if said else ""

    def refusal(self, value: float | str) -> str:
        """Why EnergyPlus refuses the value; empty when it takes it. A text that is a number is one for a number field.

        A blank text stands for the default, which no rule refuses.
        """
        if isinstance(value, str):
            text = value.strip()
            if not text:
                return ""
            if not (self.takes_numbers and NUMBER.fullmatch(text.removeprefix("+"))):
                return self._text_refusal(text)
            value = float(text)
        return self._number_refusal(value)

    def _text_refusal(self, text: str) -> str:
        shown = repr(text[:SHOWN_CHARACTERS])
        if not self.takes_texts:
            return f"{shown} is no number"
        if self.choices is None or text.lower() in self._accepted():
            return ""
        named = [choice for choice in self.choices if choice]
        listed = ", ".join(named[:MAX_SHOWN]) + (", …" if len(named) > MAX_SHOWN else "")
        return f"{shown} is neither a number nor {listed}" if self.takes_numbers else f"{shown} is none of {listed}"

    def _accepted(self) -> set[str]:
        choices = {choice.lower() for choice in self.choices or ()}
        return choices if choices.isdisjoint(SIZED) else choices | set(SIZED)

    def _number_refusal(self, number: float) -> str:
        if not self.takes_numbers:
            # EnergyPlus reads the text of a number, such as a name.
            return "" if self.choices is None else self._text_refusal(f"{number:g}")
        if not math.isfinite(number):
            return f"{number!r} is no finite number"
        outside = (
            (self.minimum is not None and number < self.minimum)
            or (self.exclusive_minimum is not None and number <= self.exclusive_minimum)
            or (self.maximum is not None and number > self.maximum)
            or (self.exclusive_maximum is not None and number >= self.exclusive_maximum)
        )
        return f"{number:.12g} is out of range; it must be {self.range_text}" if outside else ""


@lru_cache(4096)
def field_rule(schema: EpJSONSchema, class_name: str, field: str) -> FieldRule:
    """The rule of a field, also of one in an extensible group. A field that the schema does not describe takes any."""
    cache = schema.get_parsing_cache(class_name)
    inner: Mapping[str, Any] = cache.ext_inner_props if cache else {}
    described = schema.get_field_schema(class_name, field) or inner.get(field) or {}
    return replace(
        _rule(field, described),
        refers_to=_lists(schema, described),
        provides=tuple(_described_name(schema, class_name, field, described).get("reference", ())),
    )


def _lists(schema: EpJSONSchema, described: Mapping[str, Any]) -> tuple[str, ...]:
    """The lists of names that a field refers to; none if one is of classes, or of what is no object's name."""
    lists = tuple(described.get("object_list", ()))
    return lists if all(map(schema.get_types_providing_reference, lists)) else ()


def _described_name(
    schema: EpJSONSchema, class_name: str, field: str, described: Mapping[str, Any]
) -> Mapping[str, Any]:
    # Names of objects are keys of epJSON, so the schema describes them beside the fields.
    of_class = schema.get_object_schema(class_name) or {}
    return of_class.get("name", described) if field == "name" else described


def _rule(field: str, described: Mapping[str, Any]) -> FieldRule:
    kinds = described.get("anyOf") or [described]
    number = next((kind for kind in kinds if kind.get("type") in ("number", "integer")), None)
    text = next((kind for kind in kinds if kind.get("type") == "string"), None)
    if number is None:
        choices = text.get("enum") if text else None
        return FieldRule(field, takes_numbers=False, takes_texts=True, choices=_texts(choices))
    (minimum, above), (maximum, below) = _limit(number, "minimum"), _limit(number, "maximum")
    return FieldRule(
        field,
        takes_numbers=True,
        takes_texts=text is not None,
        is_whole=number["type"] == "integer",
        minimum=minimum,
        exclusive_minimum=above,
        maximum=maximum,
        exclusive_maximum=below,
        choices=_texts(text.get("enum")) if text else (),
        unit=str(described.get("units", "")),
    )


def _limit(number: Mapping[str, Any], end: str) -> tuple[float | None, float | None]:
    """The inclusive and the exclusive limit at one end."""
    limit, exclusive = number.get(end), number.get(f"exclusive{end.capitalize()}")
    if isinstance(exclusive, bool):
        # Schemas of EnergyPlus before 9.6 are of draft 4 of JSON Schema.
        return (None, limit) if exclusive else (limit, None)
    return limit, exclusive


def _texts(choices: Any) -> tuple[str, ...] | None:
    return None if choices is None else tuple(str(choice) for choice in choices)
