"""Preparation: what is changed in a model before EnergyPlus gets it, and the list of those changes.

The same input gives the same bytes. What the model says is left alone except for what the user asked for and what the
metrics need.
"""

from dataclasses import dataclass
from pathlib import Path

from shared.energyplus.formats.document import (
    TEMPLATES,
    Document,
    PreparationError,
    is_epjson,
    load,
    objects,
    save,
    shown_name,
)
from shared.energyplus.preparation.outputs import Output, set_outputs
from shared.energyplus.preparation.parameters import Parameter, set_parameter
from shared.energyplus.preparation.period import count_environments, set_period

__all__ = ["Output", "Parameter", "Preparation", "PreparationError", "Prepared", "prepare"]

#: Objects that need what no engine here has, by the beginning of the class name, and what to do instead.
REFUSED = {
    "GroundHeatTransfer:": "the Slab and Basement preprocessors are not part of this engine; "
    "run them first and give the model their ground temperatures (Site:GroundTemperature:BuildingSurface)",
    "ExternalInterface": "models that are coupled with another program are not accepted",
    "PythonPlugin:": "models that run Python code are not accepted; use EnergyManagementSystem objects instead",
}


@dataclass(frozen=True, slots=True)
class Preparation:
    """What the user asked for.

    `annual` True simulates one whole year, False sizing periods only, None what the model says. `outputs` None keeps
    the model's own series, a tuple replaces them.
    """

    annual: bool | None = None
    parameters: tuple[Parameter, ...] = ()
    outputs: tuple[Output, ...] | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model ready for EnergyPlus, and what was changed in it, one line a person reads for each change."""

    path: Path
    changes: tuple[str, ...]
    environments: int
    needs_expansion: bool
    keeps_series: bool


def prepare(model: Path, directory: Path, request: Preparation, *, version: str) -> Prepared:
    """Write the model into `directory` as in.idf or in.epJSON, changed as asked. Raises PreparationError.

    `needs_expansion` says that it has HVACTemplate objects, which only ExpandObjects understands. `keeps_series` says
    that its SQLite output will hold time series that somebody asked for.
    """
    copy = directory / ("in.epJSON" if is_epjson(model) else "in.idf")
    document = load(model, copy, version)
    if not any(objects(document, class_name) for class_name in document):
        raise PreparationError("model_unreadable", "The model holds no EnergyPlus object")
    _refuse(document)
    changes = [line for parameter in request.parameters for line in set_parameter(document, parameter)]
    changes += set_period(document, request.annual)
    series, lines = set_outputs(document, request.outputs)
    changes += lines
    needs_expansion = any(name.startswith(TEMPLATES) for name in document)
    if needs_expansion and is_epjson(copy):
        copy.unlink()
        copy = directory / "in.idf"
    save(document, copy)
    return Prepared(copy, tuple(changes), count_environments(document), needs_expansion, series)


def _refuse(document: Document) -> None:
    for class_name in document:
        for beginning, advice in REFUSED.items():
            if class_name.lower().startswith(beginning.lower()) and (found := objects(document, class_name)):
                raise PreparationError("object_refused", f"{shown_name(found[0])}: {advice}")
