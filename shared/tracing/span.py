"""What a span is made of, for those who open one and for what sends it."""

from collections.abc import Mapping
from typing import Literal

Attributes = Mapping[str, str | int | float | bool]
Kind = Literal["internal", "server", "producer", "consumer"]
