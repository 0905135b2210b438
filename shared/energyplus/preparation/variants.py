"""What one variant changes in a model: parameters and measures, in the order of the submission."""

from shared.energyplus.formats.document import Document
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from shared.energyplus.preparation.changes import summarised
from shared.energyplus.preparation.parameters import Parameter, set_parameter


def make_change(document: Document, asked: Parameter | MeasureRequest) -> list[str]:
    """Apply one parameter or one measure; the changes made, and what a measure left. Raises PreparationError."""
    if isinstance(asked, Parameter):
        return set_parameter(document, asked)
    applied = apply_measure(document, asked)
    changed = [f"{asked.measure}: {line}" for line in applied.changed]
    left = [f"{asked.measure} leaves as it is: {line}" for line in applied.left]
    return [
        *summarised(changed, asked.measure, f"changed with the value {asked.value:g}"),
        *summarised(left, asked.measure, "left as they are"),
    ]
