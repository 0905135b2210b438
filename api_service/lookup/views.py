"""The catalogue of metrics, the measures, the installed weather files and the engines' classes over HTTP."""

from dataclasses import asdict
from typing import Any

from api_service.http import links
from api_service.http.blueprint import Blueprint
from api_service.http.cursor import Page
from api_service.http.dependencies import dependencies
from api_service.http.problem import Problem
from api_service.lookup.schema import (
    CatalogueSchema,
    ClassDescriptionSchema,
    EngineQuery,
    InstalledWeatherPageSchema,
    InstalledWeatherQuery,
    MeasuresSchema,
)
from api_service.lookup.weather import NearbyWeather, list_weather
from shared.energyplus.catalogue import CATALOGUE
from shared.energyplus.classes import ClassDescription, describe_class
from shared.energyplus.measures.measure import Measure
from shared.energyplus.measures.registry import MEASURES
from shared.energyplus.metric import Metric, source_text
from shared.energyplus.preparation.aim import NoAim

blp = Blueprint("lookup", __name__, url_prefix=links.V1, description="Definitions and files that EPSM knows.")


@blp.route("/metrics")
@blp.response(200, CatalogueSchema)
def metrics() -> dict[str, list[dict[str, Any]]]:
    """List the definitions of all metrics."""
    return {"items": [_entry(metric) for metric in CATALOGUE]}


@blp.route("/measures")
@blp.response(200, MeasuresSchema)
def measures() -> dict[str, list[Measure]]:
    """List the measures that a parameter of a submission may name."""
    return {"items": list(MEASURES.values())}


@blp.route("/weather")
@blp.arguments(InstalledWeatherQuery, location="query")
@blp.response(200, InstalledWeatherPageSchema)
def weather(query: dict[str, Any]) -> Page[NearbyWeather]:
    """List the weather files that are installed with the service; a submission may name them instead of uploading."""
    return list_weather(dependencies().weather, **query)


@blp.route("/schema/<string:class_name>")
@blp.arguments(EngineQuery, location="query")
@blp.response(200, ClassDescriptionSchema)
@blp.problems(404)
def class_description(query: dict[str, Any], class_name: str) -> ClassDescription:
    """Get the fields of a class of EnergyPlus objects: types, units, ranges and choices."""
    settings = dependencies().settings
    engine = query["engine"] or settings.newest_engine
    if engine not in settings.engines:
        raise Problem(404, f"There is no engine {engine[:20]}; there are {', '.join(sorted(settings.engines))}")
    try:
        found = describe_class(engine, class_name)
    except NoAim as error:
        raise Problem(404, str(error)) from error
    if found is None:
        raise Problem(404, f"The schema of EnergyPlus {engine} is not known here")
    return found


def _entry(metric: Metric) -> dict[str, Any]:
    said = {"source": source_text(metric.source), "unit": metric.unit or None, "label": metric.label or None}
    return asdict(metric) | said
