"""Public names that stand in two packages: no new ones.

Those that are here are either the field's own words, letters of examples, or homonyms that are
still to be renamed for what they are. The list only shrinks.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from fmproof.kernel.rule import rules

PACKAGE = Path(__file__).parents[1] / "fmproof"

FIELD = set(
    """
    Abs absolute Add coefficients conditional_variance constant density derivative Derivative exp
    expectation floor Gaussian gaussian joint joint_law latex law log log_derivative marginal
    Marginal minimisers Mul norm Normal number path Path paths plot posterior Posterior Pow power
    Rational prior product pull_out slope square summands time time_law tower uniform verify
    weighted
    """.split()
)
"""Field terms, SymPy's terms, and a command beside the function that it calls."""

HOMONYMS = set(
    """
    add applied bayes blocks call catalogue check close combined Component Condition conditions
    Constant decide defined definition DERIVATIVES divided Draw Equation Estimate evaluate
    expanded fit Form Found fraction Function FUNCTIONS Group Integral INTEGRALS Item Law law_of
    Line Log main matching Method METHODS neighbours over_time pair Part part parts Piece pieces
    place Points Progress Proof prose read Reading remembered render render_json render_text
    replay require_plottable role_of Rule rule schema sections simpler stated steps Term times
    together variables Verdict width word write written
    """.split()
)
"""To be renamed."""


def public_names(file: Path) -> Iterator[str]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    yield target.id


def test_no_name_is_given_a_second_meaning() -> None:
    homes: dict[str, set[str]] = defaultdict(set)
    for file in PACKAGE.rglob("*.py"):
        package = file.relative_to(PACKAGE).parts[0]
        for name in public_names(file):
            if len(name) > 2 and not name.startswith("_"):
                homes[name].add(package)
    for name in rules():  # the script that proves a rule's step to Coq is called as the rule
        homes[name].discard("certificate")
    twice = {name for name, packages in homes.items() if len(packages) > 1}
    examples = {name for name in twice if homes[name] <= {"catalogue", "testing", "derivations"}}
    assert twice - FIELD - HOMONYMS - examples == set()
    assert twice >= HOMONYMS, "renamed: take it off the list"
