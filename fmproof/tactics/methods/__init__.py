"""What a step may name in ``by``: each method says how the kernel's rules act on a line.

A step is justified by bringing the line before and the claim to a common form with the named
methods alone. That checks a step in both directions: expanding a square and completing one
are the same rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr

from fmproof.errors import RuleError, SortError
from fmproof.kernel.theorem import Theorem
from fmproof.tables import FixedMapping
from fmproof.tactics.methods import (
    arithmetic,
    calculus,
    conditional,
    definition,
    gaussian,
    integrals,
)
from fmproof.tactics.methods.common import Common, bring, brought
from fmproof.tactics.methods.line import Line, Method
from fmproof.tactics.rewriting import Conversion, Forms, at

__all__ = ["METHODS", "Common", "Line", "Method", "agree", "common_form"]


def _nothing(_: Line) -> Conversion:
    return at()(lambda term: None)


_METHODS: dict[str, Method] = {
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
    "fundamental": calculus.fundamental,
    "log": arithmetic.log,
    "exp": arithmetic.exp,
    "root": arithmetic.root,
    "gaussian": gaussian.gaussian,
    "gaussian-product": gaussian.products,
    "reparametrisation": gaussian.reparametrisation,
    "moments": gaussian.moments,
    "trace": gaussian.trace_by_noise,
    "field": _nothing,
    "minimisers": calculus.minimisers,
    "definition": definition.definition,
    "constant": definition.constant,
    "lemma": definition.lemma,
    "nonnegative": _nothing,
    "auto": _nothing,
}
METHODS: Mapping[str, Method] = FixedMapping(_METHODS.items())
"""The names that a step may give in ``by``."""


_OF_THE_LINE = frozenset(
    (
        "definition",
        "constant",
        "lemma",
        "fundamental",
        "bayes",
        "take-out",
        "conditional-linearity",
        "gaussian-product",
    )
)
"""The methods that look at the whole line, or note what they found in it."""
_forms: Forms[tuple[Theorem, set[str]]] = Forms()


def common_form(line: Line, names: Sequence[str]) -> Common:
    """Bring both lines to the form that the named methods give."""
    conversions = {name: METHODS[name](line) for name in names}
    fractions = "field" in names
    if not _OF_THE_LINE.isdisjoint(names):
        return bring(line, conversions, fractions)
    (left, ours), (right, theirs) = (
        _forms.of((side, *names), lambda side=side: brought(side, conversions))  # type: ignore[misc]
        for side in (line.before, line.claim)
    )
    return Common(left, right, ours | theirs, fractions)


def agree(before: Expr, claim: Expr, names: Sequence[str]) -> bool:
    """Whether the named methods bring both lines to one form; what that takes is not looked at."""
    try:
        return common_form(Line(before, claim), names).agree is not None
    except (RuleError, SortError):
        return False
