"""Fixtures of this directory."""

import pytest

from tests.deploy.chart.rendering import VALUES, Manifest, manifests


@pytest.fixture(scope="module")
def everything() -> dict[str, list[Manifest]]:
    """All manifests by the name of their values file."""
    return {values.stem: manifests(values) for values in VALUES}
