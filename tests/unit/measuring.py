"""Measures applied to small models, for unit tests."""

import pytest

from shared.energyplus.formats.document import PreparationError
from shared.energyplus.formats.epjson_document import EpJsonDocument
from shared.energyplus.formats.idf_document import IdfDocument
from shared.energyplus.formats.schema import schema_of
from shared.energyplus.measures.measure import Applied
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.models import ENGINE_VERSION


def document(text: str) -> IdfDocument:
    """A model of one text."""
    schema = schema_of(ENGINE_VERSION)
    assert schema is not None
    return IdfDocument(text, schema)


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
