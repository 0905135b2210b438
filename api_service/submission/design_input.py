"""Writes the design of a submission, its variants as a file: an input like those that were uploaded."""

from contextlib import closing

from api_service.http.spool import Spooled
from api_service.http.uploads import new_part
from api_service.submission.inputs import Candidate
from api_service.submission.spec import Spec
from shared.design_file import write_design
from shared.enums import InputRole
from shared.errors import InternalFault

NAME = "design.parquet"


def draw_design(spec: Spec) -> Candidate | None:
    """Draws the variants into a new file of the current request's spool; None for models that are run as they are.

    Raises Problem when there is no room for it.
    """
    if not spec.parameters:
        return None
    with closing(new_part()) as part:
        drawn = write_design(part, [parameter.name for parameter in spec.parameters], spec.variants())
    if drawn != spec.count_variants():
        raise InternalFault(f"{spec.sampling.method} has drawn {drawn} variants, not {spec.count_variants()}")
    return Candidate(InputRole.DESIGN, "spec.parameters", Spooled(NAME, part.path, part.sha256, part.size))
