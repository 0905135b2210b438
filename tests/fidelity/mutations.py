"""Seeded mutations of a model's text that change nothing of what it says, and what preparation makes of them.

Never the order of objects, which can change results. Every mutated text is converted by EnergyPlus itself before and
after preparation; the two conversions have equal objects but for what preparation says it has changed.
"""

import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import idfkit

from shared.energyplus.preparation.prepare import Preparation, prepare
from shared.energyplus.results.reading import read_results
from tests.conversion import converted
from tests.e2e import by_hand
from tests.fidelity.year import place_of
from tests.models import ENGINE_VERSION, doe_models, weather

Objects = dict[str, dict[str, dict[str, Any]]]
#: One object with the comments inside it, from its class to its semicolon.
OBJECT = re.compile(r"^[ \t]*([A-Za-z][\w:\- ]*)((?:![^\n]*|[^!;])*);", re.MULTILINE)
COMMENT = re.compile(r"![^\n]*")
COMMENTS = ("! a comment; with, marks", "!- Name", "! caf\u00e9 \u2013 \u00b0C", "!", "!!! Zone,X;")
#: Classes that preparation edits or adds to, whatever it is asked.
EDITED = ("Output:SQLite", "OutputControl:Files", "Output:Table:SummaryReports")
ADDED = ("Output:Meter", "Output:Variable", "OutputControl:Table:Style")
#: What a metric may not differ in, as it depends on the machine.
CLOCK = ("engine_seconds",)


def mutate(text: str, seed: int) -> tuple[bytes, tuple[str, ...]]:
    """A text that says the same, in some encoding, and the names of the mutations."""
    draw = random.Random(seed)
    chosen = draw.sample(sorted(MUTATIONS), k=draw.randint(1, 3))
    for name in chosen:
        text = MUTATIONS[name](text, draw)
    encoding = draw.choice(("utf-8", "utf-8-sig", "cp1252"))
    ends = draw.choice(("\n", "\n", "\r\n"))
    return text.replace("\n", ends).encode(encoding), (*chosen, encoding, repr(ends))


def _class_case(text: str, draw: random.Random) -> str:
    change = draw.choice((str.upper, str.lower, str.title))
    return OBJECT.sub(lambda found: found[0].replace(found[1], change(found[1]), 1), text)


def _name_case(text: str, draw: random.Random) -> str:
    """References to names in other case: EnergyPlus minds no case of names."""
    change = draw.choice((str.upper, str.lower))

    def one(found: re.Match[str]) -> str:
        fields = found[2].split(",")
        # The name itself stays, or references from elsewhere would not be what is tried.
        return (
            found[0]
            if draw.random() < 0.5 or "!" in found[2]
            else (found[0].replace(found[2], ",".join([*fields[:2], *(change(field) for field in fields[2:])]), 1))
        )

    return OBJECT.sub(one, COMMENT.sub("", text) if draw.random() < 0.5 else text)


def _spacing(text: str, draw: random.Random) -> str:
    space = draw.choice(("", " ", "\t", "    "))
    lines = [space + line.strip() if draw.random() < 0.7 else line for line in text.split("\n")]
    return "\n".join(lines)


def _no_comments(text: str, _: random.Random) -> str:
    return COMMENT.sub("", text)


def _comments(text: str, draw: random.Random) -> str:
    lines = text.split("\n")
    return "\n".join(
        # Not behind a class without its comma, where EnergyPlus takes a comment for data.
        f"{line} {draw.choice(COMMENTS)}" if draw.random() < 0.3 and line.rstrip().endswith((",", ";")) else line
        for line in lines
    )


def _one_line(text: str, draw: random.Random) -> str:
    """Objects on one line each, some of them together on one."""
    plain = COMMENT.sub("", text)
    # Not by `split`: two spaces inside a name are part of it.
    return OBJECT.sub(lambda found: re.sub(r"\s*\n\s*", " ", found[0]) if draw.random() < 0.5 else found[0], plain)


def _line_breaks(text: str, draw: random.Random) -> str:
    plain = COMMENT.sub("", text)
    return OBJECT.sub(lambda found: found[0].replace(",", ",\n\n") if draw.random() < 0.2 else found[0], plain)


def _semicolons(text: str, draw: random.Random) -> str:
    return OBJECT.sub(lambda found: found[0] + (";" if draw.random() < 0.1 else ""), text)


