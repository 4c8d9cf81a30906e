"""Public names that stand in two packages: no new ones.

Those that are here are either the field's own words, letters of examples, or homonyms that are
still to be renamed for what they are. The list only shrinks.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "fmproof"

FIELD = set(
    """
    Abs absolute coefficients conditional_variance constant Derivative derivative exp expectation
    floor Gaussian gaussian joint joint_law latex log log_derivative marginal minimisers Normal
    number Path paths plot Posterior posterior pull_out slope square summands time tower uniform
    verify
    """.split()
)
"""Field terms, and a command beside the function that it calls."""

HOMONYMS = set(
    """
    add Array bayes blocks BoolArray catalogue check close Columns Comparison Component
    Condition CONDITIONAL conditions Constant decide defined Derivation DERIVATIVES Draw
    EQUALITY Equation Estimate evaluate Evidence EXCHANGE expanded fit Form FORMATS Formula
    Found FUBINI Function FUNCTIONS Group IntArray Integral Item Joint Kind KINDS Law law_of
    LEVEL Line LINEAR Log main Method METHODS neighbours ORDER Outcome over_time part Part
    parts Piece pieces place Placed Points PROBLEMS Product PRODUCT Progress Proof prose
    Quadratic read Reading Relation render render_json render_text replay require_plottable
    role_of ROLES rule Rule Sampler SCALARS schema SCHEMA SECONDS sections Shown Side
    simpler SQUARE Step steps STYLES SUPPORT TARGETS Term TONELLI total Verdict width write
    written
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
    twice = {name for name, packages in homes.items() if len(packages) > 1}
    examples = {name for name in twice if homes[name] <= {"catalogue", "testing", "derivations"}}
    assert twice - FIELD - HOMONYMS - examples == set()
    assert twice >= HOMONYMS, "renamed: take it off the list"
