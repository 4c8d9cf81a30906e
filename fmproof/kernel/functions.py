"""The functions exp, log, √ and |·|."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import Mul, Pow, add, factors, mul, summands, without
from fmproof.lang.node import is_one_of
from fmproof.lang.nodes import Abs, Exp, Log, Ratio, Sqrt
from fmproof.lang.props import AtMost, Equals, Positive
from fmproof.lang.scope import alpha_equal

_FUNCTIONS = "Rudin, Principles of Mathematical Analysis, theorems 1.21 and 8.6, and section 8.6"


@rule("F1", _FUNCTIONS)
def logarithm(term: Expr) -> Sequent:
    """{each factor > 0} ⊢ log(a b/c) = log a + log b − log c; ⊢ log exp a = a; ⊢ log 1 = 0."""
    require(type(term) is Log, "logarithm", "a logarithm", term)
    (a,) = term.args
    if type(a) is Exp:
        return infer(Equals(term, a.args[0]))
    if a is S.One:
        return infer(Equals(term, S.Zero))
    if type(a) is Ratio:
        above, below = a.args
        difference = add(Log(above), mul(S.NegativeOne, Log(below)))
        return infer(Equals(term, difference), Positive(above), Positive(below))
    require(is_one_of(a, (Mul, Pow)), "logarithm", "the logarithm of a product or ratio", term)
    parts = factors(a)
    if len(parts) == 1:
        raise RuleError("logarithm: the power in %s is too large", term)
    return infer(Equals(term, add(*map(Log, parts))), *map(Positive, parts))


@rule("F2", _FUNCTIONS)
def exponential(term: Expr) -> Sequent:
    """⊢ exp(a + b) = exp a·exp b; ⊢ exp 0 = 1; {a > 0} ⊢ exp log a = a."""
    require(type(term) is Exp, "exponential", "an exponential", term)
    (a,) = term.args
    if a is S.Zero:
        return infer(Equals(term, S.One))
    if type(a) is Log:
        return infer(Equals(term, a.args[0]), Positive(a.args[0]))
    parts = summands(a)
    require(len(parts) > 1, "exponential", "the exponential of a sum", term)
    return infer(Equals(term, mul(*map(Exp, parts))))


@rule("F3", _FUNCTIONS)
def root_squared(term: Expr) -> Sequent:
    """{0 ≤ a} ⊢ √a·√a = a, inside a product."""
    parts = factors(term)
    for i, first in enumerate(parts):
        for j in range(i + 1, len(parts)):
            if type(first) is Sqrt and alpha_equal(first, parts[j]):
                (a,) = first.args
                return infer(Equals(term, mul(a, *without(parts, i, j))), AtMost(S.Zero, a))
    raise RuleError("root: expected √a·√a in a product, found %s", term)


@rule("F3", _FUNCTIONS)
def root_of_product(term: Expr) -> Sequent:
    """{each factor ≥ 0} ⊢ √(a b) = √a·√b."""
    parts: Any = factors(term.args[0]) if type(term) is Sqrt else ()
    require(len(parts) > 1, "root", "the root of a product", term)
    return infer(Equals(term, mul(*map(Sqrt, parts))), *(AtMost(S.Zero, part) for part in parts))


@rule("F4", _FUNCTIONS)
def absolute_value(term: Expr) -> Sequent:
    """⊢ √(a²) = |a|; {0 ≤ a} ⊢ |a| = a."""
    if type(term) is Abs:
        return infer(Equals(term, term.args[0]), AtMost(S.Zero, term.args[0]))
    parts: Any = factors(term.args[0]) if type(term) is Sqrt else ()
    require(len(parts) == 2 and parts[0] == parts[1], "root", "√(a²) or |a|", term)
    return infer(Equals(term, Abs(parts[0])))