def _defaults(text: str, draw: random.Random) -> str:
    """Fields that an object ends before, spelled out by their defaults."""
    schema = idfkit.get_schema((25, 2, 0))

    def one(found: re.Match[str]) -> str:
        class_name = schema.resolve_type_name(found[1].strip())
        if class_name is None or schema.is_extensible(class_name) or draw.random() < 0.5:
            return found[0]
        missing = schema.get_all_field_names(class_name)[COMMENT.sub("", found[2]).count(",") :]
        values = []
        for field in missing:
            default = schema.get_field_default(class_name, field)
            if default in (None, ""):
                break
            values.append(str(default))
        return found[0].removesuffix(";") + "".join(f",\n  {value}" for value in values) + ";"

    return OBJECT.sub(one, COMMENT.sub("", text))


MUTATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "case of classes": _class_case,
    "case of references": _name_case,
    "spacing": _spacing,
    "no comments": _no_comments,
    "comments": _comments,
    "objects on one line": _one_line,
    "line breaks": _line_breaks,
    "semicolons": _semicolons,
    "defaults spelled out": _defaults,
}


def changed(before: Objects, after: Objects) -> list[str]:
    """Classes whose objects differ otherwise than preparation says."""
    wrong = []
    for class_name in sorted(before.keys() | after.keys()):
        old, new = before.get(class_name, {}), after.get(class_name, {})
        if class_name in EDITED:
            continue
        if class_name in ADDED:
            lost = Counter(map(str, old.values())) - Counter(map(str, new.values()))
            wrong += [f"{class_name}: lost {item}" for item in lost]
        elif old != new:
            names = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
            wrong.append(f"{class_name}: {names[:3]}")
    reports = [
        [row.get("report_name") for item in model.get(EDITED[2], {}).values() for row in item.get("reports", [])]
        for model in (before, after)
    ]
    return wrong + (["reports lost"] if reports[1][: len(reports[0])] != reports[0] else [])


def kept(model: Path, seed: int, directory: Path) -> tuple[list[str], tuple[str, ...]]:
    """What a mutation of `model` loses in preparation and the mutations' names."""
    content, names = mutate(model.read_text(encoding="latin-1"), seed)
    mutated = directory / "mutated.idf"
    mutated.write_bytes(content)
    work = directory / "work"
    work.mkdir()
    prepared = prepare(mutated, work, Preparation(), version=ENGINE_VERSION)
    before, after = converted(mutated, directory / "before"), converted(prepared.path, directory / "after")
    return changed(before, after), names


def results(model: Path, directory: Path, place: str) -> dict[str, Any]:
    """The metrics of a model's sizing periods."""
    directory.mkdir()
    prepared = prepare(model, directory, Preparation(annual=False), version=ENGINE_VERSION)
    try:
        by_hand.execute(prepared.path, weather(place), directory)
    except AssertionError as error:
        return {"failed": str(error)[:500]}
    found = read_results(directory, engine_seconds=0.0).metrics
    return {name: value for name, value in found.items() if name not in CLOCK}


def campaign(count: int, seed: int, only: str, *, simulate: bool) -> int:
    """Try `count` mutations over all DOE models, print a line for each, and return how many went wrong."""
    models = [model for model in doe_models() if only in model.name]

    def of_model(index: int) -> int:
        numbers = range(index, count, len(models))
        return _campaign_of(models[index], [seed * 1_000_000 + number for number in numbers], simulate=simulate)

    with ThreadPoolExecutor(max_workers=2) as pool:
        return sum(pool.map(of_model, range(len(models))))


def _campaign_of(model: Path, seeds: list[int], *, simulate: bool) -> int:
    failed, original = 0, None
    for seed in seeds:
        directory = Path(tempfile.mkdtemp(prefix="epsm-mutation-"))
        try:
            wrong, names = kept(model, seed, directory)
            if simulate:
                place = place_of(model)
                original = original or results(model, directory / "original", place)
                again = results(directory / "mutated.idf", directory / "again", place)
                wrong += [f"{name}: {again.get(name)}" for name in again if again[name] != original.get(name)]
        finally:
            shutil.rmtree(directory)
        failed += bool(wrong)
        verdict = "WRONG" if wrong else "kept"
        print(f"{verdict}: {model.stem} {seed}: {', '.join(names)}", *wrong, sep="\n  ", flush=True)
    return failed
