"""Checks of how a submission's parameters and its `sampling` go together, before anything is drawn. Pure."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from api_service.http.problem import Fault
from api_service.submission.expand import count_variants, factors_of, options_of
from api_service.submission.table import PART, check_csv, check_rows
from shared.spec import ParameterSpec, SamplingSpec
from shared.study import METHODS, TableRows, design_faults

#: A drawn seed has few digits, because people copy it.
DRAWN_SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Design:
    """What makes the variants of a submission; `rows` are those of a table. Without a seed one has been drawn."""

    parameters: tuple[ParameterSpec, ...]
    sampling: SamplingSpec
    rows: TableRows | None = None
    is_seed_drawn: bool = False


def read_design(loaded: Mapping[str, Any], table: Path | None, most: int, prefix: str) -> tuple[Design, list[Fault]]:
    """Returns the design of a validated spec, and its faults; `table` is a CSV file, `most` the limit of runs."""
    parameters = tuple(_parameter(parameter) for parameter in loaded["parameters"])
    given = dict(loaded["sampling"])
    rows: Any = given.pop("rows")
    asked = SamplingSpec(**given)
    place = f"{prefix}sampling"
    if table is not None and asked.method != "table":
        return Design(parameters, asked), [Fault(PART, f"must not be there: {asked.method} does not use it")]
    if table is not None and rows is not None:
        return Design(parameters, asked), [Fault(f"{place}.rows", f"must not be there together with {PART}")]
    faults = list(_faults(parameters, asked, rows if table is None else (), prefix))
    if table is not None and not faults:
        rows, faults = check_csv(table, parameters, most)
    elif rows is not None and not faults:
        faults = check_rows(rows, parameters, f"{place}.rows")
    if not faults and (count := count_variants(parameters, asked, rows)) > most:
        said = f"makes {count} runs for each model and weather file, more than the {most} runs that are allowed"
        faults = [Fault(f"{prefix}{_decides(asked)}", said)]
    sampling = _with_seed(asked)
    return Design(parameters, sampling, rows, is_seed_drawn=sampling != asked), faults


def _parameter(loaded: Mapping[str, Any]) -> ParameterSpec:
    low_high = loaded["range"]
    return ParameterSpec(**{**loaded, "values": tuple(loaded["values"]), "range": low_high and tuple(low_high)})


def _faults(
    parameters: Sequence[ParameterSpec], asked: SamplingSpec, rows: TableRows | None, prefix: str
) -> Iterator[Fault]:
    places = {parameter.name: index for index, parameter in enumerate(parameters)}
    method = METHODS[asked.method]
    for fault in design_faults(asked.method, method, factors_of(parameters), options_of(asked, rows)):
        within = "sampling" if fault.parameter is None else f"parameters[{places[fault.parameter]}]"
        yield Fault(f"{prefix}{within}.{fault.field}", fault.message)


def _decides(asked: SamplingSpec) -> str:
    """Returns the field that decides how many variants there are."""
    if asked.method == "table":
        return "sampling.rows"
    return "parameters" if asked.count is None else "sampling.count"


def _with_seed(asked: SamplingSpec) -> SamplingSpec:
    if asked.seed is None and "seed" in METHODS[asked.method].uses:
        return replace(asked, seed=secrets.randbelow(DRAWN_SEEDS))
    return asked
