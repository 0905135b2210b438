"""Images of others are pinned by digest in the compose file and in the chart, because a tag can be moved."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "deploy/compose/compose.yaml").read_text()
PINNED = re.compile(r"[\w./-]+:v?\d[\w.-]*@sha256:[0-9a-f]{64}")
OURS = re.compile(r"\$\{EPSM_IMAGES:-epsm\}/\w+:\$\{EPSM_VERSION:-[\d.]+\}")


def others() -> dict[str, str]:
    """The image of each service that is not ours, without the variable that may name another one."""
    services = yaml.safe_load(COMPOSE)["services"]
    images = {name: service["image"] for name, service in services.items()}
    assert set(images) >= {"postgres", "rabbitmq", "prometheus", "alertmanager", "grafana", "s3", "api"}
    return {
        name: re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", image) for name, image in images.items() if not OURS.fullmatch(image)
    }


def test_every_image_of_the_compose_file_has_a_digest() -> None:
    assert {name: image for name, image in others().items() if not PINNED.fullmatch(image)} == {}


def test_every_image_of_the_chart_has_a_digest() -> None:
    values = yaml.safe_load((ROOT / "deploy/helm/epsm/values.yaml").read_text())
    templates = "".join(path.read_text() for path in (ROOT / "deploy/helm/epsm/templates").iterdir())

    assert values["monitoring"]["postgresExporter"]["image"] == others()["postgres-exporter"]
    # All others are from the values: ours by `epsm.image`, which takes digests, and the one above.
    images = re.findall(r"^\s+image: (.*)$", templates, re.MULTILINE)
    assert len(images) >= 5
    assert all(image.startswith("{{") for image in images)


def test_one_version_has_one_digest() -> None:
    digests: dict[str, set[str]] = {}
    for image in others().values():
        tag, _, digest = image.partition("@")
        digests.setdefault(tag, set()).add(digest)

    assert {tag: found for tag, found in digests.items() if len(found) > 1} == {}
