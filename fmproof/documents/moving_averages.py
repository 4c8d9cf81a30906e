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
from fmproof.lang.nodes import Apply, Density, Div, Expect, Grad, Inner, Integral, Partial, Var
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
    yield [
        Step("m.1", Partial(Integral(mul(f, density), x), before.var, before.at), by="expectation"),
        Step("m.2", Integral(mul(f, slope_here), x), by=("exchange", "derivative")),
        Step("m.3", Integral(mul(f, spread), x), by="auto"),
        Step("m.4", -stays, by="linearity"),
        Step("m.5", Integral(whole, x) - stays, by="parts"),
        Step("m.6", Integral(whole - mul(f, div), x), by="linearity"),
        Step("m.7", Integral(mul(along, now), x), by=("derivative", "square")),
        Step("m.8", Expect(along, now), by="expectation"),
    ]


def _average(term: Expr) -> tuple[Expr, Var, Any] | None:
    """f, x and p_t(x) of d/dt E_{x ~ p_t}[f(x)]."""
    if not (isinstance(term, Partial) and isinstance(term.body, Expect)):
        return None
    average = term.body
    if len(average.measure) != 1 or term.var in free_vars(average.body):
        return None
    (draw,) = average.measure
    if not (isinstance(draw, Apply) and isinstance(draw.head, Density)):
        return None
    drawn = draw.head.drawn(draw)
    moves = term.var in free_vars(draw)
    return (average.body, drawn[0], draw) if moves and len(drawn) == 1 else None


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
