"""Rules about inner products and ratios."""

from __future__ import annotations

from sympy import Expr

from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import Add, add, mul, summands
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Inner, Ratio
from fmproof.lang.props import Equals, VanishesWith
from fmproof.lang.sorts import Sort


def paired(a: Expr, b: Expr) -> Expr:
    """a·b: ⟨a, b⟩ of two vectors, and else their product."""
    return Inner(a, b) if sort_of(a) is sort_of(b) is Sort.VEC else mul(a, b)


@rule("A1", "Rudin, Principles of Mathematical Analysis, definition 1.36")
def bilinearity(term: Expr) -> Sequent:
    """⊢ ⟨Σ aᵢ, Σ bⱼ⟩ = ΣΣ ⟨aᵢ, bⱼ⟩, where a side is a sum; for ⟨a − b, a − b⟩ this is
    ‖a‖² − 2⟨a, b⟩ + ‖b‖².
    """
    fits = type(term) is Inner and any(type(arg) is Add for arg in term.args)
    require(fits, "square", "an inner product of sums", term)
    left, right = map(summands, term.args)
    return infer(Equals(term, add(*(Inner(a, b) for a in left for b in right))))


@rule("A2", "b·(a/b) = a for b ≠ 0, and for b = 0 both sides are 0")
def cancel_denominator(a: Expr, b: Expr, k: Expr) -> Sequent:
    """{b = 0 ⇒ a·k = 0} ⊢ b·(a/b)·k = a·k; where k is a vector, {b = 0 ⇒ a = 0}, for a number a."""
    rest = mul(a, k)
    vanishing = rest if sort_of(rest) is Sort.REAL else a
    return infer(Equals(mul(b, Ratio(a, b), k), rest), VanishesWith(vanishing, b))
