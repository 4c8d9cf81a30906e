"""What a step may name in ``by``: each method says how the kernel's rules act on a line.

A step is justified by bringing the line before and the claim to a common form with the named
methods alone. That checks a step in both directions: expanding a square and completing one
are the same rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from fmproof.tactics.methods import (
    arithmetic,
    calculus,
    conditional,
    definition,
    gaussian,
    integrals,
)
from fmproof.tactics.methods.common import Common, bring
from fmproof.tactics.methods.line import Line, Method
from fmproof.tactics.rewriting import Conversion, at

__all__ = ["METHODS", "Common", "Line", "Method", "common_form"]


def _nothing(_: Line) -> Conversion:
    return at()(lambda term: None)


METHODS: dict[str, Method] = {
    "ring": _nothing,
    "square": arithmetic.square,
    "cancel": arithmetic.cancel_ratios,
    "linearity": integrals.linear,
    "expectation": integrals.expectation,
    "density": integrals.density,
    "fubini": integrals.fubini_order,
    "marginalisation": integrals.marginalisation,
    "drop": integrals.drop,
    "reorder": integrals.reorder,
    "tower": integrals.tower,
    "substitution": integrals.substitution,
    "pull-out": conditional.pull_out,
    "take-out": conditional.take_out_known,
    "conditional-linearity": conditional.linear_mean,
    "bayes": conditional.bayes_rule,
    "derivative": calculus.slope,
    "linear-derivative": calculus.linear_derivative,
    "log-derivative": calculus.log_derivative,
    "exchange": calculus.under_integral,
    "parts": calculus.parts,
    "log": arithmetic.log,
    "exp": arithmetic.exp,
    "root": arithmetic.root,
    "gaussian": gaussian.gaussian,
    "gaussian-product": gaussian.products,
    "reparametrisation": gaussian.reparametrisation,
    "moments": gaussian.moments,
    "field": _nothing,
    "minimisers": calculus.minimisers,
    "definition": definition.definition,
    "constant": definition.constant,
    "lemma": definition.lemma,
    "nonnegative": _nothing,
    "auto": _nothing,
}
"""The names that a step may give in ``by``."""


def common_form(line: Line, names: Sequence[str]) -> Common:
    """Bring both lines to the form that the named methods give."""
    return bring(line, {name: METHODS[name](line) for name in names}, "field" in names)
