"""Why a method cannot make a design: the checks that are the same for all methods, and the method's own."""

from collections.abc import Iterator, Sequence

from shared.study.design import DesignFault, Factor, Options, SamplingMethod, Varied


def design_faults(
    name: str, method: SamplingMethod, factors: Sequence[Factor], options: Options
) -> Iterator[DesignFault]:
    """Yields why the method, called `name`, cannot make the design; nothing is drawn or counted."""
    if not factors and method.needs_parameters:
        yield DesignFault("method", f"{name} makes no run without parameters")
    given = {
        "count": options.count is not None,
        "seed": options.seed is not None,
        "rows": options.rows is not None,
        "second_order": options.second_order,
    }
    for option, is_given in given.items():
        if is_given and option not in method.uses:
            yield DesignFault(option, f"must not be there: {name} does not use it")
    for factor in factors:
        for member in factor.members:
            yield from _member(name, method, member)
        yield from _lengths(factor)
    yield from method.check(factors, options)


def _member(name: str, method: SamplingMethod, member: Varied) -> Iterator[DesignFault]:
    given = {"values": bool(member.values), "range": member.range is not None}
    if all(given.values()):
        yield DesignFault("range", "must not be there together with values", member.name)
    for field, is_given in given.items():
        if is_given and field not in method.takes:
            said = "takes values, no range" if method.takes else "takes the values from its rows"
            yield DesignFault(field, f"must not be there: {name} {said}", member.name)
    if method.takes and not any(given.values()):
        other = ", or a range" if "range" in method.takes else ""
        yield DesignFault("values", f"must have at least one value{other}", member.name)


def _lengths(factor: Factor) -> Iterator[DesignFault]:
    listed = [member for member in factor.members if member.values]
    for member in listed[1:]:
        if len(member.values) != len(listed[0].values):
            said = f"{len(member.values)} values, and {listed[0].name} of the same group has {len(listed[0].values)}"
            yield DesignFault("values", f"has {said}", member.name)
