"""Integrals with moving ends: what they are beside each other, and their derivatives.

∫_a^b g dτ is (b − a) ∫₀¹ g(a + s (b − a)) ds. With P(x) = x ∫₀¹ g(s x) ds, the integral from 0 to
x, it is P(b) − P(a), and ∂P = g. Both are proved for an unknown g from the fundamental theorem on
[0, 1], and g is put in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from sympy import Basic, Expr, S

from fmproof.derived.derivatives_inside import fundamental_theorem
from fmproof.derived.restatements import reflexivity
from fmproof.errors import RuleError
from fmproof.kernel.calculus import derivative, exchange
from fmproof.kernel.equality import (
    congruence,
    equal_sides,
    generalise,
    instantiate,
    instantiate_head,
    symmetry,
    transitivity,
)
from fmproof.kernel.hypotheses import assume, discharge
from fmproof.kernel.integrals import linear_parts, linearity
from fmproof.kernel.ring import linear_combination, ring, ring_normal
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Mul, add, coefficient, factors, mul, summands, without
from fmproof.lang.node import declaration, rebuilt, sort_of
from fmproof.lang.nodes import Apply, Field, Integral, IntegralOver, Lebesgue, Partial, Scalar, Var
from fmproof.lang.props import Differentiable, Dominated, ForAll, Integrable, Prop
from fmproof.lang.scope import alpha_equal, free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.tactics.matching import instance
from fmproof.tactics.rewriting import Conversion, at, attempt, sweep, then

_S, _X, _A, _B, TAU = (Var(name + "''''''", Sort.REAL) for name in ("s", "x", "a", "b", "τ"))
_UNIT = (_S, 0, 1)


def from_zero(g: Expr, end: Expr) -> Expr:
    """P(x) = x ∫₀¹ g(s x) ds, for a g of ``TAU``."""
    return mul(end, Integral(substitute(g, {TAU: mul(_S, end)}), _UNIT))


def smooth(g: Expr, time: Var = TAU, end: Var = _X, share: Var = _S) -> tuple[Prop, Prop]:
    """What makes ∂P = g: g is differentiable, and its slope dominated along the way from 0.

    ``time``, ``end`` and ``share`` are the names of what is bound; they must not be in g.
    """
    body = substitute(g, {TAU: mul(share, end)})
    return (
        ForAll(Differentiable(substitute(g, {TAU: time}), time), time),
        ForAll(Dominated(body, end, end, Lebesgue(share, 0, 1)), end),
    )


# --- integrals with moving ends, as they are written --------------------------------------


@dataclass(frozen=True)
class MovingEnds:
    """(b − a) ∫₀¹ g(a + s (b − a)) ds: the ends, and g as a term in ``TAU``."""

    low: Expr
    high: Expr
    g: Expr

    @property
    def symbolic(self) -> bool:
        """Whether g is unknown: of a formula an antiderivative may be known."""
        calls = self.g.atoms(Apply)
        return any(TAU in free_vars(a) and a.head.definition is None for a in calls)


def moving_ends_in(term: Basic) -> Iterator[MovingEnds]:
    """Those in a term, not in the definitions behind it."""
    if isinstance(term, Expr):
        yield from (moving for moving, _ in _readings(term))
    for arg in term.args:
        yield from moving_ends_in(arg)


def has_interval(term: Basic) -> bool:
    """Whether an integral over [0, 1] is in a term."""
    return _over_unit(term) or any(map(has_interval, term.args))


def _readings(term: Any) -> Iterator[tuple[MovingEnds, Expr]]:
    """Each integral with its width beside it in a product, and the rest of the product."""
    parts = factors(term)
    for i, integral in enumerate(parts):
        if not _over_unit(integral):
            continue
        for j, width in enumerate(parts):
            found = None if j == i else _moving(integral, width)
            if found is not None:
                yield found, mul(*without(parts, i, j))
                break


def _over_unit(term: Any) -> bool:
    if not isinstance(term, IntegralOver) or len(term.measure) != 1:
        return False
    (item,) = term.measure
    return item.range == (S.Zero, S.One) and sort_of(term) in (Sort.REAL, Sort.VEC)


def _moving(integral: Any, width: Expr) -> MovingEnds | None:
    """The integral times ``width`` as one with moving ends."""
    s = integral.measure[0].var
    if sort_of(width) is not Sort.REAL or s in free_vars(width) or not free_vars(width):
        return None
    for low in dict.fromkeys((*_starts(integral.body, s, width), _start(width))):
        g = _in_tau(integral.body, s, width, low)
        if g is None or s in free_vars(g) or TAU not in free_vars(g):
            continue
        back = substitute(g, {TAU: add(low, mul(s, width))})
        if attempt(ring, integral.body, back) is not None:
            return MovingEnds(low, ring_normal(add(low, width)), g)
    return None


def _start(width: Expr) -> Expr:
    """a of b − a."""
    below = [mul(S.NegativeOne, part) for part in summands(width) if coefficient(part)[0] < 0]
    return add(*below)


def _starts(term: Any, s: Var, width: Expr) -> Iterator[Expr]:
    """The a of a + s (b − a) where a symbol is applied to it."""
    if isinstance(term, Apply):
        for place in term.arguments:
            slope, start = _line(place, s) or (None, None)
            if slope is not None and start is not None and attempt(ring, slope, width) is not None:
                yield ring_normal(start)
    for arg in term.args:
        yield from _starts(arg, s, width)


def _line(term: Any, s: Var) -> tuple[Expr, Expr] | None:
    """(k, m) where a number is k s + m."""
    if sort_of(term) is not Sort.REAL or s not in free_vars(term):
        return None
    slope, start = [], []
    for constant, moving in linear_parts(term, (s,)):
        if moving is s:
            slope.append(constant)
        elif moving is S.One:
            start.append(constant)
        else:
            return None
    return add(*slope), add(*start)


def _in_tau(term: Any, s: Var, width: Expr, low: Expr) -> Any:
    """``term`` with ``low + s·width`` as TAU; None where s stands otherwise."""
    if s not in free_vars(term):
        return term
    line = _line(term, s) if isinstance(term, Expr) else None
    times = _multiple(line[0], width) if line is not None else None
    if line is not None and times is not None:
        return ring_normal(add(line[1], mul(S.NegativeOne, times, low), mul(times, TAU)))
    places = declaration(term).places(term)
    if not places:
        return None
    args = [_in_tau(arg, s, width, low) if i in places else arg for i, arg in enumerate(term.args)]
    return None if any(arg is None for arg in args) else rebuilt(term, *args)


def _multiple(slope: Expr, width: Expr) -> Expr | None:
    """k with slope = k·width, for k of one summand."""
    first, *_ = summands(ring_normal(width))
    c, monomial = coefficient(first)
    for part in summands(ring_normal(slope)):
        d, other = coefficient(part)
        own = Counter(f for f in factors(monomial) if f is not S.One)
        theirs = Counter(factors(other))
        k = mul(d / c, *(theirs - own).elements())
        if own <= theirs and attempt(ring, mul(k, width), slope) is not None:
            return k
    return None


# --- what they are ------------------------------------------------------------------------


@dataclass(frozen=True)
class Lemmas:
    """Theorems of an unknown symbol g, and of an unknown F with ∂F = g.

    Attributes:
        head: the symbol.
        slope: ∂P(x) = g(x).
        smooth: that P is differentiable at x.
        between: (b − a) ∫₀¹ g(a + s (b − a)) ds = P(b) − P(a).
        along: (b − a) ∫₀¹ F'(a + s (b − a)) ds = F(b) − F(a).
    """

    head: Any
    slope: Theorem
    smooth: Theorem
    between: Theorem
    along: Theorem


_slopes = at(Partial)(partial(attempt, derivative))
_under = at(Partial)(partial(attempt, exchange))
_linear = at(IntegralOver)(partial(attempt, linearity))


def lemmas(g: Expr) -> Lemmas:
    """For a g of numbers or of vectors, and of other variables than ``TAU``."""
    return _lemmas(sort_of(g), tuple(var.sort for var in _others(g)))


def _others(g: Expr) -> list[Var]:
    return sorted(free_vars(g) - {TAU}, key=lambda v: v.name)


@cache
def _lemmas(sort: Sort, others: tuple[Sort, ...]) -> Lemmas:
    from fmproof.tactics.conditions import Prover

    fixed = [Var(f"p{i}''''''", kind) for i, kind in enumerate(others)]
    symbol = (Field if sort is Sort.VEC else Scalar)("g''''''", TAU, *fixed)

    def head(place: Any) -> Expr:
        return symbol(place, *fixed)

    def proved(theorem: Theorem, *known: Prop) -> Theorem:
        prover = Prover([(str(i), prop) for i, prop in enumerate(known)])
        for prop in theorem.hypotheses:
            proof = prover.prove(prop)
            if proof is None:
                raise RuleError(f"fundamental theorem: {prop} is not clear")
            theorem = discharge(theorem, proof.theorem)
        return theorem

    conditions = smooth(head(TAU))
    whole = from_zero(head(TAU), _X)
    moved = then(then(then(reflexivity(Partial(whole, _X)), _slopes), _under), _slopes)
    grows = fundamental_theorem(Integral(Partial(_S * head(_S * _X), _S), _UNIT))
    spread = then(then(reflexivity(grows.lhs), _slopes), _linear)
    moved = then(moved, _linear)
    middle = transitivity(moved, transitivity(ring(moved.rhs, spread.rhs), symmetry(spread)))
    mild = _carried(symmetry(_sloped(head(_S * _X), _X)))
    slope = discharge(transitivity(middle, grows), _carried(_sloped(_S * head(_S * _X), _S)))
    slope = proved(slope, *conditions, mild.conclusion)
    slope = proved(discharge(slope, mild), *conditions)

    is_smooth = proved(assume(Differentiable(whole, _X)), *conditions)

    there = add(_A, mul(_S, add(_B, mul(S.NegativeOne, _A))))
    ends = fundamental_theorem(Integral(Partial(head(there), _S), _UNIT))
    written = then(then(reflexivity(ends.lhs), _slopes), _linear)
    left = mul(add(_B, mul(S.NegativeOne, _A)), Integral(Partial(head(_X), _X, there), _UNIT))
    along = transitivity(ring(left, written.rhs), transitivity(symmetry(written), ends))
    along = discharge(along, _carried(_sloped(head(there), _S)))
    small = Integrable(Partial(head(_X), _X, there), Lebesgue(*_UNIT))
    along = proved(along, ForAll(Differentiable(head(TAU), TAU), TAU), small)

    unknown = type(symbol)("h''''''", TAU, *fixed)

    def other(place: Any) -> Expr:
        return unknown(place, *fixed)

    def of_other(theorem: Theorem) -> Theorem:
        return instantiate_head(theorem, symbol, symbol.params, other(TAU))

    primitive = instantiate_head(along, symbol, symbol.params, from_zero(other(TAU), TAU))
    rewritten = at(Partial)(lambda term: instance(of_other(slope), term))
    between = transitivity(symmetry(then(reflexivity(primitive.lhs), rewritten)), primitive)
    between = discharge(between, _carried(instantiate(of_other(slope), {_X: there})))
    between = proved(between, *smooth(other(TAU)))
    between = instantiate_head(between, unknown, unknown.params, head(TAU))
    return Lemmas(symbol, slope, is_smooth, between, along)


def _sloped(term: Expr, var: Var) -> Theorem:
    """∂ of a term by the rules of calculus."""
    return then(reflexivity(Partial(term, var)), _slopes)


def _carried(equation: Theorem) -> Theorem:
    """That the left side is integrable over [0, 1], from that the right side is."""
    return equal_sides(Integrable(equation.lhs, Lebesgue(*_UNIT)), {0: equation})


def _for(theorem: Theorem, g: Expr) -> Theorem:
    """A lemma for a g."""
    head, others = lemmas(g).head, _others(g)
    fixed = dict(zip(others, head.params[1:], strict=True))
    put = instantiate_head(theorem, head, head.params, substitute(g, fixed))
    return instantiate(put, {param: var for var, param in fixed.items()}) if fixed else put


# --- conversions --------------------------------------------------------------------------


@at(Mul)
def moving_ends(term: Expr) -> Theorem | None:
    """(b − a) ∫₀¹ g(a + s (b − a)) ds as P(b) − P(a), unless a is 0: then it is P(b)."""
    for moving, rest in _readings(term):
        if moving.low is S.Zero or not moving.symbolic:
            continue
        known = _put(lemmas(moving.g).between, moving)
        found = _beside(known, rest, term)
        if found is not None:
            return found
    return None


def _put(theorem: Theorem, moving: MovingEnds) -> Theorem:
    """A lemma for a g and its ends."""
    return instantiate(_for(theorem, moving.g), {_A: moving.low, _B: moving.high})


def _beside(known: Theorem, rest: Expr, term: Expr) -> Theorem | None:
    """``term`` = rest·b, from a = b."""
    return attempt(linear_combination, known, rest, term, mul(rest, known.rhs))


@at(Partial)
def end_slopes(term: Any) -> Theorem | None:
    """∂ of what integrals with moving ends are in: that of ∫_0^x g(τ) dτ is g(x)."""
    split = sweep(term.body, moving_ends) or reflexivity(term.body)
    symbols: list[tuple[Any, Expr]] = []
    body = _with_symbols(split.rhs, term.var, symbols)
    moved = sweep(Partial(body, term.var, term.at), _slopes) if symbols else None
    if moved is None:
        return None
    theorem = _from_smooth(moved, [head for head, _ in symbols])
    for head, g in symbols:
        put = attempt(instantiate_head, theorem, head, head.params, from_zero(g, TAU))
        if put is None:
            return None
        theorem = _worked_out(put, g)
    same = attempt(ring, split.rhs, theorem.lhs.args[0])
    start = same and attempt(congruence, term, {0: transitivity(split, same)})
    return start and attempt(transitivity, start, theorem)


def _from_smooth(theorem: Theorem, heads: Sequence[Any]) -> Theorem:
    """A theorem that asks, of some symbols, for no more than that they are differentiable."""
    from fmproof.tactics.conditions import Prover

    known = [ForAll(Differentiable(head(*head.params), TAU), TAU) for head in heads]
    prover = Prover([(str(i), prop) for i, prop in enumerate(known)])
    for prop in theorem.hypotheses:
        proof = prover.prove(prop)
        theorem = theorem if proof is None else discharge(theorem, proof.theorem)
    return theorem


def _worked_out(theorem: Theorem, g: Expr) -> Theorem:
    """∂P as g, and that P is differentiable from what that takes."""
    slope, is_smooth = _for(lemmas(g).slope, g), _for(lemmas(g).smooth, g)
    theorem = then(theorem, at(Partial)(lambda part: instance(slope, part)))
    return discharge(theorem, generalise(is_smooth, _X))


def _with_symbols(term: Any, var: Var, symbols: list[tuple[Any, Expr]]) -> Any:
    """``term`` with an unknown symbol for each ∫_0^x g in it whose end moves with ``var``."""
    if var not in free_vars(term):
        return term
    for moving, rest in _readings(term):
        if (
            moving.low is S.Zero
            and moving.symbolic
            and var in free_vars(moving.high) - free_vars(moving.g)
        ):
            head = _symbol(moving.g, symbols)
            others = head.params[1:]
            return mul(_with_symbols(rest, var, symbols), head(moving.high, *others))
    places = declaration(term).places(term)
    args = [
        _with_symbols(arg, var, symbols) if i in places else arg for i, arg in enumerate(term.args)
    ]
    return rebuilt(term, *args) if args != list(term.args) else term


def _symbol(g: Expr, symbols: list[tuple[Any, Expr]]) -> Any:
    known = next((head for head, other in symbols if alpha_equal(g, other)), None)
    if known is None:
        kind = Field if sort_of(g) is Sort.VEC else Scalar
        known = kind(f"P{len(symbols)}''''''", TAU, *_others(g))
        symbols.append((known, g))
    return known


def integrated(equations: Sequence[Theorem]) -> Conversion:
    """∫ₐᵇ f(τ) dτ as F(b) − F(a), where ∂F = f is among ``equations``."""
    slopes = [found for equation in equations for found in _primitives(equation)]

    @at(Mul, IntegralOver)
    def convert(term: Expr) -> Theorem | None:
        for integral, width, rest in _integrals_in(term):
            for slope in slopes:
                known = _by_primitive(integral, width, slope)
                found = known and _beside(known, rest, term)
                if found is not None:
                    return found
        return None

    return convert


def _integrals_in(term: Expr) -> Iterator[tuple[Any, Expr, Expr]]:
    """Each integral over [0, 1] with a factor beside it as its width, or 1; and the rest."""
    parts = factors(term)
    for i, integral in enumerate(parts):
        if _over_unit(integral):
            for j, width in enumerate(parts):
                if j != i and sort_of(width) is Sort.REAL and free_vars(width):
                    yield integral, width, mul(*without(parts, i, j))
            yield integral, S.One, mul(*without(parts, i))


def _primitives(equation: Theorem) -> Iterator[tuple[Var, Expr, Theorem]]:
    """(τ, F, f = ∂_τ F) for an equation that says so, at every τ, up to a factor of numbers."""
    for known in (equation, symmetry(equation)):
        c, slope = coefficient(known.lhs)
        if not (isinstance(slope, Partial) and isinstance(slope.at, Var)):
            continue
        right = mul(S.One / c, known.rhs)
        turned = attempt(linear_combination, known, -S.One / c, right, slope)
        if turned is not None and not isinstance(known.rhs, Var) and slope.at in free_vars(right):
            yield slope.at, substitute(slope.body, {slope.var: slope.at}), turned


def _by_primitive(
    integral: Any, width: Expr, primitive: tuple[Var, Expr, Theorem]
) -> Theorem | None:
    time, whole, equation = primitive
    s = integral.measure[0].var
    lows = (S.Zero,) if width is S.One else (*_starts(integral.body, s, width), _start(width))
    for low in dict.fromkeys(lows):
        there = add(low, mul(s, width))
        at_time = attempt(instantiate, equation, {time: there})
        same = None if at_time is None else _up_to_factor(integral.body, at_time)
        if at_time is None or same is None:
            continue
        times, rewritten = same
        inside = attempt(congruence, integral, {0: rewritten})
        if inside is None:
            continue
        inside = then(inside, _linear)
        g = substitute(whole, {time: TAU})
        ends = MovingEnds(low, ring_normal(add(low, width)), g)
        slope = symmetry(instantiate(equation, {time: add(low, mul(_S, width))}))
        along = discharge(_put(lemmas(g).along, ends), _carried(slope))
        left = mul(width, integral)
        joined = attempt(
            linear_combination, along, times, mul(width, inside.rhs), mul(times, along.rhs)
        )
        moved = attempt(linear_combination, inside, width, left, mul(width, inside.rhs))
        if joined is not None and moved is not None:
            return attempt(transitivity, moved, joined)
    return None


def _up_to_factor(body: Expr, equation: Theorem) -> tuple[Expr, Theorem] | None:
    """(c, body = c·b) from a = b, where body is c·a for a number c."""
    (c, one), (d, other) = (coefficient(ring_normal(side)) for side in (body, equation.lhs))
    if one.is_Add:  # the coefficients of sums stand at their summands
        c, d = (coefficient(summands(side)[0])[0] for side in (one, other))
    for times in dict.fromkeys((mul(c / d), mul(-c / d))):
        found = attempt(linear_combination, equation, times, body, mul(times, equation.rhs))
        if found is not None:
            return times, found
    return None
