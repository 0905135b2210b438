"""Typed specification of a submission: written by the API, stored as JSON, read by the worker.

During a rollout this JSON is read by code of another version: a missing key has its default, an unknown key is ignored,
and no key changes its meaning. Reading does not validate values: preparation refuses a value that this version does not
know, such as a newer mode, with a sentence for the user.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from dataclasses import field as field_of
from itertools import chain
from typing import Any, TypeVar, cast

from shared.energyplus.assemblies.assembly import Assembly, AssemblyLayer
from shared.energyplus.frequencies import DEFAULT_FREQUENCY
from shared.energyplus.measures.request import MeasureRequest
from shared.energyplus.modes import ANY, DEFAULT_MODE, INPUT, MEASURE
from shared.energyplus.preparation.parameters import Parameter
from shared.energyplus.profiles import DEFAULT_PROFILE

Value = TypeVar("Value")

DEFAULT_METHOD = "grid"

#: What a simulation may wait for: that all runs of another one have succeeded, or just that they have ended.
SUCCESS, END = "success", "end"
#: What only one kind of parameter has: one of a field of the model, or of a mode that is not in MODES.
KEYS_OF_A_FIELD = ("object", "match", "field")
KEYS_OF_MODES = {MEASURE: ("measure", "options"), INPUT: ("input",)}


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One output series: a variable of the objects that match `key`, or a meter."""

    variable: str = ""
    key: str = ANY
    frequency: str = DEFAULT_FREQUENCY


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One varied parameter: a field of the objects of class `object` that match `match`, and its values.

    It has `values`, or a `range` from low to high; parameters of the same `group` move together. With mode ASSEMBLY the
    values are labels of the simulation's assemblies, and `object` is their element. With mode MEASURE the values are
    those of the measure called `measure`, with its `options`. With mode INPUT they are names of files of the role
    `input`, which the run's row has too.
    """

    name: str = ""
    object: str = ""
    field: str = ""
    values: tuple[float | str, ...] = ()
    match: str = ANY
    mode: str = DEFAULT_MODE
    range: tuple[float, float] | None = None
    group: str | None = None
    measure: str = ""
    options: Mapping[str, bool | float | str] = field_of(default_factory=dict, hash=False)
    input: str = ""

    def to_json(self) -> dict[str, Any]:
        """The JSON object to store, without the keys of the other kinds of parameters."""
        own = KEYS_OF_MODES.get(self.mode, KEYS_OF_A_FIELD)
        others = {*KEYS_OF_A_FIELD, *chain(*KEYS_OF_MODES.values())} - set(own)
        return {name: value for name, value in asdict(self).items() if name not in others}

    def asked(self, value: float | str) -> Parameter | MeasureRequest:
        """What a run with this value is asked to change."""
        if self.mode == MEASURE:
            return MeasureRequest(self.measure, value, self.options)
        return Parameter(object=self.object, name=self.match, field=self.field, mode=self.mode, value=value)


@dataclass(frozen=True, slots=True)
class SamplingSpec:
    """How variants are made from the parameters' values; `method` is a key of `shared.study.METHODS`.

    An option that the method does not use is None. The rows of a table are in the runs.
    """

    method: str = DEFAULT_METHOD
    count: int | None = None
    seed: int | None = None
    second_order: bool = False


@dataclass(frozen=True, slots=True)
class OriginSpec:
    """The scenario of an old installation that a simulation was made of."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class StopSpec:
    """When the circuit breaker opens: after `count` failed runs, of one cause unless `same_cause` is False."""

    count: int = 1
    same_cause: bool = True


@dataclass(frozen=True, slots=True)
class DependencySpec:
    """The simulation, by its id, that has to end first; with `when` SUCCESS all its runs have to succeed."""

    simulation: str = ""
    when: str = SUCCESS


@dataclass(frozen=True, slots=True)
class StudySpec:
    """Specification of a simulation, common to all its runs.

    `annual` or `outputs` None leaves that part of the model unchanged, the latter as far as the profile does. With
    `baseline` each model also runs as it is, besides its variants.
    """

    annual: bool | None = None
    outputs: tuple[OutputSpec, ...] | None = None
    parameters: tuple[ParameterSpec, ...] = ()
    sampling: SamplingSpec = SamplingSpec()
    baseline: bool = False
    reuse: bool = False
    soft_limit_seconds: float | None = None
    hard_limit_seconds: float | None = None
    max_attempts: int | None = None
    engines: tuple[str, ...] = ()
    assemblies: tuple[Assembly, ...] = ()
    scenario: OriginSpec | None = None
    stop_after_failures: StopSpec | None = None
    depends_on: DependencySpec | None = None
    profile: str = DEFAULT_PROFILE

    def to_json(self) -> dict[str, Any]:
        """The JSON object to store; `from_json` reads it."""
        return {
            "annual": self.annual,
            "outputs": None if self.outputs is None else [asdict(output) for output in self.outputs],
            "parameters": [parameter.to_json() for parameter in self.parameters],
            "sampling": asdict(self.sampling),
            "baseline": self.baseline,
            "reuse": self.reuse,
            "limits": {"soft_seconds": self.soft_limit_seconds, "hard_seconds": self.hard_limit_seconds},
            "max_attempts": self.max_attempts,
            "engines": list(self.engines),
            "assemblies": [asdict(assembly) for assembly in self.assemblies],
            "scenario": None if self.scenario is None else asdict(self.scenario),
            "stop_after_failures": None if self.stop_after_failures is None else asdict(self.stop_after_failures),
            "depends_on": None if self.depends_on is None else asdict(self.depends_on),
            "profile": self.profile,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "StudySpec":
        """The specification from stored JSON, written by this or another version."""
        outputs, limits = stored.get("outputs"), stored.get("limits") or {}
        return cls(
            annual=stored.get("annual"),
            outputs=None if outputs is None else tuple(_read(OutputSpec, output) for output in outputs),
            parameters=tuple(_parameter(parameter) for parameter in stored.get("parameters") or ()),
            sampling=_read(SamplingSpec, stored.get("sampling") or {}),
            baseline=bool(stored.get("baseline")),
            reuse=bool(stored.get("reuse")),
            soft_limit_seconds=limits.get("soft_seconds"),
            hard_limit_seconds=limits.get("hard_seconds"),
            max_attempts=stored.get("max_attempts"),
            engines=tuple(stored.get("engines") or ()),
            assemblies=tuple(_assembly(assembly) for assembly in stored.get("assemblies") or ()),
            scenario=_read(OriginSpec, scenario) if (scenario := stored.get("scenario")) else None,
            stop_after_failures=_read(StopSpec, rule) if (rule := stored.get("stop_after_failures")) else None,
            depends_on=_read(DependencySpec, first) if (first := stored.get("depends_on")) else None,
            profile=stored.get("profile") or DEFAULT_PROFILE,
        )


def _parameter(stored: Mapping[str, Any]) -> ParameterSpec:
    low_high = tuple(stored.get("range") or ())
    return _read(ParameterSpec, {**stored, "values": tuple(stored.get("values") or ()), "range": low_high or None})


def _assembly(stored: Mapping[str, Any]) -> Assembly:
    layers = tuple(_read(AssemblyLayer, layer) for layer in stored.get("layers") or ())
    return _read(Assembly, {**stored, "layers": layers})


def _read(kind: type[Value], stored: Mapping[str, Any]) -> Value:
    known = cast(Any, kind).__dataclass_fields__
    return kind(**{name: value for name, value in stored.items() if name in known})
