"""What log and √ make of products, from what they undo.

The equations are proved of two variables, once, and instantiated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from sympy import Expr, S

from fmproof.derived.exponentials import exponential
from fmproof.derived.rule import derived
from fmproof.errors import RuleError
from fmproof.kernel.equality import congruence, instantiate, symmetry, transitivity
from fmproof.kernel.functions import absolute_value, log_exp, square_of_root
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.order import (
    nonnegativity,
    nonzero,
)
from fmproof.kernel.ring import field, linear_combination
from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Mul, Pow, add, factors, mul, without
from fmproof.lang.node import admit
from fmproof.lang.nodes import Abs, Exp, Log, Ratio, Sqrt, Var
from fmproof.lang.numbers import is_number
from fmproof.lang.props import VanishesWith
from fmproof.lang.scope import alpha_equal
from fmproof.lang.sorts import Sort

_FUNCTIONS = "Rudin, Principles of Mathematical Analysis, theorems 1.21 and 8.6, and section 8.6"
_U, _V = Var("u", Sort.REAL), Var("v", Sort.REAL)


@derived("F1", _FUNCTIONS)
def logarithm(term: Expr) -> Theorem:
    """{each factor > 0} ⊢ log(a b/c) = log a + log b − log c; ⊢ log exp a = a; ⊢ log 1 = 0."""
    term = admit(term)
    require(isinstance(term, Log), "logarithm", "a logarithm", term)
    (a,) = term.args
    if isinstance(a, Exp):
        return log_exp(a.args[0])
    if a is S.One:
        return _log_of(exponential(Exp(S.Zero)))
    if isinstance(a, Ratio):
        return instantiate(_log_of_ratio(), {_U: a.args[0], _V: a.args[1]})
    require(isinstance(a, Mul | Pow), "logarithm", "the logarithm of a product or ratio", term)
    parts = factors(a)
    if len(parts) == 1:
        raise RuleError("logarithm: the power in %s is too large", term)
    return _instance(_log_of_product, parts)


def _log_of(equation: Theorem) -> Theorem:
    """From ⊢ exp b = a: ⊢ log a = b."""
    (b,) = equation.lhs.args
    return transitivity(symmetry(congruence(Log(equation.lhs), {0: equation})), log_exp(b))


def _instance(lemma: Callable[[tuple[Expr, ...]], Theorem], parts: Sequence[Expr]) -> Theorem:
    """A lemma about variables, of these; numbers are as they are in the lemma, too."""
    names = tuple(p if is_number(p) else Var(f"u{i}", Sort.REAL) for i, p in enumerate(parts))
    values = {name: part for name, part in zip(names, parts, strict=True) if name is not part}
    return instantiate(lemma(names), values)


@cache
def _log_of_product(parts: tuple[Expr, ...]) -> Theorem:
    """{each u > 0} ⊢ log(u v …) = log u + log v + …"""
    whole = exponential(Exp(add(*map(Log, parts))))
    undone = {place: exponential(part) for place, part in enumerate(whole.rhs.args)}
    return _log_of(transitivity(whole, congruence(whole.rhs, undone)))


@cache
def _log_of_ratio() -> Theorem:
    """{u > 0, v > 0} ⊢ log(u/v) = log u − log v, since exp(−log v) is 1/v."""
    less = mul(S.NegativeOne, Log(_V))
    whole = exponential(Exp(add(Log(_U), less)))
    apart = instantiate(exponential(Exp(add(_U, _V))), {_U: Log(_V), _V: less})
    one = transitivity(symmetry(apart), exponential(Exp(S.Zero)))  # exp log v·exp(−log v) = 1
    of_u, of_v, inverse = exponential(Exp(Log(_U))), exponential(Exp(Log(_V))), Exp(less)
    one = transitivity(linear_combination(symmetry(of_v), inverse, mul(_V, inverse), one.lhs), one)
    product = linear_combination(of_u, inverse, whole.rhs, mul(_U, inverse))
    divided = field(product.rhs, Ratio(mul(_U, _V, inverse), _V))
    cleared = linear_combination(one, _U, divided.rhs.args[0], _U)
    ratio = transitivity(divided, congruence(divided.rhs, {0: cleared}))
    equal = transitivity(whole, transitivity(product, ratio))
    return _log_of(discharge(equal, nonzero(VanishesWith(S.One, _V))))


@derived("F3", _FUNCTIONS)
def root_squared(term: Expr) -> Theorem:
    """{0 ≤ a} ⊢ √a·√a = a, inside a product."""
    parts = factors(admit(term))
    for i, first in enumerate(parts):
        for j in range(i + 1, len(parts)):
            if isinstance(first, Sqrt) and alpha_equal(first, parts[j]):
                (a,), others = first.args, mul(*without(parts, i, j))
                return linear_combination(square_of_root(a), others, term, mul(a, others))
    raise RuleError("root: expected √a·√a in a product, found %s", term)


@derived("F3", _FUNCTIONS)
def root_of_product(term: Expr) -> Theorem:
    """{each factor ≥ 0} ⊢ √(a b) = √a·√b."""
    term = admit(term)
    parts = factors(term.args[0]) if isinstance(term, Sqrt) else ()
    require(len(parts) > 1, "root", "the root of a product", term)
    return _instance(_root_of_product, parts)


@cache
def _root_of_product(parts: tuple[Expr, ...]) -> Theorem:
    """{each u ≥ 0} ⊢ √(u v …) = √u·√v…, since the right side is ≥ 0 and has this square."""
    root = mul(*map(Sqrt, parts))
    square = mul(root, root)
    undone = {i: square_of_root(part.args[0].args[0]) for i, part in enumerate(square.args)}
    below = congruence(Sqrt(square), {0: congruence(square, undone)})
    of_square = instantiate(absolute_value(Sqrt(mul(_U, _U))), {_U: root})
    modulus = transitivity(of_square, absolute_value(Abs(root)))
    return transitivity(symmetry(below), discharge(modulus, nonnegativity(root)))
