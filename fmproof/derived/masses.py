"""The integral of a density is one."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.derived.rule import derived
from fmproof.errors import RuleError
from fmproof.kernel.equality import symmetry, transitivity
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.integrability import finite_measure
from fmproof.kernel.integrals import expectation_as_integral, linearity
from fmproof.kernel.ring import linear_combination
from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.node import admit, bound_vars
from fmproof.lang.nodes import Expect, IntegralOver
from fmproof.lang.nodes.measure import is_density
from fmproof.lang.scope import alpha_equal, free_vars


@derived("I6", "a density integrates to one")
def unit_mass(term: Expr) -> Theorem:
    """⊢ ∫ k·p(x) dx = k for a density p of the integrated variables, over its own range, and k free
    of them: ∫ p = E[1] = 1.
    """
    whole: Any = admit(term)
    require(isinstance(whole, IntegralOver), "mass", "an integral", term)
    parts, bound = factors(whole.body), frozenset(bound_vars(whole))
    moving = [place for place, part in enumerate(parts) if bound & free_vars(part)]
    if len(moving) != 1 or not is_density(parts[moving[0]]):
        raise RuleError("mass: expected an integral of a density, found %s", term)
    (place,) = moving
    k = mul(*without(parts, place))
    one = _of_density(parts[place])
    if k is S.One:
        separated = one
    else:
        taken_out = linearity(whole)
        separated = transitivity(taken_out, linear_combination(one, k, taken_out.rhs, k))
    require(alpha_equal(separated.lhs, whole), "mass", "an integral over all that p draws", term)
    return separated


def _of_density(density: Expr) -> Theorem:
    """⊢ ∫ p = 1, over the range of p."""
    average = Expect(S.One, density)
    integral = expectation_as_integral(average)
    (finite,) = integral.hypotheses
    known: Any = finite
    integral = discharge(integral, finite_measure(known))
    return transitivity(symmetry(integral), linearity(average))
