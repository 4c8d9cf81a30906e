"""The functions exp, log, √ and |·|: what each undoes, and what an exponential makes of a sum."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import add, factors, mul
from fmproof.lang.nodes import Abs, Exp, Log, Sqrt
from fmproof.lang.props import AtMost, Equals, Positive

_FUNCTIONS = "Rudin, Principles of Mathematical Analysis, theorems 1.21 and 8.6, and section 8.6"


@rule("F1", _FUNCTIONS)
def log_exp(a: Expr) -> Sequent:
    """⊢ log exp a = a."""
    return infer(Equals(Log(Exp(a)), a))


@rule("F2", _FUNCTIONS)
def exp_log(a: Expr) -> Sequent:
    """{a > 0} ⊢ exp log a = a."""
    return infer(Equals(Exp(Log(a)), a), Positive(a))


@rule("F2", _FUNCTIONS)
def exp_of_sum(a: Expr, b: Expr) -> Sequent:
    """⊢ exp(a + b) = exp a·exp b."""
    return infer(Equals(Exp(add(a, b)), mul(Exp(a), Exp(b))))


@rule("F3", _FUNCTIONS)
def square_of_root(a: Expr) -> Sequent:
    """{0 ≤ a} ⊢ √a·√a = a."""
    return infer(Equals(mul(Sqrt(a), Sqrt(a)), a), AtMost(S.Zero, a))


@rule("F4", _FUNCTIONS)
def absolute_value(term: Expr) -> Sequent:
    """⊢ √(a²) = |a|; {0 ≤ a} ⊢ |a| = a."""
    if type(term) is Abs:
        return infer(Equals(term, term.args[0]), AtMost(S.Zero, term.args[0]))
    parts: Any = factors(term.args[0]) if type(term) is Sqrt else ()
    require(len(parts) == 2 and parts[0] == parts[1], "root", "√(a²) or |a|", term)
    return infer(Equals(term, Abs(parts[0])))
