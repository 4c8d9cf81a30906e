"""Kullback–Leibler divergences: KL(q ‖ p) is the average of log q/p over q, for two densities.

They may be written with their variable, q(x|z); without it, q, q(·|z) or N(m, s² I); or have a
name, as P = N(m, s² I) has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.lang.nodes import Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator

_POINT = "◦k"
"""The spelling of the variable of densities that are written without one."""


def kullback_leibler(elab: Elaborator, node: t.Function) -> Expr | None:
    """The divergence of two densities of the same variables; None for anything else.

    Raises:
        NotYet: what is drawn is not known.
    """
    sides = (*node.args, *node.given)
    if node.name != "KL" or len(sides) != 2:
        return None
    one, other = (_density(elab, *pair) for pair in (sides, sides[::-1]))
    if one is None or other is None:
        return None
    letters = [_letters(side) for side in (one, other)]
    if letters[0] != letters[1]:
        return None
    if isinstance(one, t.Call) and letters[0] != [_POINT]:
        ratio = t.Function(node.at, "log", (t.Frac(node.at, one, other),))
        with elab.binding(_given(elab, one)):
            return elab.term(t.Expectation(node.at, (t.Draw(node.at, (one,), None),), ratio))
    name = elab.names.of("x''", "variable " + _POINT)
    elab.variables.setdefault(_POINT, Var(name, Sort.VEC))
    ratio = t.Function(node.at, "log", (t.Frac(node.at, one, other),))
    draw = t.Draw(node.at, (t.Sym(node.at, _POINT),), _law(one))
    return elab.term(t.Expectation(node.at, (draw,), ratio))


def _given(elab: Elaborator, density: t.Call) -> list[str]:
    """What a density is given, and what the paths among that are made of: it is not drawn."""
    found: set[str] = set()
    for one in density.given:
        value = elab.path(one) if isinstance(one, t.Sym) else None
        inside = free_vars(value) if value is not None else ()
        found |= {elab.spelling(v) for v in inside if v.sort is Sort.VEC} or {spelled(one)}
    return sorted(found)


def _density(elab: Elaborator, side: t.Node, other: t.Node) -> t.Call | t.Normal | None:
    """A density at its variable, or at one of our own where it is written without; ``other`` is the
    one that it is compared with."""
    point = t.Sym(side.at, _POINT)
    if isinstance(side, t.Sym):
        named = [
            c.right
            for c in elab.candidates.get(key_of(side), ())
            if isinstance(c.left, t.Sym) and spelled(c.left) == spelled(side)
        ]
        side = next((r for r in named if isinstance(r, t.Normal)), side)
    if isinstance(side, t.Sym) and elab.is_density(key_of(side)):
        # KL(q ‖ p), which are q(x) and p(x) elsewhere, or one of them is
        letters = _written_at(elab, side) or (
            _written_at(elab, other) if isinstance(other, t.Sym) else []
        )
        return t.Call(side.at, side, tuple(letters)) if len(letters) == 1 else None
    if isinstance(side, t.Normal):
        return side if side.point is not None else replace(side, point=point)
    if not isinstance(side, t.Call) or not elab.is_density(key_of(side.head)):
        return None
    if len(side.args) == 1 and isinstance(side.args[0], t.Dot):
        return replace(side, args=(point,))
    return side if all(isinstance(a, t.Sym) for a in side.args) else None


def _written_at(elab: Elaborator, side: t.Sym) -> list[t.Sym]:
    """The letters at which the document writes a density of one point, or defines it."""
    key = key_of(side)
    defined = [c.left for c in elab.candidates.get(key, ()) if isinstance(c.left, t.Call)]
    calls = [
        c
        for c in (*elab.evidence.called.get(key, ()), *defined)
        if spelled(c.head) == spelled(side) and not (c.given or c.after)
    ]
    points = [c.args[0] for c in calls if len(c.args) == 1]
    return [*{spelled(p): p for p in points if isinstance(p, t.Sym)}.values()]


def _letters(density: t.Call | t.Normal) -> list[str]:
    points = density.args if isinstance(density, t.Call) else (density.point,)
    return [spelled(one) for one in points if one is not None]


def _law(density: t.Call | t.Normal) -> t.Node:
    """What is drawn from a density, without its variable."""
    if isinstance(density, t.Normal):
        return replace(density, point=None)
    return replace(density, args=(t.Dot(density.at),))
