"""Reading of models for the old page, before they are submitted: through the same checks, nothing is stored."""

from typing import Any

from marshmallow import Schema, fields

from api_service.http.archives import Unpacker
from api_service.http.dependencies import Dependencies, dependencies
from api_service.http.problem import Fault, Problem, invalid
from api_service.http.problem_schema import LegacyErrorSchema
from api_service.identity.who import current_identity
from api_service.legacy.blueprint import LegacyBlueprint
from api_service.legacy.components import QUANTITIES, Components
from api_service.submission.answers import FileAnswers, content_faults
from api_service.submission.form import ARCHIVES, ZIP
from api_service.submission.gather import gather
from api_service.submission.inputs import Candidate, check_names, none_in_archives
from shared.energyplus.findings import Rejected
from shared.energyplus.inspection import ModelQuestions
from shared.enums import InputRole

FIELD = "files"
QUESTIONS = ModelQuestions(components=True)
FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "description": ARCHIVES,
        "properties": {
            FIELD: {
                "type": "array",
                "items": {"type": "string", "format": "binary"},
                "minItems": 1,
                "description": f"IDF or epJSON files.{ZIP}",
            }
        },
    }
}

blp = LegacyBlueprint("legacy_parse", __name__, url_prefix="/api", description="Reading of models for earlier clients.")


class ParseErrorSchema(LegacyErrorSchema):
    """Errors of these addresses: the old page shows `message`, which is the same as `error`."""

    message = fields.String(required=True)


COMMON: dict[str, fields.Field[Any]] = {
    "name": fields.String(),
    "type": fields.String(),
    "properties": fields.Dict(),
    "uniqueKey": fields.String(metadata={"description": "File, class and name."}),
}
IN_LIBRARY: dict[str, fields.Field[Any]] = {
    "existsInDatabase": fields.Boolean(metadata={"description": "Always false: there is no library here."}),
    "source": fields.String(metadata={"description": "Name of the file."}),
}
ComponentSchema = Schema.from_dict({**COMMON, **IN_LIBRARY}, name="LegacyComponent")
ParsedZoneSchema = Schema.from_dict({"id": fields.String(), **COMMON}, name="LegacyParsedZone")
QuantitiesSchema = Schema.from_dict(
    {f"{element}_area": fields.Float(metadata={"description": "m2."}) for element in QUANTITIES},
    name="LegacyQuantities",
)


class ParsedSchema(Schema):
    """Materials, constructions, zones, and areas of elements to the outside, net of openings, with multipliers."""

    materials = fields.List(fields.Nested(ComponentSchema))
    constructions = fields.List(fields.Nested(ComponentSchema))
    zones = fields.List(fields.Nested(ParsedZoneSchema))
    element_quantities = fields.Nested(QuantitiesSchema)


@blp.route("/parse/idf/", methods=["POST"], strict_slashes=False)
@blp.route("/simulation/parse/idf/", methods=["POST"], endpoint="alias", strict_slashes=False)
@blp.doc(requestBody={"required": True, "content": {"multipart/form-data": FORM}})
@blp.response(200, ParsedSchema)
@blp.alt_response(400, schema=ParseErrorSchema, description="There is no file, or one is not accepted.")
@blp.alt_response(413, schema=ParseErrorSchema, description="The body or the files are too large.")
def parse_idf() -> dict[str, Any]:
    """Read models without submitting them; the checks are those of a submission."""
    candidates = _files(dependencies())
    components = Components()
    faults: list[Fault] = []
    answers = FileAnswers(dependencies(), current_identity().owner, candidates, QUESTIONS)
    for candidate, read in zip(candidates, answers, strict=True):
        faults += content_faults(candidate, read)
        if faults or read.components is None:
            continue
        try:
            components.add(read.components, candidate.file.name)
        except Rejected as refusal:
            faults = [candidate.fault(str(refusal))]
            break
    if faults:
        raise invalid(faults, 400)
    return components.body()


def _files(of: Dependencies) -> list[Candidate]:
    unpacker = Unpacker(of.settings)
    candidates = [candidate for candidate in gather(unpacker, {FIELD: InputRole.MODEL}) if candidate.is_sent]
    if unpacker.faults:
        raise invalid(unpacker.faults, 400)
    if not _of_role(candidates):
        raise Problem(400, f"No files provided{none_in_archives(InputRole.MODEL, candidates)}")
    if faults := check_names(candidates, of.settings, needed=(InputRole.MODEL,)):
        raise invalid(faults, 400)
    return candidates


def _of_role(candidates: list[Candidate]) -> list[Candidate]:
    return [candidate for candidate in candidates if candidate.role is InputRole.MODEL]
