"""Fingerprint of a run: all that can change its result. The worker has it of a claimed run, the API of one it may make.

Names that the result does not depend on are left out: those of simulations, parameters, models and weather files. Of
the files the bytes count, comments too. The order of parameters counts, because changes may depend on it.
"""

import hashlib
import json
import platform
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from shared.energyplus.fingerprint import checks_fingerprint, fingerprint_of
from shared.energyplus.installation import Engine
from shared.energyplus.preparation.prepare import Output, Preparation

#: Stands for the series that the model itself asks for.
OF_THE_MODEL = "the model's own"


@dataclass(frozen=True, slots=True)
class RunInputs:
    """The files of a run, by SHA-256. The suffix of a model's name counts, and the names of side files."""

    model_name: str
    model: str
    weather: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RunFingerprint:
    """Runs of equal `physics` and `maker` have equal results, as far as both have the series.

    `physics` covers inputs and changes, `maker` the engine and the code around it. `outputs` are the series: a result
    answers runs that ask for some of its series, or for none, unless its messages may be about the others.
    """

    physics: str
    maker: str
    outputs: frozenset[str]


def fingerprint(inputs: RunInputs, request: Preparation, maker: str) -> RunFingerprint:
    """The fingerprint of a run with these inputs that is asked to change its model so."""
    return RunFingerprint(_physics(inputs, request), maker, _outputs(request.outputs))


def maker_of(engine: Engine, *packages: Path) -> str:
    """SHA-256 of what makes results of inputs: an engine's build, and the code that prepares, executes and reads.

    `packages` are directories of code besides `shared.energyplus`. Each kind of machine has a build of its own.
    """
    code = [fingerprint_of(package, "") for package in packages]
    programs = [[path.name, _content(path, _version(path))] for path in engine.programs]
    return _digest([engine.version, engine.build, programs, platform.machine(), checks_fingerprint(), *code])


def _version(path: Path) -> tuple[int, int]:
    return path.stat().st_size, path.stat().st_mtime_ns


@cache
def _content(path: Path, _version: tuple[int, int]) -> str:
    """SHA-256 of a program, read again only after a change: some have 50 MB."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _physics(inputs: RunInputs, request: Preparation) -> str:
    asked = asdict(replace(request, outputs=None))
    asked["parameters"] = [[type(change).__name__, asdict(change)] for change in request.parameters]
    return _digest({**asdict(inputs), "model_name": PurePath(inputs.model_name).suffix.lower(), "asked": asked})


def _outputs(outputs: Collection[Output] | None) -> frozenset[str]:
    if outputs is None:
        return frozenset({OF_THE_MODEL})
    return frozenset(json.dumps([output.variable, output.key, output.frequency]) for output in outputs)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
