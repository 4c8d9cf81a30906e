"""The product of two Gaussian densities, by completing the square.

The equation is proved of variables, once, and instantiated.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Expr, S

from fmproof.derived.exponentials import exponential
from fmproof.derived.functions_of_products import logarithm
from fmproof.derived.rule import derived
from fmproof.errors import RuleError
from fmproof.kernel.algebra import bilinearity
from fmproof.kernel.equality import congruence, equal_sides, instantiate, symmetry, transitivity
from fmproof.kernel.gaussian import gaussian_density, is_gaussian
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.integrals import linear_parts
from fmproof.kernel.order import nonzero, positive
from fmproof.kernel.ring import field, linear_combination, ring, ring_normal
from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Mul, add, factors, mul, summands, without
from fmproof.lang.node import admit
from fmproof.lang.nodes import Exp, Inner, Log, Normal, Ratio, Var
from fmproof.lang.props import Positive, VanishesWith
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort

_A, _V, _W = (Var(name, Sort.REAL) for name in "avw")
_X, _Y, _M, _B = (Var(name, Sort.VEC) for name in "xymb")


@derived("N5", "Bishop, Pattern Recognition and Machine Learning, equations 2.115 to 2.117")
def gaussian_product(term: Expr, first: int, second: int) -> Theorem:
    """{v > 0, w > 0} ⊢ N(x; a y + b, v)·N(y; m, w) = N(x; a m + b, s)·N(y; (v m + a w (x − b))/s,
    v w/s) with s = a² w + v: the joint density as marginal times posterior.
    """
    term = admit(term)
    parts = factors(term)
    fits = first != second and {first, second} <= set(range(len(parts)))
    require(fits and is_gaussian(parts[first]), "Gaussian", "two Gaussian densities", term)
    require(is_gaussian(parts[second]), "Gaussian", "two Gaussian densities", term)
    law, prior = parts[first], parts[second]
    (x, mean, v), (y, m, w) = law.args[1:], prior.args[1:]
    if not isinstance(y, Var) or any(y in free_vars(part) for part in (x, v, m, w)):
        raise RuleError("Gaussian: no N(x; a y + b, v)·N(y; m, w) in %s", term)
    a, b = _affine(mean, y)
    values: dict[Var, Expr] = {_A: a, _V: v, _W: w, _X: x, _Y: y, _M: m, _B: b}
    equal = instantiate(_product(), values)
    others = mul(*without(parts, first, second))
    return linear_combination(equal, others, term, mul(equal.rhs, others))


def _affine(mean: Expr, y: Var) -> tuple[Expr, Expr]:
    """``(a, b)`` of a y + b."""
    slopes: list[Expr] = []
    shifts: list[Expr] = []
    for constant, moving in linear_parts(mean, (y,)):
        if moving not in (y, S.One):
            raise RuleError("Gaussian: %s is not a %s + b", mean, y)
        (slopes if moving is y else shifts).append(constant)
    return add(*slopes), add(*shifts)


@cache
def _product() -> Theorem:
    """The equation of variables: both sides are exp of the same."""
    s = add(mul(_A, _A, _W), _V)
    centre = add(mul(_V, _M), mul(_A, _W, add(_X, mul(S.NegativeOne, _B))))
    joint = (Normal(_X, add(mul(_A, _Y), _B), _V), Normal(_Y, _M, _W))
    turned = (
        Normal(_X, add(mul(_A, _M), _B), s),
        Normal(_Y, mul(Ratio(S.One, s), centre), Ratio(mul(_V, _W), s)),
    )
    left, right = _exponential(joint), _exponential(turned)
    one, other = (_expanded(side.rhs.args[0], s) for side in (left, right))
    same = transitivity(transitivity(one, field(one.rhs, other.rhs)), symmetry(other))
    whole = transitivity(transitivity(left, congruence(left.rhs, {0: same})), symmetry(right))
    return _of_positive(whole, s)


def _exponential(densities: tuple[Any, Any]) -> Theorem:
    """⊢ the product of two densities = exp of a sum."""
    product = mul(*densities)
    written = congruence(product, dict(enumerate(map(gaussian_density, product.args))))
    whole = Exp(add(*(density.args[0] for density in written.rhs.args)))
    return transitivity(written, _sum_of(whole, written.rhs))


def _sum_of(whole: Any, product: Expr) -> Theorem:
    """⊢ exp a·exp b = exp(a + b), where a and b are sums themselves."""
    u, v = Var("u", Sort.REAL), Var("v", Sort.REAL)
    a, b = (part.args[0] for part in product.args)
    return symmetry(instantiate(exponential(Exp(add(u, v))), {u: a, v: b}))


def _expanded(term: Expr, s: Expr) -> Theorem:
    """⊢ a sum = itself with its squares and logarithms multiplied out."""
    equal = {place: _with_parts(summand, s) for place, summand in enumerate(term.args)}
    return congruence(term, {place: theorem for place, theorem in equal.items() if theorem})


def _with_parts(summand: Expr, s: Expr) -> Theorem | None:
    """⊢ a summand = itself with the square or logarithm in it multiplied out."""
    for place, part in enumerate(summand.args if isinstance(summand, Mul) else (summand,)):
        if isinstance(part, Inner | Log):
            equal = _spread(part, s) if isinstance(part, Inner) else _separated(part)
            return congruence(summand, {place: equal}) if isinstance(summand, Mul) else equal
    return None


def _spread(square: Any, s: Expr) -> Theorem:
    """⊢ ‖a‖² = a sum of inner products; of an a with 1/s in it, 1/s² times such a sum."""
    a = square.args[0]
    top = ring_normal(add(*(_times(s, summand) for summand in summands(a))))
    divided = any(isinstance(part, Ratio) for term in summands(a) for part in factors(term))
    even = field(a, mul(Ratio(S.One, s), top)) if divided else ring(a, ring_normal(a))
    theorem = congruence(square, {0: even, 1: even})
    if isinstance(theorem.rhs, Inner):
        return transitivity(theorem, bilinearity(theorem.rhs))
    place = next(i for i, part in enumerate(theorem.rhs.args) if isinstance(part, Inner))
    many = bilinearity(theorem.rhs.args[place])
    return transitivity(theorem, congruence(theorem.rhs, {place: many}))


def _times(s: Expr, term: Expr) -> Expr:
    """s·a for a summand a, which may have the factor 1/s."""
    parts = factors(term)
    plain = tuple(part for part in parts if not isinstance(part, Ratio))
    return mul(*plain) if len(plain) < len(parts) else mul(s, term)


def _separated(term: Expr) -> Theorem:
    """⊢ log(2 π v) = log 2 + log π + log v, where v may be a product or ratio itself."""
    theorem = logarithm(term)
    equal = {
        place: _separated(part)
        for place, part in enumerate(theorem.rhs.args)
        if isinstance(part, Log) and isinstance(part.args[0], Mul | Ratio)
    }
    return transitivity(theorem, congruence(theorem.rhs, equal)) if equal else theorem


def _of_positive(theorem: Theorem, s: Expr) -> Theorem:
    """A theorem with nothing left of its hypotheses but v > 0 and w > 0."""
    known = (Positive(_V), Positive(_W))
    while True:
        open_ = next((h for h in theorem.hypotheses if h not in known), None)
        if open_ is None:
            return theorem
        theorem = discharge(theorem, _positivity(open_, s))


def _positivity(prop: Any, s: Expr) -> Theorem:
    if isinstance(prop, VanishesWith):
        return nonzero(prop)
    if prop.args[0] == s:  # a² w + v, where w > 0 is exp log w
        undone = exponential(Exp(Log(_W)))
        square = mul(_A, _A)
        clear = add(mul(square, undone.lhs), _V)
        equal = linear_combination(undone, mul(S.NegativeOne, square), s, clear)
        place = summands(clear).index(_V)
        return discharge(equal_sides(prop, {0: equal}), positive(Positive(clear), place))
    return positive(prop, 0)
