"""The validated spec of a submission: all defaults filled in, within the limits of the server. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError

from api_service.http.errors import flatten
from api_service.http.problem import Fault
from api_service.submission.chosen_inputs import ChosenInputs, choose_inputs
from api_service.submission.design import read_design
from api_service.submission.expand import count_variants, draw
from api_service.submission.schema import SpecSchema
from shared.energyplus.assemblies.assembly import Assembly
from shared.energyplus.modes import ASSEMBLY
from shared.energyplus.profiles import DEFAULT_PROFILE
from shared.enums import Priority
from shared.errors import RefusedInput
from shared.settings import Settings
from shared.spec import DependencySpec, OriginSpec, OutputSpec, ParameterSpec, SamplingSpec, StopSpec, StudySpec
from shared.study import TableRows, Variant

#: Fields that older versions do not have, with their defaults.
LATER_SPEC: dict[str, object] = {
    "baseline": False,
    "stop_after_failures": None,
    "depends_on": None,
    "profile": DEFAULT_PROFILE,
}
LATER_PARAMETER: dict[str, object] = {"range": None, "group": None}
LATER_SAMPLING: dict[str, object] = {"count": None, "seed": None, "second_order": False}


@dataclass(frozen=True, slots=True)
class ConstructionSets:
    """Variants that are sets of constructions of an old installation's library, instead of values that are sampled.

    A variant has a label of `assemblies` for each element that it changes; `mode` is how the client asked for them.
    """

    scenario: OriginSpec
    mode: str
    assemblies: tuple[Assembly, ...]
    variants: tuple[Variant, ...]

    def parameters(self) -> tuple[ParameterSpec, ...]:
        """Returns the parameters that the variants have values of: one for each element."""
        labels: dict[str, list[str]] = {}
        for assembly in self.assemblies:
            labels.setdefault(assembly.element, []).append(assembly.label)
        return tuple(
            ParameterSpec(name=element, object=element, values=tuple(values), mode=ASSEMBLY)
            for element, values in labels.items()
        )


class InvalidSpec(RefusedInput):
    """The spec is invalid; `faults` has the reasons, by field."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Spec:
    """All settings of a submission. Limits are in seconds; without a name, the simulation gets the first model's.

    `weather` are the names of installed weather files; they become inputs like uploaded ones. `rows` are those of a
    table.
    """

    name: str | None
    description: str
    priority: Priority
    annual: bool | None
    outputs: tuple[OutputSpec, ...] | None
    parameters: tuple[ParameterSpec, ...]
    sampling: SamplingSpec
    reuse: bool
    soft_limit_seconds: float
    hard_limit_seconds: float
    max_attempts: int
    weather: tuple[str, ...] = ()
    sets: ConstructionSets | None = None
    rows: TableRows | None = None
    is_seed_drawn: bool = False
    baseline: bool = False
    stop_after_failures: StopSpec | None = None
    depends_on: DependencySpec | None = None
    profile: str = DEFAULT_PROFILE

    def with_sets(self, sets: ConstructionSets | None) -> "Spec":
        """Returns a copy with the variants of a scenario; itself without one."""
        return self if sets is None else replace(self, parameters=sets.parameters(), sets=sets)

    def variants(self) -> Iterator[Variant]:
        """Yields the variants, each with the values of its parameters."""
        return draw(self.parameters, self.sampling, self.rows) if self.sets is None else iter(self.sets.variants)

    @cached_property
    def chosen(self) -> ChosenInputs:
        """The inputs that parameters vary. All variants are drawn for it, so their number is to be checked before."""
        return choose_inputs(self.parameters, self.variants())

    def count_variants(self) -> int:
        """Returns the number of variants, without generating them."""
        if self.sets is not None:
            return len(self.sets.variants)
        return count_variants(self.parameters, self.sampling, self.rows)

    def study(self, engines: Iterable[str]) -> StudySpec:
        """Returns the spec that is stored with the simulation and read by the worker."""
        return StudySpec(
            annual=self.annual,
            outputs=self.outputs,
            parameters=self.parameters,
            sampling=self.sampling,
            baseline=self.baseline,
            reuse=self.reuse,
            soft_limit_seconds=self.soft_limit_seconds,
            hard_limit_seconds=self.hard_limit_seconds,
            max_attempts=self.max_attempts,
            engines=tuple(sorted(engines)),
            assemblies=self.sets.assemblies if self.sets else (),
            scenario=self.sets.scenario if self.sets else None,
            stop_after_failures=self.stop_after_failures,
            depends_on=self.depends_on,
            profile=self.profile,
        )

    def fingerprint(self) -> dict[str, Any]:
        """Returns the spec as JSON, to compare submissions; equal specs give equal results in all versions of EPSM.

        Fields that older versions do not have are left out with their defaults, and so is a seed that the server drew.
        The installed weather files are among the files. Of a scenario only what was asked for counts: its constructions
        may have changed since.
        """
        asked = asdict(replace(self, sets=None, rows=None, parameters=()))
        asked["parameters"] = [] if self.sets else [parameter.to_json() for parameter in self.parameters]
        for name in ("weather", "sets", "rows", "is_seed_drawn"):
            del asked[name]
        if self.sets is not None:
            asked["scenario"] = [self.sets.scenario.id, self.sets.mode]
        if self.rows is not None:
            asked["rows"] = _digest(self.rows)
        # Before results were reused, the default was false.
        asked["reuse"] = not self.reuse
        asked["parameters"] = [_without(parameter, LATER_PARAMETER) for parameter in asked["parameters"]]
        sampling = replace(self.sampling, seed=None) if self.is_seed_drawn else self.sampling
        asked["sampling"] = _without(asdict(sampling), LATER_SAMPLING)
        if self.sampling == SamplingSpec():
            del asked["sampling"]
        return _without(asked, LATER_SPEC)


