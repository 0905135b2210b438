"""The compose file as Docker reads it: with variables and anchors resolved."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
DIRECTORY = ROOT / "deploy" / "compose"
TEXT = (DIRECTORY / "compose.yaml").read_text()
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?::(?P<sign>[?-])(?P<rest>[^}]*))?\}")


def services(environment: Mapping[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """All services by name. Raises KeyError for a required variable that is missing in the environment."""
    return dict(composition(environment)["services"])


def composition(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The whole file; without an environment, required variables get their own names as values."""
    given = environment if environment is not None else {name: name.lower() for name in required()}

    def value(match: re.Match[str]) -> str:
        if found := given.get(match["name"]):
            return found
        if match["sign"] == "-":
            return str(match["rest"])
        raise KeyError(match["name"])

    return dict(yaml.safe_load(VARIABLE.sub(value, TEXT)))


def raw() -> dict[str, Any]:
    """All services with unresolved variables."""
    return dict(yaml.safe_load(TEXT)["services"])


def required() -> set[str]:
    """Variables without which Docker refuses to start the project."""
    return {match["name"] for match in VARIABLE.finditer(TEXT) if match["sign"] == "?"}


def size(text: str) -> int:
    """A size in Docker's or RabbitMQ's notation, in bytes."""
    units = {"m": 2**20, "g": 2**30, "MB": 10**6, "GB": 10**9}
    match = re.fullmatch(r"(\d+)([a-zA-Z]+)", text)
    assert match, text
    return int(match[1]) * units[match[2]]


def seconds(text: str) -> int:
    """A duration such as 60s, in seconds."""
    return int(text.removesuffix("s"))
