"""The API and its helpers fit into the memory of its container, in the chart and in the compose file."""

import pytest

from shared.settings import read_settings
from tests.deploy.chart.manifests import NAMES, environment, pods
from tests.deploy.chart.rendering import Manifest
from tests.deploy.compose.composition import services, size

MIB = 2**20
#: The API's two processes: 165 MiB after 1,500 requests and 72 submissions of 12 clients; the rest is for streams.
API_BYTES = 300 * MIB
#: The launcher with the fields of one engine: 50 MiB of its own, of which a helper may make a copy besides its memory.
LAUNCHER_BYTES = 64 * MIB


def needed(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> int:
    with monkeypatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        settings = read_settings()
    helpers = settings.api_helpers * (settings.api_helper_memory_bytes + LAUNCHER_BYTES)
    return API_BYTES + LAUNCHER_BYTES + helpers


@pytest.mark.parametrize("name", NAMES)
def test_the_charts_limit(everything: dict[str, list[Manifest]], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (pod,) = (pod for title, pod in pods(everything[name]) if title.endswith("-api"))
    (api,) = pod["spec"]["containers"]
    limit = api["resources"]["limits"]["memory"]

    assert limit.endswith("Gi")
    assert needed({"EPSM_API_HELPERS": environment(api)["EPSM_API_HELPERS"]}, monkeypatch) <= int(limit[:-2]) * 2**30


def test_the_compose_files_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    api = services()["api"]

    assert "EPSM_API_HELPERS" not in api["environment"]
    assert needed({}, monkeypatch) <= size(api["deploy"]["resources"]["limits"]["memory"])
