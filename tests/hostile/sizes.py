"""What the chart gives the containers of the services, from its reviewed rendering with default values."""

from dataclasses import dataclass

import yaml

from tests.deploy.chart.manifests import containers, environment, pods
from tests.deploy.chart.rendering import HERE, golden

UNITS = {"Mi": 1 << 20, "Gi": 1 << 30}


@dataclass(frozen=True)
class Container:
    """The memory limit of a service in bytes, and its settings that are amounts: limits, slots, threads."""

    limit: int
    settings: dict[str, str]


def container(service: str) -> Container:
    """The container of the API, the worker or the scheduler."""
    rendering = yaml.safe_load_all(golden(HERE / "minimal-external.yaml").read_text())
    templates = dict(pods([manifest for manifest in rendering if manifest]))
    (pod,) = (template for name, template in templates.items() if name.startswith(f"epsm-{service}"))
    found = next(c for c in containers(pod) if c["name"] == service)
    amount = found["resources"]["limits"]["memory"]
    # Times are the tests' own: that of a drain is an hour.
    amounts = {n: v for n, v in environment(found).items() if v.isdigit() and not n.endswith("_SECONDS")}
    return Container(int(amount[:-2]) * UNITS[amount[-2:]], amounts)
