"""d/dt E_{x ~ p_t}[f(x)] = E[⟨∇f(x), v(x)⟩] for a density that moves by ∂_t p = −div(p v).

Documents say it in one row. Here it is the integral of f against p_t, differentiated under the
integral sign, with what an earlier row says of ∂_t p put in, and integrated by parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Expr

from fmproof.documents.facts import Fact
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Apply,
    Density,
    Div,
    Expect,
    Grad,
    Inner,
    Integral,
    IntegralOver,
    Lebesgue,
    Partial,
    Var,
)
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.tactics.script import Step


def average_steps(before: Expr, fact: Fact, slope: Expr, value: Expr) -> Iterator[list[Step]]:
    """Steps from d/dt E_{x ~ p_t}[f(x)] to E[⟨∇f(x), v(x)⟩], by a fact that says that ``slope`` is
    ``value``; to be cited as its first one."""
    found = _average(before)
    flux = _flux(slope, value)
    if found is None or flux is None:
        return
    f, x, density = found
    moving, y, other = flux
    if moving.head != density.head or sort_of(f) is not Sort.REAL:
        return
    assert isinstance(before, Partial)
    now = substitute(density, {before.var: before.at})
    put = {y: x}
    slope_here = Partial(density, before.var, before.at)
    v = substitute(other, put)
    spread = substitute(value, put)
    flow = mul(now, v)
    div, whole = Div(flow, x), Div(mul(f, flow), x)
    stays = Integral(mul(f, div), x)
    along = Inner(Grad(f, x, x), v)
    whole_average = Partial(Integral(mul(f, density), x), before.var, before.at)
    begin = [Step("m.1", whole_average, by="auto")] if whole_average != before else []
    yield [
        *begin,
        Step("m.2", Integral(mul(f, slope_here), x), by=("exchange", "derivative")),
        Step("m.3", Integral(mul(f, spread), x), by="auto"),
        Step("m.4", -stays, by="linearity"),
        Step("m.5", Integral(whole, x) - stays, by="parts"),
        Step("m.6", Integral(whole - mul(f, div), x), by="linearity"),
        Step("m.7", Integral(mul(along, now), x), by=("derivative", "square")),
        *([Step("m.8", Expect(along, now), by="expectation")] if _draws(now, x) else []),
    ]


def _average(term: Expr) -> tuple[Expr, Var, Any] | None:
    """f, x and p_t(x) of d/dt E_{x ~ p_t}[f(x)], or of d/dt ∫ f(x) p_t(x) dx; or of dM/dt, where M
    is defined so."""
    average = term.body if isinstance(term, Partial) else None
    if isinstance(average, Apply) and average.head.definition is not None:
        average = average.head.unfold(average.arguments)
    if not isinstance(average, Expect | IntegralOver) or len(average.measure) != 1:
        return None
    assert isinstance(term, Partial)
    (draw,) = average.measure
    f = average.body
    if isinstance(draw, Lebesgue):
        point, parts = draw.var, factors(f)
        own = [i for i, part in enumerate(parts) if _is_density(part, point)]
        if len(own) != 1:
            return None
        draw, f = parts[own[0]], mul(*without(parts, own[0]))
    elif _is_density(draw) and len(draw.head.drawn(draw)) == 1:
        (point,) = draw.head.drawn(draw)
    else:
        return None
    moves = term.var in free_vars(draw) and term.var not in free_vars(f)
    return (f, point, draw) if moves else None


def _is_density(part: Any, point: Var | None = None) -> bool:
    """Whether a factor is a density; at a point, where one is given."""
    named = isinstance(part, Apply) and isinstance(part.head, Density)
    return named and (point is None or list(part.arguments).count(point) == 1)


def _draws(density: Any, point: Var) -> bool:
    """Whether a density is one of the point alone: p(x, t) may be one of both letters."""
    return list(density.head.drawn(density)) == [point]


def _flux(slope: Expr, value: Expr) -> tuple[Any, Var, Expr] | None:
    """p_t(x), x and v of ∂_t p_t(x) = −div(p v)."""
    parts = factors(value)
    spreads = [part for part in parts if isinstance(part, Div)]
    if not (isinstance(slope, Partial) and len(spreads) == 1 and len(parts) == 2):
        return None
    (div,) = spreads
    inside = factors(div.body)
    density = [
        part for part in inside if isinstance(part, Apply) and isinstance(part.head, Density)
    ]
    if len(density) != 1 or not isinstance(div.at, Var):
        return None
    v = mul(*without(inside, inside.index(density[0])))
    return density[0], div.at, substitute(v, {div.var: div.at})
