"""The API and its helpers fit into the memory of its container, in the chart and in the compose file."""

import pytest

from shared.settings import read_settings
from tests.deploy.chart.manifests import NAMES, environment, pods
from tests.deploy.chart.rendering import Manifest
from tests.deploy.compose.composition import services, size

MIB = 2**20
#: The API's two processes: 165 MiB after 1,500 requests and 72 submissions of 12 clients; the rest is for streams.
API_BYTES = 250 * MIB
#: The launcher, 34 MiB, and the fields of each engine, 16 MiB; a helper may make a copy of it besides its memory.
LAUNCHER_BYTES, ENGINE_BYTES = 48 * MIB, 16 * MIB


def needed(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> int:
    with monkeypatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        settings = read_settings()
    launcher = LAUNCHER_BYTES + len(settings.engines) * ENGINE_BYTES
    return API_BYTES + launcher + settings.api_helpers * (settings.api_helper_memory_bytes + launcher)


@pytest.mark.parametrize("name", NAMES)
def test_the_charts_limit(everything: dict[str, list[Manifest]], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (pod,) = (pod for title, pod in pods(everything[name]) if title.endswith("-api"))
    (api,) = pod["spec"]["containers"]
    limit = api["resources"]["limits"]["memory"]

    assert limit.endswith("Gi")
    given = {name: environment(api)[name] for name in ("EPSM_API_HELPERS", "EPSM_ENGINES")}
    assert needed(given, monkeypatch) <= int(limit[:-2]) * 2**30


def test_the_compose_files_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    api = services()["api"]

    assert "EPSM_API_HELPERS" not in api["environment"]
    assert needed({}, monkeypatch) <= size(api["deploy"]["resources"]["limits"]["memory"])
