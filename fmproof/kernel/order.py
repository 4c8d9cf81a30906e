"""Signs and inequalities."""

from __future__ import annotations

from sympy import Add, Expr, Mul, Rational, S

from fmproof.errors import RuleError
from fmproof.kernel.equality import ring
from fmproof.kernel.theorem import Theorem, _theorem, require_theorem
from fmproof.lang.binders import Expect, IntegralOver
from fmproof.lang.props import AtMost
from fmproof.lang.terms import Apply, Inner, Named, Ratio
from fmproof.lang.text import text


def is_nonnegative(term: Expr) -> bool:
    """Whether the form of a real term shows that it is ≥ 0; False means "not clear"."""
    if isinstance(term, Rational):
        return bool(term >= 0)
    if isinstance(term, Add | Mul):
        return all(is_nonnegative(arg) for arg in term.args)
    if term.is_Pow:
        return bool(term.args[1] % 2 == 0) or is_nonnegative(term.args[0])
    if isinstance(term, Inner):
        return term.is_square
    if isinstance(term, Ratio):
        return all(is_nonnegative(arg) for arg in term.args)
    if isinstance(term, IntegralOver | Expect):
        return is_nonnegative(term.body)
    if isinstance(term, Named):
        return is_nonnegative(term.definition)
    if isinstance(term, Apply):
        if term.head.nonneg:
            return True
        definition = term.head.definition
        return definition is not None and is_nonnegative(definition)
    return False


def nonnegativity(term: Expr) -> Theorem:
    """⊢ 0 ≤ a for squares, densities, weights, and their sums, products and integrals."""
    if not is_nonnegative(term):
        raise RuleError(f"nonnegative: it is not clear from its form that {text(term)} ≥ 0")
    return _theorem(AtMost(S.Zero, term))


def from_difference(theorem: Theorem, lower: Expr, upper: Expr) -> Theorem:
    """From ⊢ 0 ≤ d, where d = b − a by arithmetic: ⊢ a ≤ b."""
    prop = require_theorem(theorem, "nonnegative").conclusion
    if not (isinstance(prop, AtMost) and prop.lhs == 0):
        raise RuleError(f"nonnegative: expected 0 ≤ d, found {text(prop)}")
    ring(Add(upper, -lower), prop.rhs)
    return _theorem(AtMost(lower, upper), after=(theorem,))
