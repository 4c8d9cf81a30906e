"""Differential equations: dx/dt = f(x, t) says how a point moves, dx_t/dt = f(x_t, t) how a path
goes on, ∂_t p = −div(p u) how a density does."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr

from fmproof.documents.terms import nodes_in
from fmproof.lang.nodes import Apply, Field, Head, Partial
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Elaborator, NotYet
from fmproof.reading.notation.symbols import key_of, spelled


def moved_point(elab: Elaborator, left: t.Node | None) -> str:
    """The spelling of a point x of which ``left`` is the derivative dx/dt in a time; or "".

    A path, z_t, is no such point: it has a derivative of its own. Of x = y + n nothing moves, so
    that dx/dt is said of another x.
    """
    left = None if left is None else t.ungrouped(left)
    if not (isinstance(left, t.Derivative) and left.kind == "total"):
        return ""
    point, time = left.body, left.var
    if not (isinstance(point, t.Sym) and isinstance(time, t.Sym) and elab.is_time(spelled(time))):
        return ""
    path = elab.path(point)
    if any(elab.of_times(script) for script in point.sub):
        return ""
    if path is not None and any(elab.is_time(elab.spelling(v)) for v in free_vars(path)):
        return ""
    try:
        vector = elab.sort_of_variable(point)[0] is Sort.VEC
    except NotYet:
        return ""
    return f"d{spelled(point)}/d{spelled(time)}" if vector else ""


def followed(left: t.Node | None, right: t.Node | None) -> t.Sym | t.Call | None:
    """The z_t, or ψ_t(x), of a row dz_t/dt = v(z_t, t), by its form."""
    left = None if left is None else t.ungrouped(left)
    path: t.Node
    if isinstance(left, t.Derivative) and left.kind in ("total", "partial"):
        path = t.ungrouped(left.body)
    elif isinstance(left, t.Sym) and left.accents[-1:] == ("dot",):
        path = replace(left, accents=left.accents[:-1])
    else:
        return None
    head = path.head if isinstance(path, t.Call) else path
    if not (isinstance(path, t.Sym | t.Call) and isinstance(head, t.Sym) and head.sub):
        return None
    calls = [n for n in t.walk(right) if isinstance(n, t.Call)] if right is not None else []
    along = any(spelled(arg) == spelled(path) for call in calls for arg in call.args)
    return path if along else None


def starts_at(elab: Elaborator, left: t.Node | None, right: t.Node | None) -> bool:
    """Whether a row says where a path starts that follows an equation, Z_0 = X_0: nothing of X_0,
    but of Z."""
    if not (isinstance(left, t.Sym) and isinstance(right, t.Sym)):
        return False
    start = len(left.sub) == 1 and isinstance(left.sub[0], t.Num)
    return start and key_of(left) in elab.courses and key_of(right) != key_of(left)


def carried(left: t.Node | None, right: t.Node | None) -> t.Sym | None:
    """The p_t of a row ∂_t p_t = −div(p_t u_t), by its form."""
    sides = [side for side in (left, right) if side is not None]
    if len(sides) < 2 or "div" not in {n.kind for n in _derivatives(sides)}:
        return None
    for slope in _derivatives(sides):
        body = t.ungrouped(slope.body)
        head = body.head if isinstance(body, t.Call) else body
        if slope.kind not in ("partial", "total") or not isinstance(slope.var, t.Sym):
            continue
        if isinstance(head, t.Sym) and spelled(slope.var) in map(spelled, head.sub):
            return head
    return None


def pushed(left: t.Node | None, right: t.Node | None) -> t.Sym | None:
    """The p_t of a row p_t(ψ_t(x)) |det D ψ_t(x)| = p_0(x), by its form."""
    nodes = [n for side in (left, right) if side is not None for n in t.walk(side)]
    if not any(isinstance(n, t.Function) and n.name == "det" for n in nodes):
        return None
    for call in (n for n in nodes if isinstance(n, t.Call) and len(n.args) == 1):
        place = call.args[0]
        if not (isinstance(place, t.Call) and call.head.sub):
            continue
        if [*map(spelled, call.head.sub)] == [*map(spelled, place.head.sub)]:
            return call.head
    return None


def _derivatives(sides: list[t.Node]) -> list[t.Derivative]:
    return [n for side in sides for n in t.walk(side) if isinstance(n, t.Derivative)]


def course(left: Expr, right: Expr) -> Head | None:
    """The path z of an equation dz_t/dt = v(z_t, t), of a z and a v that nothing defines.

    An equation dz_t/dt = (y − z_t)/(1 − t) may be a claim about a path that was not understood.
    """
    if not isinstance(left, Partial):
        left, right = right, left
    if not (isinstance(left, Partial) and isinstance(left.body, Apply)):
        return None
    path = left.body.head
    if path.definition is not None or not isinstance(path, Field) or left.var not in left.body.args:
        return None
    point = substitute(left.body, {left.var: left.at})
    for applied in nodes_in(right, Apply):
        field = applied.head
        unknown = isinstance(field, Field) and field is not path and field.definition is None
        if unknown and point in applied.arguments and not right.has(Partial):
            return path
    return None


def speaks_of_every_point(left: t.Node | None, right: t.Node | None) -> bool:
    """Whether a row is a differential equation of functions whose points it leaves out: that of
    ∂_t p + div(p u) = 0 is any x, although p is taken at a path x_t elsewhere."""
    sides = [side for side in (left, right) if side is not None]
    kinds = {n.kind for n in _derivatives(sides)}
    calls = any(isinstance(n, t.Call) for side in sides for n in t.walk(side))
    return not calls and bool(kinds & {"div", "laplace"}) and bool(kinds & {"partial", "total"})
