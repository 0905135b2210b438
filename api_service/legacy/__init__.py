"""The REST contract of earlier clients, translated from the same rows as v1."""

from api_service.legacy import download, parse, resources, results, sockets, submit, views

__all__ = ["MODULES", "sockets"]

#: The modules with its routes in the OpenAPI document, each with a blueprint.
MODULES = (views, submit, results, download, resources, parse)
