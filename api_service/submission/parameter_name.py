"""Names of parameters: each is a column of the table of runs, beside the fixed columns and the metrics."""

import re

from marshmallow import ValidationError

from shared.energyplus.catalogue import CATALOGUE

MAX_CHARACTERS = 60
PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
FIXED_COLUMNS = frozenset({"index", "run_id", "model", "weather", "status", "verdict", "is_baseline", "reused_from"})
METRICS = frozenset(metric.name for metric in CATALOGUE)


def parameter_name(text: str) -> None:
    """Validates the name of a parameter. Raises ValidationError."""
    if len(text) > MAX_CHARACTERS:
        raise ValidationError(f"must not have more than {MAX_CHARACTERS} characters")
    if not re.fullmatch(PATTERN, text):
        raise ValidationError("must be letters from a to z, digits and underscores, and not begin with a digit")
    if text in FIXED_COLUMNS:
        raise ValidationError(f"must not be {text}, which is a column of every table of runs")
    if text in METRICS:
        raise ValidationError(f"must not be {text}, which is a metric")
