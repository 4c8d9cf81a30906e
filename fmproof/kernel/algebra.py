"""Rules about inner products and ratios."""

from __future__ import annotations

from sympy import Expr

from fmproof.errors import RuleError
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import Add, add, factors, mul, summands, without
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Inner, Ratio
from fmproof.lang.props import Equals, VanishesWith
from fmproof.lang.scope import alpha_equal
from fmproof.lang.sorts import Sort


@rule("A1", "Rudin, Principles of Mathematical Analysis, definition 1.36")
def bilinearity(term: Expr) -> Sequent:
    """⊢ ⟨Σ aᵢ, Σ bⱼ⟩ = ΣΣ ⟨aᵢ, bⱼ⟩; for ⟨a − b, a − b⟩ this is ‖a‖² − 2⟨a, b⟩ + ‖b‖²."""
    fits = type(term) is Inner and any(type(arg) is Add for arg in term.args)
    require(fits, "square", "an inner product of sums", term)
    left, right = map(summands, term.args)
    return infer(Equals(term, add(*(Inner(a, b) for a in left for b in right))))


def ratio_and_denominator(parts: tuple[Expr, ...]) -> tuple[int, int] | None:
    """The positions of a ratio a/b and of a b among factors."""
    for i, ratio in enumerate(parts):
        if type(ratio) is Ratio:
            for j, factor in enumerate(parts):
                if j != i and alpha_equal(factor, ratio.args[1]):
                    return i, j
    return None


@rule("A2", "b·(a/b) = a for b ≠ 0, and for b = 0 both sides are 0")
def cancel(term: Expr) -> Sequent:
    """{b = 0 ⇒ a·k = 0} ⊢ b·(a/b)·k = a·k; where k has a vector in it, {b = 0 ⇒ a = 0}."""
    parts = factors(term)
    found = ratio_and_denominator(parts)
    if found is None:
        raise RuleError("cancel: expected a product with b and a/b, found %s", term)
    numerator, denominator = parts[found[0]].args
    rest = mul(numerator, *without(parts, *found))
    vanishing = rest if sort_of(rest) is Sort.REAL else numerator
    return infer(Equals(term, rest), VanishesWith(vanishing, denominator))
