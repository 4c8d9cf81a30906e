"""Public names that stand in two packages: each has a reason, and there are no new ones."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from fmproof.kernel.rule import rules

PACKAGE = Path(__file__).parents[1] / "fmproof"

FIELD = set(
    """
    absolute coefficients conditional_variance constant density derivative exp expectation Gaussian
    gaussian latex log log_derivative marginal Marginal norm number Path paths plot Posterior power
    product pull_out Rational summands time_law verify
    """.split()
)
"""Field terms, SymPy's terms, and a command beside the function that it calls."""

CONVENTIONS = set("check evaluate main render render_json render_text replay schema".split())
"""The same thing of several: what a command does to what it is given, where a program begins, what
each format of a document has."""

SYNTAX = set("Abs Add Derivative Draw Function Integral Mul Normal Pow".split())
"""What is written, in ``reading.formula.tree``, beside what it means, in ``lang``."""

EXAMPLES = {"catalogue", "derivations", "testing"}
"""Packages whose modules have letters of proofs and of examples in them, which are not imported."""


def public_names(file: Path, package: str) -> Iterator[str]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name) and package not in EXAMPLES:
                    yield target.id


def test_no_name_is_given_a_second_meaning() -> None:
    homes: dict[str, set[str]] = defaultdict(set)
    for file in PACKAGE.rglob("*.py"):
        package = file.relative_to(PACKAGE).parts[0]
        for name in public_names(file, package):
            if len(name) > 2 and not name.startswith("_"):
                homes[name].add(package)
    for name in rules():  # the script that proves a rule's step to Coq is called as the rule
        homes[name].discard("certificate")
    twice = {name for name, packages in homes.items() if len(packages) > 1}
    listed = FIELD | CONVENTIONS | SYNTAX
    assert twice - listed == set()
    assert listed - twice == set(), "renamed: take it off the list"
