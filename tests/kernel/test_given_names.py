"""No rule asks a node that it built what it binds: it may bind what it was given by other names.

What has a place, such as a domination, renames the bound variables that the place mentions; a part
that a rule was given still has the old names.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

KERNEL = sorted((Path(__file__).parents[2] / "fmproof" / "kernel").glob("*.py"))
WITH_PLACES = {"CondExpect", "Differentiable", "Div", "Dominated", "Grad", "Partial"}


def asked_of_built(function: ast.FunctionDef) -> list[str]:
    """The names that stand for nodes made here and whose bound variables are asked for."""
    built = {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name) and ast.unparse(node.value.func) in WITH_PLACES
    }
    asked = [
        ast.unparse(node.args[0])
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("bound_vars", "measure_bound")
        and node.args
    ]
    return [name for name in asked if name in built or name.split("(")[0] in WITH_PLACES]


@pytest.mark.parametrize("file", KERNEL, ids=lambda file: file.stem)
def test_what_is_bound_is_asked_of_what_was_given(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            assert not asked_of_built(function), f"{file.name}: {function.name}"


def test_the_check_sees_it() -> None:
    wrong = (
        "def rule(v, at, measure):\n    goal = Dominated(v, at, *measure)\n    bound_vars(goal)\n"
    )
    (function,) = ast.parse(wrong).body
    assert isinstance(function, ast.FunctionDef)
    assert asked_of_built(function) == ["goal"]
