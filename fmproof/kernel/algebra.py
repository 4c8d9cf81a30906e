"""Rules about inner products and ratios."""

from __future__ import annotations

from sympy import Add, Expr, Mul

from fmproof.errors import RuleError
from fmproof.kernel.theorem import Theorem, _theorem
from fmproof.lang.props import Equals, VanishesWith
from fmproof.lang.scope import alpha_equal
from fmproof.lang.terms import Inner, Ratio
from fmproof.lang.text import text


def bilinearity(term: Expr) -> Theorem:
    """⊢ ⟨Σ aᵢ, Σ bⱼ⟩ = ΣΣ ⟨aᵢ, bⱼ⟩; for ⟨a − b, a − b⟩ this is ‖a‖² − 2⟨a, b⟩ + ‖b‖²."""
    if not (isinstance(term, Inner) and any(isinstance(arg, Add) for arg in term.args)):
        raise RuleError(f"square: expected an inner product of sums, found {text(term)}")
    left, right = (Add.make_args(arg) for arg in term.args)
    return _theorem(Equals(term, Add(*(Inner(a, b) for a in left for b in right))))


def cancel(term: Expr) -> Theorem:
    """{b = 0 ⇒ a = 0} ⊢ b·(a/b) = a, inside a product."""
    factors = list(Mul.make_args(term))
    for ratio in factors:
        if not isinstance(ratio, Ratio):
            continue
        numerator, denominator = ratio.args
        for factor in factors:
            if factor is not ratio and alpha_equal(factor, denominator):
                rest = list(factors)
                rest.remove(ratio)
                rest.remove(factor)
                return _theorem(
                    Equals(term, Mul(numerator, *rest)), VanishesWith(numerator, denominator)
                )
    raise RuleError(f"cancel: expected a product with b and a/b, found {text(term)}")
