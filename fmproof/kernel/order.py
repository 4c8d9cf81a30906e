"""Signs and inequalities."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.integrals import is_integral
from fmproof.kernel.ring import polynomial
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, Theorem, infer
from fmproof.lang.arithmetic import Add, Mul, Pow, add, factors, mul, summands, without
from fmproof.lang.node import is_nonnegative, is_one_of
from fmproof.lang.nodes import Abs, Apply, Constant, Exp, Gaussian, Ratio, Sqrt
from fmproof.lang.numbers import fraction, is_number
from fmproof.lang.props import Almost, AtMost, Integrable, Positive, VanishesWith

_ORDER = "Rudin, Principles of Mathematical Analysis, proposition 1.18 and theorem 11.23"


@rule("O1", _ORDER)
def nonnegativity(term: Expr) -> Sequent:
    """⊢ 0 ≤ a for squares, densities, weights, exp, √, |·|, positive constants, and sums, products,
    ratios and integrals of these."""
    if not is_nonnegative(term):
        raise RuleError("nonnegative: it is not clear from its form that %s ≥ 0", term)
    return infer(AtMost(S.Zero, term))


@rule("O1", _ORDER)
def from_difference(theorem: Theorem, lower: Expr, upper: Expr) -> Sequent:
    """From ⊢ 0 ≤ d, where d = b − a by arithmetic: ⊢ a ≤ b."""
    prop: Any = theorem.conclusion
    require(type(prop) is AtMost and prop.lhs is S.Zero, "nonnegative", "0 ≤ d", prop)
    if polynomial(add(upper, mul(S.NegativeOne, lower))) != polynomial(prop.rhs):
        raise RuleError("nonnegative: %s − %s is not %s by arithmetic", upper, lower, prop.rhs)
    return infer(AtMost(lower, upper), after=(theorem,))


@rule("O2", _ORDER)
def positive(goal: Positive, place: int) -> Sequent:
    """{the parts > 0} ⊢ products, powers, ratios and roots > 0; ⊢ π, d, exp, Gaussian densities and
    numbers that are so > 0; {a ≠ 0} ⊢ |a| > 0, and a > 0 for what is clearly ≥ 0; {f integrable,
    f > 0 almost everywhere} ⊢ ∫ f > 0 and E[f] > 0.

    Of a sum the summand at ``place`` must be > 0 and the others clearly ≥ 0.
    """
    a: Any = goal.args[0]
    if is_number(a):
        require(fraction(a) > 0, "positive", "a number > 0", a)
        return infer(goal)
    if is_one_of(a, (Constant, Exp)) or (type(a) is Apply and type(a.head) is Gaussian):
        return infer(goal)
    if is_integral(a):
        almost = Almost(Positive(a.body), *a.measure)
        return infer(goal, almost, Integrable(a.body, *a.measure))
    if type(a) is Abs:
        return infer(goal, VanishesWith(S.One, a.args[0]))
    if is_one_of(a, (Mul, Ratio, Sqrt)):
        return infer(goal, *map(Positive, a.args))
    if type(a) is Pow and not is_nonnegative(a):
        return infer(goal, Positive(a.args[0]))
    if type(a) is Add:
        parts = summands(a)
        require(0 <= place < len(parts), "positive", f"a sum with summand {place}", a)
        clear = all(map(is_nonnegative, without(parts, place)))
        require(clear, "positive", "other summands that are clearly ≥ 0", a)
        return infer(goal, Positive(parts[place]))
    require(is_nonnegative(a), "positive", "what is clearly ≥ 0", a)
    return infer(goal, VanishesWith(S.One, a))


@rule("O3", _ORDER)
def nonzero(goal: VanishesWith) -> Sequent:
    """{b > 0} ⊢ b = 0 ⇒ a = 0."""
    return infer(goal, Positive(goal.args[1]))


@rule("O3", "a product is 0 where a factor is; a/b is 0 where a or b is")
def product_vanishes(goal: VanishesWith) -> Sequent:
    """{each factor b = 0 ⇒ a = 0} ⊢ b₁b₂ = 0 ⇒ a = 0; the same for b₁/b₂; ⊢ b = 0 ⇒ a = 0 for a
    number b that is not 0.
    """
    a, b = goal.args
    if is_number(b) and b is not S.Zero:
        return infer(goal)
    parts = b.args if type(b) is Ratio else tuple(dict.fromkeys(factors(b)))
    require(parts != (b,), "nonzero", "a product or ratio", b)
    return infer(goal, *(VanishesWith(a, part) for part in parts))
