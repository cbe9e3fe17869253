"""Lines of code: without blanks, imports, comments and docstrings."""

from __future__ import annotations

import ast


def lines_of_code(source: str) -> int:
    """Count the lines of a module that somebody has to think of.

    :param source: Its text.
    """
    left_out: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if text or isinstance(node, (ast.Import, ast.ImportFrom)):
            left_out |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(source.splitlines(), 1)
    return sum(number not in left_out and bool(line.strip()) and line.strip()[0] != "#" for number, line in lines)
