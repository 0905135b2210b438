"""No test compares a thing with itself, which holds whatever the thing is."""

import ast
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def comparisons_with_itself(source: str) -> list[int]:
    """Lines where both sides of a comparison are the same expression, or a choice of the other side."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.Is)):
            continue
        left, right = node.left, node.comparators[0]
        sides = [right.body, right.orelse] if isinstance(right, ast.IfExp) else [right]
        if not isinstance(left, ast.Constant | ast.Call) and any(ast.dump(left) == ast.dump(side) for side in sides):
            found.append(node.lineno)
    return found


def test_such_a_comparison_is_found() -> None:
    assert comparisons_with_itself("assert a.b == a.b") == [1]
    assert comparisons_with_itself("assert a.b is (c if d else a.b)") == [1]
    assert comparisons_with_itself("assert draw() == draw() and a.b is not a.b") == []


def test_there_is_none() -> None:
    found = {
        path.relative_to(TESTS).as_posix(): comparisons_with_itself(path.read_text()) for path in TESTS.rglob("*.py")
    }

    assert {name: lines for name, lines in found.items() if lines} == {}
