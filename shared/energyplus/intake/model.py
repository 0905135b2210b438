"""Check of an uploaded model: readable, of an installed version, complete, without files of other directories."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from shared.energyplus.findings import Finding, Rejected, reject
from shared.energyplus.formats.document import MAX_EPJSON_BYTES, MAX_IDF_BYTES
from shared.energyplus.formats.epjson import EpJsonObject, epjson_objects
from shared.energyplus.formats.idf import MAX_OBJECTS, SHOWN_CHARACTERS, IdfObject, idf_objects
from shared.energyplus.formats.schema import schema_of
from shared.energyplus.formats.side_names import plain_name
from shared.energyplus.formats.text import looks_like_json, read_text
from shared.energyplus.intake.classes import ClassCheck
from shared.energyplus.intake.fields import FieldCheck
from shared.energyplus.intake.references import ReferenceCheck
from shared.energyplus.programs import (
    GROUND_HEAT_EXCHANGER,
    METHOD,
    RESPONSE_FACTORS,
    advice_on_class,
    advice_on_design,
    has_designer,
)
from shared.energyplus.versions import engine_of

Object = IdfObject | EpJsonObject

SUFFIXES: dict[str, tuple[str, Callable[[str], Iterator[Object]]]] = {
    ".idf": ("an IDF", idf_objects),
    ".imf": ("an IDF", idf_objects),
    ".epjson": ("an epJSON model", epjson_objects),
    ".json": ("an epJSON model", epjson_objects),
}
#: EnergyPlus's own limit of a name, when it had one, was 100.
MAX_BUILDING_CHARACTERS = 200
#: Names are in results, messages and tables many times over; no person reads one that is longer.
MAX_NAME_CHARACTERS = 1000
#: Bounds the answer for a model with a fault in every object.
MAX_FINDINGS = 20

#: Classes whose objects name a file: position of the field in an IDF and its name in epJSON.
#: Source: every field of EnergyPlus 25.2's schema that holds the name of a file to be read.
FILE_FIELDS = {
    "schedule:file": (2, "file_name"),
    "schedule:file:shading": (0, "file_name"),
    "construction:windowdatafile": (1, "file_name"),
    "coil:dx:ashrae205:performance": (1, "representation_file_name"),
    "chiller:electric:ashrae205": (1, "representation_file_name"),
    "table:independentvariable": (7, "external_file_name"),
    "table:lookup": (7, "external_file_name"),
}


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Facts about an accepted model: the engine that runs it, the building's name, how many objects it has.

    `warnings` are about names that no object has.
    """

    engine: str
    building: str
    objects: int
    has_hvac_templates: bool
    warnings: tuple[Finding, ...] = ()


def check_model(
    path: Path, name: str, *, versions: Collection[str], files: Collection[str] = (), warn: bool = False
) -> ModelFacts:
    """Look into a model called `name`; `versions` are the engines there are, `files` the side files uploaded with it.

    Only with `warn` are there warnings. Raises Rejected with everything found wrong.
    """
    findings: list[Finding] = []
    stated: list[tuple[str, int | None]] = []
    designs: list[Finding] = []
    classes, fields, references = ClassCheck(), None, ReferenceCheck() if warn else None
    building, objects, templates = "", 0, False
    for item in _objects(path, name):
        objects += 1
        class_name = item.class_name.lower()
        if class_name == "version":
            stated.append((_version(item), item.line))
        elif class_name == "building":
            building = item.name[:MAX_BUILDING_CHARACTERS]
        elif class_name == GROUND_HEAT_EXCHANGER.lower() and len(designs) < MAX_FINDINGS:
            designs += _designed(item)
        templates = templates or class_name.startswith("hvactemplate:")
        classes.note(item)
        fields = _field_check(item, versions, references) if objects == 1 else fields
        findings += [
            *_faults(item, class_name, files),
            *(islice(fields.findings(item), MAX_FINDINGS) if fields else ()),
        ]
        if len(findings) >= MAX_FINDINGS:
            break
    if objects == 0:
        raise reject("there is not one object in it; is it a model?")
    engine = _engine(stated, versions, findings)
    if engine is not None:
        findings += classes.findings(engine)
        findings += designs if has_designer(engine) else []
        if not (fields or findings):
            findings += _read_again(path, name, engine, references)
    if engine is None or findings:
        raise Rejected(*findings[:MAX_FINDINGS])
    # Objects may refer to those that ExpandObjects will make of templates.
    warnings = references.warnings() if references and not templates else ()
    return ModelFacts(engine, building, objects, templates, tuple(islice(warnings, MAX_FINDINGS)))


