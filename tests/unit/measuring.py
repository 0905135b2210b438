"""Measures applied to small models, for unit tests."""

import json
from typing import Any

import pytest

from shared.energyplus.building.surfaces import read_surfaces
from shared.energyplus.formats.document import Document, PreparationError
from shared.energyplus.formats.epjson_document import EpJsonDocument
from shared.energyplus.formats.idf_document import IdfDocument
from shared.energyplus.formats.schema import schema_of
from shared.energyplus.measures.constructions import Constructions
from shared.energyplus.measures.measure import Applied
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.models import ENGINE_VERSION


def document(text: str) -> IdfDocument:
    """A model of one text."""
    schema = schema_of(ENGINE_VERSION)
    assert schema is not None
    return IdfDocument(text, schema)


def one(class_name: str, **fields: object) -> Document:
    """A model with one object."""
    made = document("Version, 25.2;")
    made.add(class_name, "X", **fields)
    return made


def epjson(text: str) -> EpJsonDocument:
    """The same from JSON."""
    schema = schema_of(ENGINE_VERSION)
    assert schema is not None
    return EpJsonDocument(text, schema)


def applied(text: str, measure: str, value: float) -> Applied:
    """What a measure did to a model."""
    return apply_measure(document(text), MeasureRequest(measure, value))


def refused(text: str, measure: str, value: float) -> str:
    """Why a model refuses a measure; the measure's name comes first."""
    with pytest.raises(PreparationError) as refusal:
        applied(text, measure, value)
    assert refusal.value.code == "measure_refused"
    name, _, reason = str(refusal.value).partition(": ")
    assert name == measure
    return reason


def as_epjson(text: str) -> EpJsonDocument:
    """The same model as epJSON, from the text of an IDF."""
    idf = document(text)
    model: dict[str, dict[str, dict[str, Any]]] = {}
    for class_name in sorted(idf.classes()):
        names = idf.schema.get_all_field_names(class_name)
        columns = idf.schema.get_extensible_field_names(class_name)
        wrapper = idf.schema.get_extensible_wrapper_key(class_name)
        for number, item in enumerate(idf.objects(class_name)):
            fields = {name: item.get(name) for name in names if name != "name" and item.get(name) is not None}
            if wrapper and item.groups():
                fields[wrapper] = [dict(zip(columns, group, strict=True)) for group in item.groups()]
            model.setdefault(class_name, {})[item.name or f"{class_name} {number}"] = fields
    return epjson(json.dumps(model))


def measured(text: str, measure: str, value: float) -> IdfDocument:
    """The model with a measure."""
    model = document(text)
    apply_measure(model, MeasureRequest(measure, value))
    return model


def constructions_of(model: Document) -> dict[str, str]:
    """The construction of each surface."""
    return {surface.item.name: surface.item.get("construction_name") for surface in read_surfaces(model)}


def layers_of(model: Document, construction: str) -> tuple[str, ...]:
    """The keys of a construction's layers from outside."""
    return Constructions(model).layers(construction.upper())
