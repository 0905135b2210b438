"""The REST contract of earlier clients, translated from the same rows as v1."""

from api_service.legacy import download, parse, resources, results, submit, views

#: The modules with its routes, each with a blueprint.
MODULES = (views, submit, results, download, resources, parse)
