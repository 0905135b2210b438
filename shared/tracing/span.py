"""Types of span arguments, used by `shared.tracing` and by its OpenTelemetry implementation."""

from collections.abc import Mapping
from typing import Literal

Attributes = Mapping[str, str | int | float | bool]
Kind = Literal["internal", "server", "producer", "consumer"]
