"""Differential equations for a point, dx/dt = f(x, t): they say how it moves, and what dx/dt is."""

from __future__ import annotations

from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Elaborator, NotYet
from fmproof.reading.notation.symbols import spelled


def moved_point(elab: Elaborator, left: t.Node | None) -> str:
    """The spelling of a point x of which ``left`` is the derivative dx/dt in a time; or "".

    A path, z_t, is no such point: it has a derivative of its own.
    """
    left = None if left is None else t.ungrouped(left)
    if not (isinstance(left, t.Derivative) and left.kind == "total"):
        return ""
    point, time = left.body, left.var
    if not (isinstance(point, t.Sym) and isinstance(time, t.Sym) and elab.is_time(spelled(time))):
        return ""
    if any(elab.of_times(script) for script in point.sub) or elab.path(point) is not None:
        return ""
    try:
        vector = elab.sort_of_variable(point)[0] is Sort.VEC
    except NotYet:
        return ""
    return f"d{spelled(point)}/d{spelled(time)}" if vector else ""