def _without(written: dict[str, Any], later: Mapping[str, object]) -> dict[str, Any]:
    """Returns the fields without those of `later` that have the default given there."""
    return {name: value for name, value in written.items() if name not in later or value != later[name]}


def _digest(rows: TableRows) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True).encode())
    return digest.hexdigest()


def load(schema: Schema, document: object, *, prefix: str = "") -> dict[str, Any]:
    """Validates a JSON value with `schema`; `prefix` is its path in the request. Raises InvalidSpec."""
    if not isinstance(document, dict):
        raise InvalidSpec([Fault(prefix or "body", "must be a JSON object")])
    try:
        return dict(schema.load(document))
    except ValidationError as error:
        raise InvalidSpec(flatten(error.messages, prefix)) from None


def read_spec(document: object, settings: Settings, table: Path | None = None) -> Spec:
    """Returns the spec for the content of the form field `spec`; `table` is a CSV file. Raises InvalidSpec."""
    return build_spec(load(SpecSchema(), document, prefix="spec"), settings, prefix="spec.", table=table)


def build_spec(loaded: Mapping[str, Any], settings: Settings, *, prefix: str, table: Path | None = None) -> Spec:
    """Returns the spec for a validated document; `table` is a CSV file.

    Raises InvalidSpec when its design cannot be made, or it exceeds the limits of the server.
    """
    limits = loaded["limits"]
    hard = limits.get("hard_seconds", settings.hard_limit_seconds)
    soft = limits.get("soft_seconds", min(settings.soft_limit_seconds, hard))
    attempts = loaded["max_attempts"] or settings.max_attempts
    design, faults = read_design(loaded, table, settings.max_runs, prefix)
    if hard > settings.hard_limit_seconds:
        faults.append(Fault(f"{prefix}limits.hard_seconds", f"must not be above {settings.hard_limit_seconds:g} s"))
    if soft > settings.soft_limit_seconds:
        faults.append(Fault(f"{prefix}limits.soft_seconds", f"must not be above {settings.soft_limit_seconds:g} s"))
    elif soft > hard:
        faults.append(Fault(f"{prefix}limits.soft_seconds", "must not be above limits.hard_seconds"))
    if attempts > settings.max_attempts:
        faults.append(Fault(f"{prefix}max_attempts", f"must not be above {settings.max_attempts}"))
    if faults:
        raise InvalidSpec(faults)
    same = ("name", "description", "priority", "annual", "reuse", "baseline", "profile")
    return Spec(
        **{key: loaded[key] for key in same},
        stop_after_failures=None if (rule := loaded["stop_after_failures"]) is None else StopSpec(**rule),
        depends_on=None if (first := loaded["depends_on"]) is None else _dependency(first),
        outputs=None if loaded["outputs"] is None else tuple(OutputSpec(**output) for output in loaded["outputs"]),
        parameters=design.parameters,
        sampling=design.sampling,
        rows=design.rows,
        is_seed_drawn=design.is_seed_drawn,
        soft_limit_seconds=soft,
        hard_limit_seconds=hard,
        max_attempts=attempts,
        weather=tuple(name for name in loaded["weather"] if isinstance(name, str)),
    )


def _dependency(loaded: Mapping[str, Any]) -> DependencySpec:
    return DependencySpec(str(loaded["simulation"]), loaded["when"])


def plain_spec(settings: Settings, *, name: str | None, description: str, priority: Priority) -> Spec:
    """Returns a spec that runs models as authored, the only kind of the old contract. Raises InvalidSpec."""
    document: dict[str, object] = {"description": description, "priority": priority.word}
    loaded = load(SpecSchema(), document | ({"name": name} if name else {}))
    return replace(build_spec(loaded, settings, prefix=""), priority=priority)
