"""Sampling method: the variants are the rows of a table that the user gives."""

from collections.abc import Iterator, Sequence

from shared.study.design import DesignFault, Factor, Options, SamplingMethod, Variant


def count(_factors: Sequence[Factor], options: Options) -> int:
    """Number of variants: the number of rows."""
    return len(options.rows or ())


def draw(_factors: Sequence[Factor], options: Options) -> Iterator[Variant]:
    """The rows, in their order."""
    return iter(options.rows or ())


def _check(factors: Sequence[Factor], options: Options) -> Iterator[DesignFault]:
    if options.rows is None:
        yield DesignFault("rows", "is missing: give rows here, or a CSV file in the form part table")
    for factor in factors:
        for member in factor.members[1:]:
            yield DesignFault("group", "a table says the values of each parameter, so there are no groups", member.name)


METHOD = SamplingMethod(
    count,
    draw,
    "The rows of a table, in `rows` or as a CSV file in the form part `table`, with a column for each parameter.",
    uses=frozenset({"rows"}),
    takes=frozenset(),
    check=_check,
)
