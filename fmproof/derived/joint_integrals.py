"""Nested integrals as one over all their variables."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.derived.rule import derived
from fmproof.kernel.equality import symmetry
from fmproof.kernel.integrals import iterated_expectation
from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.node import admit, bound_vars
from fmproof.lang.nodes import IntegralOver
from fmproof.lang.scope import apart


@derived("I4", "Folland, Real Analysis, theorem 2.37")
def joint_integral(term: Expr) -> Theorem:
    """{f integrable over both} ⊢ ∫(∫ f dy) dx = ∫ f d(x, y)."""
    outer: Any = admit(term)
    fits = isinstance(outer, IntegralOver) and isinstance(outer.body, IntegralOver)
    require(fits, "joint", "two nested integrals", term)
    inner: Any = apart(outer.body, bound_vars(outer))
    joint = IntegralOver(inner.body, *outer.measure, *inner.measure)
    return symmetry(iterated_expectation(joint, len(outer.measure)))
