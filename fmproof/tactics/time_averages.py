"""∫₀¹ E[f] dt as an expectation over a uniform time."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError, SortError
from fmproof.kernel.theorem import Theorem
from fmproof.lang.nodes import CondExpect, Expect, IntegralOver, uniform
from fmproof.lang.sorts import Sort
from fmproof.tactics.methods import Line, common_form
from fmproof.tactics.rewriting import at


def is_time_average(term: Any) -> bool:
    """Whether a term is an integral over [0, 1] with an expectation inside."""
    if not isinstance(term, IntegralOver) or len(term.measure) != 1:
        return False
    (item,) = term.measure
    unit = item.var.sort is Sort.REAL and item.bounded and (item.low, item.high) == (0, S.One)
    return unit and _has_expectation(term.body)


@at(IntegralOver)
def uniform_time(term: Expr) -> Theorem | None:
    """∫₀¹ f(t) dt = E_{t~U[0, 1]}[f(t)], where an expectation is in f."""
    if not is_time_average(term):
        return None
    (item,) = term.measure
    try:
        average = Expect(term.body, uniform(item.var)(item.var))
        return common_form(Line(term, average), ("expectation", "density")).equation
    except (RuleError, SortError):
        return None


def _has_expectation(term: Any) -> bool:
    return isinstance(term, Expect | CondExpect) or any(map(_has_expectation, term.args))
