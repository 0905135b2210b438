"""Whether an uploaded model can be run: readable, of an installed version, complete, and nothing that leads outside."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.energyplus.findings import Finding, Rejected, reject
from shared.energyplus.formats.grammar import MAX_OBJECTS
from shared.energyplus.formats.objects import SHOWN_CHARACTERS, Object, epjson_objects, idf_objects
from shared.energyplus.formats.text import check_text, looks_like_json

SUFFIXES: dict[str, tuple[str, Callable[[Path], Iterator[Object]]]] = {
    ".idf": ("an IDF", idf_objects),
    ".imf": ("an IDF", idf_objects),
    ".epjson": ("an epJSON model", epjson_objects),
    ".json": ("an epJSON model", epjson_objects),
}
#: Ten times the largest of the DOE prototype models with room to spare.
MAX_MODEL_BYTES = 128 << 20
#: JSON is read whole, and takes up to 15 times its size in memory.
MAX_EPJSON_BYTES = 32 << 20
#: EnergyPlus's own limit of a name, when it had one, was 100.
MAX_BUILDING_CHARACTERS = 200
#: A model with one fault in every object would otherwise answer with a book.
MAX_FINDINGS = 20

#: Beginnings of class names that are refused, and what to do instead.
REFUSED = {
    "groundheattransfer:": "needs the Slab or Basement preprocessor, which the engines here do not have; run it first "
    "and give the model its ground temperatures (Site:GroundTemperature:BuildingSurface)",
    "pythonplugin:": "runs Python code, which is not accepted; use EnergyManagementSystem objects instead",
    "externalinterface": "couples the model with another program, which is not accepted",
}

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
    """What the door has learnt about a model: which engine runs it, what the building is called."""

    engine: str
    building: str
    objects: int
    has_hvac_templates: bool


def check_model(path: Path, name: str, *, versions: Collection[str], files: Collection[str] = ()) -> ModelFacts:
    """Look into a model called `name`; `versions` are the engines there are, `files` the side files uploaded with it.

    Raises Rejected with everything found wrong.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise reject("a model's name must end in .idf or .epJSON")
    kind, parse = SUFFIXES[suffix]
    check_text(path, kind, MAX_EPJSON_BYTES if parse is epjson_objects else MAX_MODEL_BYTES)
    if parse is idf_objects and looks_like_json(path):
        raise reject("the file is JSON, not an IDF; the name of an epJSON model must end in .epJSON")
    findings: list[Finding] = []
    found: list[tuple[str, int | None]] = []
    building, objects, templates = "", 0, False
    for item in parse(path):
        objects += 1
        if objects > MAX_OBJECTS:
            raise reject(f"it has more than {MAX_OBJECTS} objects", item.line)
        class_name = item.class_name.lower()
        if class_name == "version":
            found.append((next(iter(item.values(0, "version_identifier")), ""), item.line))
        elif class_name == "building":
            building = item.name[:MAX_BUILDING_CHARACTERS]
        templates = templates or class_name.startswith("hvactemplate:")
        findings += _refused(item, class_name)
        findings += _leads_outside(item, class_name, files)
        if len(findings) >= MAX_FINDINGS:
            break
    if objects == 0:
        raise reject(f"there is not one object in it; is it {kind}?")
    engine = _engine(found, versions, findings)
    if engine is None or findings:
        raise Rejected(*findings[:MAX_FINDINGS])
    return ModelFacts(engine, building, objects, templates)


def _engine(found: list[tuple[str, int | None]], versions: Collection[str], findings: list[Finding]) -> str | None:
    available = ", ".join(sorted(versions))
    if not found:
        findings.append(Finding(f"there is no Version object; the engines here are {available}"))
        return None
    if len(found) > 1:
        findings.append(Finding(f"there are {len(found)} Version objects", found[1][1]))
        return None
    version, line = found[0]
    # A model says 25.2, an engine is called 25.2.0; a patch release reads the same models.
    matching = [engine for engine in versions if engine.split(".")[:2] == version.split(".")[:2]]
    if not matching:
        place = f"line {line}: " if line is not None else ""
        version = version[:SHOWN_CHARACTERS]
        findings.append(
            Finding(
                f"{place}the model is for EnergyPlus {version or '(none)'}; the engines here are {available}",
                line,
            )
        )
        return None
    return max(matching, key=lambda engine: [int(part) for part in engine.split(".")])


def _refused(item: Object, class_name: str) -> list[Finding]:
    return [
        Finding(f"{item.shown} {advice}", item.line)
        for beginning, advice in REFUSED.items()
        if class_name.startswith(beginning)
    ]


def _leads_outside(item: Object, class_name: str, files: Collection[str]) -> list[Finding]:
    if class_name not in FILE_FIELDS:
        return []
    position, key = FILE_FIELDS[class_name]
    findings = []
    for named in filter(None, item.values(position, key)):
        if any(mark in named for mark in "/\\:") or named.strip(".") == "":
            advice = "give its plain name and upload it with the model"
        elif named not in files:
            advice = "upload it with the model"
        else:
            continue
        findings.append(Finding(f"{item.shown} names the file {named[:SHOWN_CHARACTERS]!r}; {advice}", item.line))
    return findings
