"""Check that models have the surfaces that constructions of a library are meant for."""

from collections.abc import Sequence

from api_service.http.problem import Fault
from api_service.submission.expand import CheckedModel
from api_service.submission.inputs import Candidate
from shared.energyplus.assemblies.assembly import Assembly
from shared.energyplus.formats.document import PreparationError, load
from shared.energyplus.preparation.assemblies import place
from shared.enums import InputRole


def check_elements(
    candidates: Sequence[Candidate], models: Sequence[CheckedModel], assemblies: Sequence[Assembly]
) -> list[Fault]:
    """Returns a fault for each valid model in which an element of the constructions cannot have them."""
    # Whether a construction fits depends on the surfaces of its element only.
    one_each = list({assembly.element: assembly for assembly in assemblies}.values())
    faults = []
    own = [candidate for candidate in candidates if candidate.role is InputRole.MODEL]
    for candidate, model in zip(own, models, strict=True):
        try:
            document, _ = load(candidate.file.path, model.engine, model.name)
            place(document, one_each)
        except PreparationError as refusal:
            faults.append(Fault(candidate.field, f"{candidate.file.shown}: {refusal}"))
    return faults
