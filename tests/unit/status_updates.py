"""Finds code that may change the column `status` of a table: used by the test that only one module does so."""

import ast
import re

#: Placeholder for a part of a text that is computed at run time; as a column name it may be the status.
COMPUTED = "\x00"


def updates_status(source: str, table: str) -> bool:
    """Whether the source sets `status` in an UPDATE of the table, or sets columns whose names cannot be determined.

    `table` is the name of the mapped class; its table in SQL has the same name in the plural.
    """
    tree = ast.parse(source)
    writes = re.compile(
        rf"\b(update|insert)\((\w+\.)*{table}(\.__table__)?\)|\b{table}\.__table__\.(update|insert)\(",
    )
    names = _names_of_statements(tree, writes)
    return any(
        _in_statement(node, writes, names) or _in_attribute(node, table) or _in_sql(node, table)
        for node in ast.walk(tree)
    )


def _names_of_statements(tree: ast.AST, writes: re.Pattern[str]) -> set[str]:
    """Variables that hold a statement, so that a column set in a later line is found too."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and writes.search(ast.unparse(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _in_statement(node: ast.AST, writes: re.Pattern[str], names: set[str]) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    method, before = node.func.attr, node.func.value
    if method == "execute":
        # The columns for many rows at once are the second argument.
        return (
            len(node.args) > 1
            and _writes(node.args[0], writes, names, "update")
            and any(map(_may_be_status, node.args[1:]))
        )
    if method == "values":
        return _writes(before, writes, names, "update") and _any_argument_may_be_status(node)
    if method == "on_conflict_do_update":
        changes = [keyword.value for keyword in node.keywords if keyword.arg in ("set_", None)]
        return _writes(before, writes, names, "insert") and any(map(_may_be_status, changes))
    # Columns as a sequence of pairs: the services do not need this form, so it always counts as a change.
    return method == "ordered_values" and _writes(before, writes, names, "update")


def _writes(expression: ast.expr, writes: re.Pattern[str], names: set[str], verb: str) -> bool:
    found = writes.search(ast.unparse(expression))
    if found is not None:
        return verb in found.groups()
    return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(expression))


def _any_argument_may_be_status(call: ast.Call) -> bool:
    return any(map(_may_be_status, call.args)) or any(
        keyword.arg == "status" or (keyword.arg is None and _may_be_status(keyword.value)) for keyword in call.keywords
    )


def _may_be_status(columns: ast.expr) -> bool:
    """Whether a mapping of columns may contain the status; computed names may."""
    if isinstance(columns, ast.List | ast.Tuple):
        return any(map(_may_be_status, columns.elts))
    if not isinstance(columns, ast.Dict):
        return True
    return any(
        _may_be_status(value)
        if key is None
        else (isinstance(key, ast.Constant) and key.value == "status")
        or (isinstance(key, ast.Attribute) and key.attr == "status")
        or not isinstance(key, ast.Constant | ast.Attribute)
        for key, value in zip(columns.keys, columns.values, strict=True)
    )


def _in_attribute(node: ast.AST, table: str) -> bool:
    """`run.status = …` and `setattr(run, "status", …)` on a variable named like its table, as with an ORM."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("setattr", "object.__setattr__"):
        changed, name = node.args[:2]
        return _named_as(changed, table) and (not isinstance(name, ast.Constant) or name.value == "status")
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and node.attr == "status"
        and _named_as(node.value, table)
    )


def _named_as(value: ast.expr, table: str) -> bool:
    return ast.unparse(value).rpartition(".")[2].lower() == table.lower()


def _in_sql(node: ast.AST, table: str) -> bool:
    sql = _text(node, table)
    if sql is None:
        return False
    name = rf'("?\w+"?\s*\.\s*)?"?{table}s"?(?!\w)'
    setting = rf'\bset\b((?!\bwhere\b).)*?(\bstatus"?|{COMPUTED})\s*(=|\))'
    statement = rf"\bupdate\s+(only\s+)?{name}.*?{setting}|\binsert\s+into\s+{name}.*?\bdo\s+update\s+{setting}"
    return re.search(statement, sql, re.IGNORECASE | re.DOTALL) is not None


def _text(node: ast.AST, table: str) -> str | None:
    """The text of a string or f-string, with COMPUTED for inserted values and the table's name for its attribute."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            parts.append(f"{table}s" if f"{table}.__table" in ast.unparse(part.value) else COMPUTED)
        elif isinstance(part, ast.Constant):
            parts.append(str(part.value))
    return "".join(parts)
