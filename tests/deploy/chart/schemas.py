"""Strict validation: Kubernetes' own kinds by its published schemas, the operators' kinds by their definitions."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.deploy.chart.rendering import ROOT, Manifest

DEFINITIONS = ROOT.parent / "shared" / "crds"
KUBERNETES = ("1.33", "1.35", "1.37")
OPERATORS = frozenset({"keda.sh", "rabbitmq.com", "postgresql.cnpg.io", "monitoring.coreos.com"})


def validate(manifest: Manifest, version: str) -> None:
    """Raises ValueError with the path of the first error. Skips kinds whose definitions are not available."""
    group = manifest["apiVersion"].rpartition("/")[0]
    if group in OPERATORS:
        _validate_custom(manifest)
        return
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        raise ValueError(f"{manifest['kind']} {manifest['metadata']['name']}: {error.path}: {error.message}") from error


def _validate_custom(manifest: Manifest) -> None:
    if not DEFINITIONS.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{DEFINITIONS} is missing")
        pytest.skip("the operators' definitions are not here")
    schema = _schemas()[manifest["apiVersion"], manifest["kind"]]
    if fault := next(iter(Draft202012Validator(schema).iter_errors(manifest)), None):
        raise ValueError(f"{manifest['kind']} {manifest['metadata']['name']}: {fault.json_path}: {fault.message}")


@cache
def _schemas() -> dict[tuple[str, str], dict[str, Any]]:
    found = {}
    for path in DEFINITIONS.glob("*.yaml"):
        spec = yaml.safe_load(Path(path).read_text())["spec"]
        for version in spec["versions"]:
            schema = _strict(version["schema"]["openAPIV3Schema"])
            # The API server adds the fields that every object has.
            schema["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {}}
            found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = schema
    return found


def _strict(schema: Any) -> Any:
    """Returns the schema as JSON Schema that rejects unknown fields."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict(value) for key, value in schema.items()}
    if isinstance(strict.get("properties"), dict) and not schema.get("x-kubernetes-preserve-unknown-fields"):
        strict.setdefault("additionalProperties", False)
    if schema.get("x-kubernetes-int-or-string") is True:
        strict.pop("type", None)
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        strict["type"] = [schema["type"], "null"]
    return strict
