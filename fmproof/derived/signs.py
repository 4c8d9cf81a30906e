"""What is ≥ 0 because its parts are."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.derived.exponentials import exponential
from fmproof.derived.rule import derived
from fmproof.kernel.equality import congruence, equal_sides, symmetry, transitivity
from fmproof.kernel.functions import square_of_root
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.order import nonnegativity
from fmproof.kernel.ring import linear_combination
from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Mul, Pow, factors, mul
from fmproof.lang.node import admit
from fmproof.lang.nodes import Exp, Log, Ratio
from fmproof.lang.props import AtMost, Prop


@derived("O2", "Rudin, Principles of Mathematical Analysis, proposition 1.18")
def nonnegative_parts(goal: Prop) -> Theorem:
    """{a > 0} ⊢ 0 ≤ a; {each factor ≥ 0} ⊢ 0 ≤ a product or ratio."""
    fits = isinstance(goal, AtMost) and goal.args[0] is S.Zero
    require(fits, "nonnegative", "0 ≤ a", goal)
    whole: Any = admit(goal)
    a = whole.args[1]
    parts = factors(a) if isinstance(a, Pow) else a.args
    if isinstance(a, Mul | Pow | Ratio) and len(parts) > 1:
        return _from(whole, _by_roots(a, parts))
    return _from(whole, symmetry(exponential(Exp(Log(a)))))


def _from(goal: AtMost, equal: Theorem) -> Theorem:
    """0 ≤ a from ⊢ a = b, where b is clearly ≥ 0."""
    return discharge(equal_sides(goal, {1: equal}), nonnegativity(equal.rhs))


def _by_roots(a: Any, parts: tuple[Expr, ...]) -> Theorem:
    """{each factor ≥ 0} ⊢ a product or ratio = the same of squares of roots."""
    squares = [symmetry(square_of_root(part)) for part in parts]
    if isinstance(a, Ratio):
        return congruence(a, dict(enumerate(squares)))
    theorem, roots = congruence(a, {}), [square.rhs for square in squares]
    for place, square in enumerate(squares):
        others = mul(*roots[:place], *parts[place + 1 :])
        new = mul(others, square.rhs)
        theorem = transitivity(theorem, linear_combination(square, others, theorem.rhs, new))
    return theorem