def _version(item: Object) -> str:
    return next(iter(item.values(0, "version_identifier")), "")


def _field_check(first: Object, versions: Collection[str], references: ReferenceCheck | None) -> FieldCheck | None:
    """The check of the version that the model's first object states; None where that object is something else."""
    engine = engine_of(_version(first), versions) if first.class_name.lower() == "version" else None
    schema = schema_of(engine) if engine else None
    return FieldCheck(schema, references) if schema else None


def _read_again(path: Path, name: str, engine: str, references: ReferenceCheck | None) -> list[Finding]:
    """The fields of a model with its version behind other objects: a million fields are too many to keep."""
    schema = schema_of(engine)
    if schema is None:
        # The engine is newer than the library; it checks its models itself.
        return []
    check = FieldCheck(schema, references)
    return list(islice((found for item in _objects(path, name) for found in check.findings(item)), MAX_FINDINGS))


def _objects(path: Path, name: str) -> Iterator[Object]:
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise reject("a model's name must end in .idf or .epJSON")
    kind, parse = SUFFIXES[suffix]
    text = read_text(path, kind, MAX_EPJSON_BYTES if parse is epjson_objects else MAX_IDF_BYTES).content
    if parse is idf_objects and looks_like_json(text):
        raise reject("the file is JSON, not an IDF; the name of an epJSON model must end in .epJSON")
    for number, item in enumerate(parse(text)):
        if number >= MAX_OBJECTS:
            raise reject(f"it has more than {MAX_OBJECTS} objects")
        yield item


def _engine(stated: list[tuple[str, int | None]], versions: Collection[str], findings: list[Finding]) -> str | None:
    if len(stated) > 1:
        findings.append(Finding(f"there are {len(stated)} Version objects", stated[1][1]))
        return None
    version, line = stated[0] if stated else ("", None)
    engine = engine_of(version, versions)
    if engine is None:
        available = ", ".join(sorted(versions))
        place = f"line {line}: " if line is not None else ""
        stated_version = version[:SHOWN_CHARACTERS]
        findings.append(
            Finding(
                f"{place}the model is for EnergyPlus {stated_version}; the engines here are {available}; bring an "
                "older model up to date with EnergyPlus's IDFVersionUpdater (its transition programs), or have "
                f"EnergyPlus {stated_version} added to the engines (EPSM_ENGINE_DIRECTORIES, EPSM_ENGINES)",
                line,
            )
        )
    return engine


def _faults(item: Object, class_name: str, files: Collection[str]) -> list[Finding]:
    said = []
    if isinstance(item, IdfObject) and item.refusal:
        said.append(item.refusal)
    if len(item.name) > MAX_NAME_CHARACTERS:
        said.append(f"{item.shown} has a name of {len(item.name)} characters; {MAX_NAME_CHARACTERS} are allowed")
    if advice := advice_on_class(class_name):
        said.append(f"{item.shown} {advice}")
    return [*(Finding(text, item.line) for text in said), *_leads_outside(item, class_name, files)]


def _designed(item: Object) -> list[Finding]:
    advice = advice_on_design(item.values(*RESPONSE_FACTORS), item.values(*METHOD))
    return [Finding(f"{item.shown} {advice}", item.line)] if advice else []


def _leads_outside(item: Object, class_name: str, files: Collection[str]) -> list[Finding]:
    if class_name not in FILE_FIELDS:
        return []
    position, key = FILE_FIELDS[class_name]
    findings = []
    for named in filter(None, item.values(position, key)):
        plain = plain_name(named)
        if plain is None:
            advice = "give its plain name and upload it with the model"
        elif plain not in files:
            alike = next((file for file in files if file.lower() == plain.lower()), None)
            advice = f"the uploaded file is called {alike!r}, in other case" if alike else "upload it with the model"
        else:
            continue
        findings.append(Finding(f"{item.shown} names the file {named[:SHOWN_CHARACTERS]!r}; {advice}", item.line))
    return findings
