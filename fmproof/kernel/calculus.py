"""Derivatives at a point: what they are, where they exist, and when they pass under an integral."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.algebra import paired
from fmproof.kernel.gaussian import exponent, is_gaussian, require_fixed_variance
from fmproof.kernel.integrals import is_integral, linear_parts, with_body
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import Add, Mul, Pow, add, factors, mul, power_of, without
from fmproof.lang.node import is_nonnegative, shown, sort_of
from fmproof.lang.nodes import (
    Abs,
    Apply,
    ArgMin,
    Div,
    Draw,
    Exp,
    Grad,
    Inner,
    Log,
    Partial,
    Ratio,
    Sqrt,
    Var,
    dim,
)
from fmproof.lang.nodes.derivative import Derivative
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.numbers import fraction
from fmproof.lang.props import (
    Almost,
    Differentiable,
    Dominated,
    Equals,
    Integrable,
    Positive,
    Prop,
    VanishesWith,
)
from fmproof.lang.scope import alpha_equal, apart, free_vars, fresh, substitute
from fmproof.lang.sorts import Sort

CALCULUS = "Rudin, Principles of Mathematical Analysis, theorems 5.3, 5.5 and 9.15"
_EXCHANGE = "Folland, Real Analysis, theorem 2.27"


# --- where derivatives exist --------------------------------------------------------------


def _needs(body: Any, pairs: tuple[tuple[Var, Expr], ...]) -> list[Prop]:
    """What makes ``body`` differentiable, from its outermost operation.

    Raises:
        RuleError: that operation is not one that a rule of calculus is about.
    """
    variables, places = {var for var, _ in pairs}, dict(pairs)

    def differentiable(parts: Iterable[Any]) -> list[Prop]:
        """Of those parts that move; of the variables themselves nothing is needed."""
        moving = (p for p in parts if variables & free_vars(p) and p not in variables)
        return [Differentiable(part, *chain.from_iterable(pairs)) for part in moving]

    kind = type(body)
    if not variables & free_vars(body) or body in variables:
        return []
    if kind is Add:
        return differentiable(part for _, part in linear_parts(body, variables))
    if kind is Mul:
        return differentiable(factors(body))
    if kind in _DOMAINS:
        there = (substitute(arg, places) for arg in body.args)
        return [*differentiable(dict.fromkeys(body.args)), *_DOMAINS[kind](*there)]
    if is_gaussian(body):
        variance = substitute(body.arguments[2], places)
        return [*differentiable(body.arguments), Positive(variance)]
    if kind is Apply and body.head.definition is None:
        inner, moved = _head_at(body, places)
        here = Differentiable(inner, *chain.from_iterable(moved))
        return [here, *differentiable(body.arguments)]
    if is_integral(body) and len(pairs) == 1 and not variables & _in_measure(body):
        ((var, at),) = pairs
        return [Dominated(body.body, var, at, *body.measure)]
    raise RuleError("derivative: no rule for %s", body)


def _head_at(body: Apply, places: dict[Var, Expr]) -> tuple[Expr, list[tuple[Var, Expr]]]:
    """A symbol applied to new variables where its arguments move, and their places."""
    taken = set().union(*map(free_vars, (*body.arguments, *places.values())), places)
    arguments, moved = [], []
    for param, argument in zip(body.head.params, body.arguments, strict=True):
        value = substitute(argument, places)
        if not set(places) & free_vars(argument):
            arguments.append(value)
            continue
        name = fresh(param, taken)
        taken.add(name)
        arguments.append(name)
        moved.append((name, value))
    return Apply(body.head, *arguments), moved


def _in_measure(node: Any) -> frozenset[Var]:
    return frozenset().union(*map(free_vars, node.measure))


@rule("D2", CALCULUS)
def differentiable(goal: Differentiable) -> Sequent:
    """{the parts differentiable, denominators and arguments of |·| ≠ 0, arguments of log and √ and
    variances > 0, at the places} ⊢ sums, products, ratios, compositions differentiable;
    {domination} ⊢ integrals differentiable in one variable, of which their measure is free.
    """
    needs = _needs(goal.body, goal.pairs)
    if any(alpha_equal(goal, need) for need in needs):
        raise RuleError("differentiable: nothing to separate in %s", goal)
    return infer(goal, *needs)


@rule("D2", CALCULUS)
def fewer_variables(premise: Differentiable, var: Var) -> Sequent:
    """{f jointly differentiable} ⊢ f differentiable in fewer variables, one at its place."""
    places = dict(premise.pairs)
    fits = len(places) > 1 and var in places
    require(fits, "differentiable", f"a joint differentiability in {var.name}", premise)
    body = substitute(premise.body, {var: places.pop(var)})
    return infer(Differentiable(body, *chain.from_iterable(places.items())), premise)


# --- what they are ------------------------------------------------------------------------


def _derivative(node: Any) -> Expr:
    """The derivative by the rule for the outermost operation of the body."""
    body, var, at = node.args
    kind = type(node)

    def here(term: Expr) -> Expr:
        return substitute(term, {var: at})

    def slope(term: Any, of: Any = kind) -> Expr:
        return of(term, var, at) if var in free_vars(term) else S.Zero

    if var not in free_vars(body):
        return S.Zero
    if body is var:
        return dim if kind is Div else S.One
    parts = linear_parts(body, (var,))
    if len(parts) > 1 or parts[0][0] is not S.One:
        return add(*(_product(kind, part, here, slope) for part in parts if part[1] is not S.One))
    if type(body) is Mul:
        return _product(kind, factors(body), here, slope)
    if type(body) in _PARTIALS and (type(body) is not Inner or kind is Partial):
        outer = _PARTIALS[type(body)](*map(here, body.args))
        return add(*(paired(a, slope(part)) for a, part in zip(outer, body.args, strict=True)))
    if type(body) is Inner and var.sort is Sort.VEC:
        (c, a), (k, b) = ((_coefficient(side, var), side) for side in body.args)
        return add(mul(c, here(b)), mul(k, here(a)))
    if is_gaussian(body):
        return mul(here(body), slope(exponent(body)))
    if type(body) is Apply and body.head.definition is None:
        return _chain(body, var, at, kind, slope)
    raise RuleError("derivative: no rule for %s", node)


_PARTIALS: dict[type, Callable[..., tuple[Expr, ...]]] = {
    Pow: lambda a, n: (mul(n, power_of(a, fraction(n) - 1)), S.Zero),
    Inner: lambda a, b: (b, a),
    Ratio: lambda a, b: (Ratio(S.One, b), mul(S.NegativeOne, a, Ratio(S.One, mul(b, b)))),
    Exp: lambda a: (Exp(a),),
    Log: lambda a: (Ratio(S.One, a),),
    Sqrt: lambda a: (mul(S.Half, Ratio(S.One, Sqrt(a))),),
    Abs: lambda a: (Ratio(a, Abs(a)),),
}
"""What multiplies the derivative of each argument in that of an operation."""
_DOMAINS: dict[type, Callable[..., tuple[Prop, ...]]] = {
    Pow: lambda a, n: (),
    Inner: lambda a, b: (),
    Ratio: lambda a, b: (VanishesWith(S.One, b),),
    Exp: lambda a: (),
    Log: lambda a: (Positive(a),),
    Sqrt: lambda a: (Positive(a),),
    Abs: lambda a: (VanishesWith(S.One, a),),
}
"""Where these operations are differentiable."""


def _product(kind: type, parts: tuple[Expr, ...], here: Any, slope: Any) -> Expr:
    """The product rule: of the first factor and the others, or of the scalars and the vector. The
    derivative of a constant is 0."""
    place = next((i for i, f in enumerate(parts) if sort_of(f) is Sort.VEC), 0)
    first, rest = parts[place], mul(*without(parts, place))
    if kind is Div:
        return add(Inner(slope(rest, Grad), here(first)), mul(here(rest), slope(first)))
    return add(mul(slope(first), here(rest)), mul(here(first), slope(rest)))


def _coefficient(side: Expr, var: Var) -> Expr:
    """c where a vector is c·x + m, for c and m free of x."""
    total = []
    for constant, moving in linear_parts(side, (var,)):
        if moving is var:
            total.append(constant)
        elif moving is not S.One:
            raise RuleError(f"derivative: {shown(side)} is not c·{var.name} + m")
    return add(*total)


def _chain(body: Apply, var: Var, at: Expr, kind: type, slope: Any) -> Expr:
    """The chain rule for a symbol whose arguments move."""
    _, moved = _head_at(body, {var: at})
    here = [substitute(argument, {var: at}) for argument in body.arguments]
    names = iter(moved)
    total = []
    for place, argument in enumerate(body.arguments):
        if var not in free_vars(argument):
            continue
        name, value = next(names)
        inner = Apply(body.head, *here[:place], name, *here[place + 1 :])
        if argument is var and len(moved) == 1:
            raise RuleError("derivative: nothing to separate in %s", slope(body))
        if name.sort is Sort.REAL or (body.head.result is Sort.REAL and kind is Partial):
            outer = Partial if name.sort is Sort.REAL else Grad
            total.append(paired(outer(inner, name, value), slope(argument)))
        elif name.sort is Sort.VEC and kind is Grad and var.sort is Sort.VEC:
            total.append(mul(_coefficient(argument, var), Grad(inner, name, value)))
        else:
            raise RuleError("derivative: no chain rule for %s", slope(body))
    return add(*total)


@rule("D1", CALCULUS)
def derivative(term: Derivative) -> Sequent:
    """{the parts differentiable, …} ⊢ ∇, ∂ or div of a sum, product, ratio, inner product or
    composition = what linearity, the product, quotient and chain rules give.

    A constant multiple of one f plus a constant needs no condition: it is differentiable where f
    is.
    """
    result = _derivative(term)
    if result == term:
        raise RuleError("derivative: nothing to separate in %s", term)
    parts = linear_parts(term.body, (term.var,))
    moving = [f for _, f in parts if f is not S.One]
    linear = len(moving) == 1 and (len(parts) > 1 or parts[0][0] is not S.One)
    needs = () if linear else _needs(term.body, ((term.var, term.at),))
    return infer(Equals(term, result), *needs)


@rule("D5", "Rudin, Principles of Mathematical Analysis, theorem 5.8")
def slope_at_zero(a: Expr, slope: Derivative) -> Sequent:
    """⊢ f(s) = 0 ⇒ ⟨a, ∇f(s)⟩ = 0 for f that is clearly ≥ 0, and so with a·∂f(s). No condition: if
    f is not differentiable the derivative is 0.
    """
    fits = sort_of(slope.body) is Sort.REAL and is_nonnegative(slope.body)
    require(fits, "stationary", "∇f or ∂f with f ≥ 0", slope)
    return infer(VanishesWith(paired(a, slope), substitute(slope.body, {slope.var: slope.at})))


@rule("D6", CALCULUS)
def log_derivative(term: Derivative) -> Sequent:
    """{f differentiable} ⊢ ∇f = f·∇log f and ∂f = f·∂ log f, for f that is clearly ≥ 0. If f is 0
    it has a minimum, and both sides are 0.
    """
    body, var, at = term.args
    fits = sort_of(body) is Sort.REAL and is_nonnegative(body)
    require(fits, "logarithm", "∇f or ∂f with f ≥ 0", term)
    result = mul(substitute(body, {var: at}), type(term)(Log(body), var, at))
    return infer(Equals(term, result), Differentiable(body, var, at))


# --- under an integral --------------------------------------------------------------------


@rule("D3", _EXCHANGE)
def exchange(term: Derivative) -> Sequent:
    """{domination} ⊢ ∇∫ f = ∫ ∇f, where the measure is free of the variable; the same for ∂, div
    and E.
    """
    body, var, at = term.args
    require(is_integral(body), "exchange", "a derivative of an integral", term)
    inner: Any = apart(body, free_vars(at) | {var})
    if var in _in_measure(inner):
        raise RuleError(f"exchange: the measure depends on {var.name} in {shown(term)}")
    result = with_body(inner, type(term)(inner.body, var, at))
    return infer(Equals(term, result), Dominated(inner.body, var, at, *inner.measure))


@rule("D3", _EXCHANGE)
def dominated_derivative(slope: Derivative, measure: Sequence[Draw]) -> Sequent:
    """{domination} ⊢ ∇f integrable, at a place that is not integrated; the same for ∂ and div."""
    if any(free_vars(slope.at).intersection(drawn_by(item)) for item in measure):
        raise RuleError("domination: what is integrated moves the place of %s", slope)
    return infer(Integrable(slope, *measure), Dominated(*slope.args, *measure))


@rule("D3", _EXCHANGE)
def dominated_integrable(premise: Dominated) -> Sequent:
    """{domination} ⊢ f integrable at the place."""
    there = substitute(premise.body, {premise.var: premise.at})
    return infer(Integrable(there, *premise.measure), premise)


@rule("D3", _EXCHANGE)
def dominated_differentiable(premise: Dominated) -> Sequent:
    """{domination} ⊢ f differentiable at the place, for almost every value of the measure."""
    slope = Differentiable(premise.body, premise.var, premise.at)
    return infer(Almost(slope, *premise.measure), premise)


@rule("D3", "the gradient of a Gaussian density is bounded, in x and in m")
def times_gaussian_dominated(
    density: Expr, k: Expr, var: Var, at: Expr, measure: Sequence[Draw]
) -> Sequent:
    """{v > 0, k integrable} ⊢ domination of the gradient of k·N(x; m, v) in x or in m, whichever is
    the variable; the other, k and v do not depend on it, and v on nothing that is integrated.
    """
    require_fixed_variance(density, measure)
    x, m, v = density.args[1:]
    goal = Dominated(mul(k, density), var, at, *measure)
    moving = [part for part in (x, m, v, k) if var in free_vars(part)]
    if moving not in ([x], [m]) or moving != [var]:
        raise RuleError("domination: not just the mean or the place moves in %s", goal)
    return infer(goal, Positive(v), Integrable(k, *measure))


# --- minimisers ---------------------------------------------------------------------------


@rule("G2", "f + k ≤ g + k if and only if f ≤ g")
def argmin_of_shift(f: Expr, k: Expr, var: Var) -> Sequent:
    """⊢ argmin_θ (f + k) = argmin_θ f, for k free of θ."""
    if var in free_vars(k):
        raise RuleError("minimisers: %s is not free of %s", k, var)
    return infer(Equals(ArgMin(add(f, k), var), ArgMin(f, var)))
