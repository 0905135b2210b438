"""No test has an assertion that cannot fail."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]


def hold_always(source: str) -> list[int]:
    """Lines that compare an expression with itself or a choice of itself, and assertions that are always true."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Compare) and _compares_with_itself(node))
        or (isinstance(node, ast.Assert) and _is_true(node.test))
    ]


def _compares_with_itself(compare: ast.Compare) -> bool:
    sides = [compare.left, *compare.comparators]
    return any(
        isinstance(operator, ast.Eq | ast.Is | ast.LtE | ast.GtE) and _share(left, right)
        for left, operator, right in zip(sides, compare.ops, sides[1:], strict=False)
    )


def _share(left: ast.expr, right: ast.expr) -> bool:
    """Whether both sides may be the same expression; a call may return another value the second time."""
    return any(
        ast.dump(one) == ast.dump(other) and not any(isinstance(part, ast.Call) for part in ast.walk(one))
        for one in _choices(left)
        for other in _choices(right)
        if not isinstance(one, ast.Constant)
    )


def _choices(side: ast.expr) -> list[ast.expr]:
    return [side.body, side.orelse] if isinstance(side, ast.IfExp) else [side]


def _is_true(test: ast.expr) -> bool:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(map(_is_true, test.values))
    return (
        (isinstance(test, ast.Constant) and bool(test.value))
        or (isinstance(test, ast.Tuple | ast.List | ast.Set) and any(not isinstance(e, ast.Starred) for e in test.elts))
        or isinstance(test, ast.GeneratorExp | ast.Lambda | ast.JoinedStr)
        # A length is never negative.
        or (isinstance(test, ast.Compare) and ast.unparse(test).startswith("len(") and _at_least_nothing(test))
    )


def _at_least_nothing(compare: ast.Compare) -> bool:
    limit = compare.comparators[0]
    return isinstance(compare.ops[0], ast.GtE) and isinstance(limit, ast.Constant) and limit.value == 0


@pytest.mark.parametrize(
    "assertion",
    [
        "assert a.b == a.b",
        "assert a.b is (c if d else a.b)",
        "assert (a if b else c) == a",
        "assert a < b <= b",
        "assert x or a[0] == a[0]",
        "assert True",
        "assert 'a message'",
        "assert (a == b, 'a message')",
        "assert a == b or 'a message'",
        "assert (a for a in b)",
        "assert lambda: a == b",
        "assert len(found) >= 0",
    ],
)
def test_an_assertion_that_cannot_fail_is_found(assertion: str) -> None:
    assert hold_always(assertion) == [1]


@pytest.mark.parametrize(
    "assertion",
    ["assert draw() == draw()", "assert a.b is not a.b", "assert a == b, 'a message'", "assert 1 == 2", "assert [*a]"],
)
def test_an_assertion_that_can_fail_is_let_through(assertion: str) -> None:
    assert hold_always(assertion) == []


def test_there_is_none() -> None:
    found = {path.relative_to(TESTS).as_posix(): hold_always(path.read_text()) for path in TESTS.rglob("*.py")}

    assert {name: lines for name, lines in found.items() if lines} == {}
