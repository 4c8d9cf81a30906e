"""Derivatives at a point: what they are, where they exist, and when they pass under an integral."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.gaussian import exponent
from fmproof.kernel.integrals import is_integral, linear_parts, with_body
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import Add, Mul, Pow, add, factors, mul, power_of, summands, without
from fmproof.lang.node import is_nonnegative, is_one_of, shown, sort_of
from fmproof.lang.nodes import (
    Abs,
    Apply,
    ArgMin,
    Div,
    Exp,
    Gaussian,
    Grad,
    Inner,
    IntegralOver,
    Log,
    Partial,
    Ratio,
    Sqrt,
    Var,
    dim,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.numbers import fraction
from fmproof.lang.props import (
    Almost,
    Differentiable,
    Dominated,
    Equals,
    ForAll,
    Integrable,
    Positive,
    Prop,
    VanishesWith,
)
from fmproof.lang.scope import alpha_equal, apart, free_vars, fresh, substitute
from fmproof.lang.sorts import Sort

CALCULUS = "Rudin, Principles of Mathematical Analysis, theorems 5.3, 5.5 and 9.15"
_EXCHANGE = "Folland, Real Analysis, theorem 2.27"
DERIVATIVES = (Grad, Partial, Div)
_FUNCTIONS = (Exp, Log, Sqrt, Abs)


# --- where derivatives exist --------------------------------------------------------------


def _needs(body: Any, pairs: tuple[tuple[Var, Expr], ...]) -> list[Prop]:
    """What makes ``body`` differentiable, from its outermost operation.

    Raises:
        RuleError: that operation is not one that a rule of calculus is about.
    """
    variables, places = {var for var, _ in pairs}, dict(pairs)

    def differentiable(parts: Iterable[Any]) -> list[Prop]:
        """Of those parts that move; of the variables themselves nothing is needed."""
        flat = [item for pair in pairs for item in pair]
        moving = (p for p in parts if variables & free_vars(p) and p not in variables)
        return [Differentiable(part, *flat) for part in moving]

    def nonzero(part: Expr) -> Prop:
        return VanishesWith(S.One, substitute(part, places))

    kind = type(body)
    if not variables & free_vars(body) or body in variables:
        return []
    if is_one_of(body, (Add, Mul)):
        return differentiable(
            factor
            for _, part in linear_parts(body, variables)
            for factor in ((part,) if kind is Add else factors(part))
        )
    if kind is Pow:
        return differentiable(body.args[:1])
    if kind is Inner:
        return differentiable(dict.fromkeys(body.args))
    if kind is Ratio:
        return [*differentiable(body.args), nonzero(body.args[1])]
    if is_one_of(body, _FUNCTIONS):
        signs = {Exp: [], Abs: [nonzero(body.args[0])]}
        positive = [Positive(substitute(body.args[0], places))]
        return [*differentiable(body.args), *signs.get(kind, positive)]
    if kind is Apply and type(body.head) is Gaussian:
        variance = substitute(body.arguments[2], places)
        return [*differentiable(body.arguments), Positive(variance)]
    if kind is Apply and body.head.definition is None:
        inner, moved = _head_at(body, places)
        here = Differentiable(inner, *(item for pair in moved for item in pair))
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
def differentiable(goal: Prop) -> Sequent:
    """{the parts differentiable, denominators ≠ 0, arguments of log and √ > 0} ⊢ sums, products,
    ratios, compositions differentiable; {domination} ⊢ integrals differentiable.
    """
    node: Any = goal
    require(type(goal) is Differentiable, "differentiable", "a differentiability", goal)
    needs = _needs(node.body, node.pairs)
    if any(alpha_equal(goal, need) for need in needs):
        raise RuleError("differentiable: nothing to separate in %s", goal)
    return infer(goal, *needs)


@rule("D2", CALCULUS)
def fewer_variables(premise: Prop, var: Var) -> Sequent:
    """{f jointly differentiable} ⊢ f differentiable in fewer variables, one at its place."""
    node: Any = premise
    fits = type(premise) is Differentiable and len(node.pairs) > 1 and var in dict(node.pairs)
    require(fits, "differentiable", f"a joint differentiability in {var.name}", premise)
    rest = [item for v, at in node.pairs if v is not var for item in (v, at)]
    return infer(
        Differentiable(substitute(node.body, {var: dict(node.pairs)[var]}), *rest), premise
    )


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
        return add(*(_scaled(kind, c, f, slope) for c, f in parts))
    if type(body) is Mul:
        return _product(kind, factors(body), here, slope)
    if type(body) is Pow:
        base, power = body.args
        return mul(power, power_of(here(base), fraction(power) - 1), slope(base))
    if type(body) is Inner and kind is Partial:
        a, b = body.args
        return add(Inner(slope(a), here(b)), Inner(here(a), slope(b)))
    if type(body) is Inner and var.sort is Sort.VEC:
        (c, a), (k, b) = ((_coefficient(side, var), side) for side in body.args)
        return add(mul(c, here(b)), mul(k, here(a)))
    if type(body) is Ratio:
        a, b = body.args
        below = here(b)
        first = mul(Ratio(S.One, below), slope(a))
        return add(first, mul(S.NegativeOne, here(a), Ratio(S.One, mul(below, below)), slope(b)))
    if is_one_of(body, _FUNCTIONS):
        return mul(_OUTER[type(body)](here(body.args[0])), slope(body.args[0]))
    if type(body) is Apply and type(body.head) is Gaussian:
        return mul(here(body), slope(exponent(body)))
    if type(body) is Apply and body.head.definition is None:
        return _chain(body, var, at, kind, slope)
    raise RuleError("derivative: no rule for %s", node)


_OUTER: dict[type, Callable[[Expr], Expr]] = {
    Exp: Exp,
    Log: lambda a: Ratio(S.One, a),
    Sqrt: lambda a: mul(S.Half, Ratio(S.One, Sqrt(a))),
    Abs: lambda a: Ratio(a, Abs(a)),
}
"""The derivatives of the functions."""


def _scaled(kind: type, constant: Expr, moving: Expr, slope: Any) -> Expr:
    """The derivative of a constant times what moves; either may be the vector."""
    if kind is Div and sort_of(constant) is Sort.VEC:
        return Inner(constant, slope(moving, Grad)) if moving is not S.One else S.Zero
    return mul(constant, slope(moving))


def _product(kind: type, parts: tuple[Expr, ...], here: Any, slope: Any) -> Expr:
    """The product rule: of the first factor and the others, or of the scalars and the vector."""
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
        if name.sort is Sort.REAL:
            outer = Partial(inner, name, value)
            total.append(mul(outer, slope(argument)))
        elif name.sort is Sort.VEC and body.head.result is Sort.REAL and kind is Partial:
            total.append(Inner(Grad(inner, name, value), slope(argument)))
        elif name.sort is Sort.VEC and kind is Grad and var.sort is Sort.VEC:
            total.append(mul(_coefficient(argument, var), Grad(inner, name, value)))
        else:
            raise RuleError("derivative: no chain rule for %s", slope(body))
    return add(*total)


@rule("D1", CALCULUS)
def derivative(term: Expr) -> Sequent:
    """{the parts differentiable, …} ⊢ ∇, ∂ or div of a sum, product, ratio, inner product or
    composition = what linearity, the product, quotient and chain rules give.

    A constant multiple of one f plus a constant needs no condition: it is differentiable where f
    is.
    """
    node: Any = term
    require(is_one_of(term, DERIVATIVES), "derivative", "a derivative", term)
    result = _derivative(node)
    if result == term:
        raise RuleError("derivative: nothing to separate in %s", term)
    parts = linear_parts(node.body, (node.var,))
    moving = [f for _, f in parts if f is not S.One]
    linear = len(moving) == 1 and (len(parts) > 1 or parts[0][0] is not S.One)
    return infer(
        Equals(term, result), *(() if linear else _needs(node.body, ((node.var, node.at),)))
    )


@rule("D5", "Rudin, Principles of Mathematical Analysis, theorem 5.8")
def stationary_at_zero(goal: Prop) -> Sequent:
    """⊢ f(s) = 0 ⇒ k⟨a, ∇f(s)⟩ = 0 for f that is clearly ≥ 0, and so with ∂f(s). No condition: if
    f is not differentiable the derivative is 0.
    """
    node: Any = goal
    require(type(goal) is VanishesWith, "stationary", "b = 0 ⇒ a = 0", goal)
    for part in factors(node.args[0]):
        for slope in part.args if type(part) is Inner else (part,):
            if is_one_of(slope, (Grad, Partial)) and is_nonnegative(slope.body):
                value = substitute(slope.body, {slope.var: slope.at})
                if sort_of(slope.body) is Sort.REAL and alpha_equal(value, node.args[1]):
                    return infer(goal)
    raise RuleError("stationary: no derivative of what vanishes in %s", goal)


@rule("D6", CALCULUS)
def log_derivative(term: Expr) -> Sequent:
    """{f differentiable} ⊢ ∇f = f·∇log f and ∂f = f·∂ log f, for f that is clearly ≥ 0. If f is 0
    it has a minimum, and both sides are 0.
    """
    node: Any = term
    fits = is_one_of(term, (Grad, Partial)) and sort_of(node.body) is Sort.REAL
    require(fits and is_nonnegative(node.body), "logarithm", "∇f or ∂f with f ≥ 0", term)
    value = substitute(node.body, {node.var: node.at})
    result = mul(value, type(node)(Log(node.body), node.var, node.at))
    return infer(Equals(term, result), Differentiable(*node.args))


# --- under an integral --------------------------------------------------------------------


@rule("D3", _EXCHANGE)
def exchange(term: Expr) -> Sequent:
    """{domination} ⊢ ∇∫ f = ∫ ∇f; the same for ∂, div and E."""
    node: Any = term
    fits = is_one_of(term, DERIVATIVES) and is_integral(node.body)
    require(fits, "exchange", "a derivative of an integral", term)
    inner = apart(node.body, free_vars(node.at) | {node.var})
    if node.var in _in_measure(inner):
        raise RuleError(f"exchange: the measure depends on {node.var.name} in {shown(term)}")
    result = with_body(inner, type(node)(inner.body, node.var, node.at))
    return infer(Equals(term, result), Dominated(inner.body, node.var, node.at, *inner.measure))


@rule("D3", _EXCHANGE)
def integrable_derivative(goal: Prop) -> Sequent:
    """{domination} ⊢ ∇f integrable; the same for ∂ and div."""
    node: Any = goal
    fits = type(goal) is Integrable and is_one_of(node.body, DERIVATIVES)
    require(fits, "domination", "that a derivative is integrable", goal)
    inner: Any = node.body
    bound = {var for item in node.measure for var in drawn_by(item)}
    if bound & free_vars(inner.at):
        raise RuleError("domination: %s is integrated in %s", inner.at, goal)
    return infer(goal, Dominated(inner.body, inner.var, inner.at, *node.measure))


@rule("D3", _EXCHANGE)
def dominated_integrable(premise: Prop) -> Sequent:
    """{domination} ⊢ f integrable at the place."""
    node: Any = premise
    require(type(premise) is Dominated, "domination", "a domination", premise)
    return infer(Integrable(substitute(node.body, {node.var: node.at}), *node.measure), premise)


@rule("D3", _EXCHANGE)
def dominated_differentiable(premise: Prop) -> Sequent:
    """{domination} ⊢ f differentiable at the place, for almost every value of the measure."""
    node: Any = premise
    require(type(premise) is Dominated, "domination", "a domination", premise)
    slope = Differentiable(node.body, node.var, node.at)
    return infer(Almost(slope, *node.measure), premise)


@rule("D3", "the gradient of a Gaussian density is bounded, in x and in m")
def gaussian_dominated(goal: Prop) -> Sequent:
    """{v > 0, k integrable} ⊢ domination of the gradient of k·N(x; m, v) in x or in m, where k and
    v do not depend on it, and v on nothing that is integrated.
    """
    node: Any = goal
    require(type(goal) is Dominated, "domination", "a domination", goal)
    parts = factors(node.body)
    bound = {var for item in node.measure for var in drawn_by(item)}
    for place, part in enumerate(parts):
        if type(part) is Apply and type(part.head) is Gaussian and node.var in free_vars(part):
            x, m, v = part.arguments
            others = without(parts, place)
            moving = [a for a in (x, m) if node.var in free_vars(a)]
            constant = not (bound | {node.var}) & free_vars(v)
            if moving == [node.var] and constant and node.var not in free_vars(mul(*others)):
                return infer(goal, Positive(v), Integrable(mul(*others), *node.measure))
    raise RuleError("domination: no Gaussian density in %s", goal)


@rule("D4", "the divergence theorem on growing boxes; Mathlib, integral_divergence_of_hasFDerivAt")
def divergence_theorem(term: Expr) -> Sequent:
    """{F differentiable, F and div F integrable} ⊢ ∫ div F dx = 0. No decay is assumed: the flux
    through the sides of a box is integrable in its size, so it is small for some large boxes.
    """
    node: Any = term
    fits = type(term) is IntegralOver and len(node.measure) == 1 and type(node.body) is Div
    require(fits, "divergence theorem", "∫ div F dx", term)
    (item,), inner = node.measure, node.body
    whole = item.var.sort is Sort.VEC and inner.at is item.var
    if not whole or item.var in free_vars(inner.body):
        raise RuleError("divergence theorem: not the integral of a divergence: %s", term)
    field = substitute(inner.body, {inner.var: item.var})
    smooth = ForAll(Differentiable(*inner.args), item.var)
    return infer(Equals(term, S.Zero), smooth, Integrable(field, item), Integrable(inner, item))


# --- minimisers ---------------------------------------------------------------------------


@rule("G2", "f + k ≤ g + k if and only if f ≤ g")
def minimisers_of_shift(term: Expr) -> Sequent:
    """⊢ argmin_θ (f + k) = argmin_θ f, for k free of θ."""
    require(type(term) is ArgMin, "minimisers", "argmin", term)
    body, var = term.args
    kept = [s for s in summands(body) if var in free_vars(s)]
    if len(kept) == len(summands(body)):
        raise RuleError("minimisers: no summand of %s is free of %s", body, var)
    return infer(Equals(term, ArgMin(add(*kept), var)))
