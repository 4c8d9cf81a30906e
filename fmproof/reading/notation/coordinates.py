"""Sums over coordinates, Σ_{i=1}^d ∂_i p s_i = ∇p · s and Σ_i ∂_i s_i = div s.

The language has no coordinates of vectors. What documents sum of them is an inner product, a
squared norm, a divergence or a Laplacian.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import spelled

DIMENSIONS = ("d", "D")
"""Letters above a sum over coordinates."""
_TWO = Fraction(2)


def without_coordinates(node: t.Series) -> t.Node | None:
    """What a sum over all coordinates is; None where its form does not show it."""
    if node.kind != "sum" or not isinstance(node.index, t.Sym):
        return None
    if not (isinstance(node.high, t.Sym) and spelled(node.high) in DIMENSIONS):
        return None
    return _summed(node.body, node.index)


def _summed(node: t.Node, index: t.Sym) -> t.Node | None:
    if isinstance(node, t.Group):
        inside = _summed(node.body, index)
        return None if inside is None else replace(node, body=inside)
    if isinstance(node, t.Add):
        parts = [(sign, _summed(part, index)) for sign, part in node.parts]
        known = tuple((sign, part) for sign, part in parts if part is not None)
        return replace(node, parts=known) if len(known) == len(parts) else None
    if isinstance(node, t.Integral | t.Expectation):
        around = [child for child in t.children(node) if child is not node.body]
        body = None if any(_has(one, index) for one in around) else _summed(node.body, index)
        return None if body is None else replace(node, body=body)
    if isinstance(node, t.Frac):
        top = None if _has(node.bottom, index) else _summed(node.top, index)
        return None if top is None else replace(node, top=top)
    if isinstance(node, t.Mul):
        return _product(node, index)
    return _one(node, index)


def _product(node: t.Mul, index: t.Sym) -> t.Node | None:
    """Factors without the index stay; one with it is summed, two are multiplied as vectors."""
    if not set(node.ops) <= {"", "·"}:
        return None
    inside = [f for f in node.factors if _has(f, index)]
    rest = tuple(f for f in node.factors if not _has(f, index))
    made: t.Node | None = None
    if len(inside) == 1:
        made = _summed(inside[0], index)
    elif len(inside) == 2:
        one, other = (_vector(factor, index) for factor in inside)
        made = None if one is None or other is None else t.Pair(node.at, one, other)
    if made is None or not rest:
        return made
    return t.Mul(node.at, (*rest, made), ("",) * len(rest))


def _one(node: t.Node, index: t.Sym) -> t.Node | None:
    """Σ_i ∂_i s_i, Σ_i ∂_i ∂_i f and Σ_i a_i²."""
    if isinstance(node, t.Derivative) and _slope(node, index):
        field = _vector(node.body, index)
        if field is None:
            return None
        gradient = isinstance(field, t.Derivative) and field.kind == "grad"
        if gradient and isinstance(field, t.Derivative):
            return t.Derivative(node.at, "laplace", None, field.body)
        return t.Derivative(node.at, "div", None, field)
    if not isinstance(node, t.Pow):
        return None
    if isinstance(node.exponent, t.Num) and node.exponent.value == _TWO:
        vector = _vector(node.base, index)
        return None if vector is None else replace(node, base=t.Norm(node.at, vector))
    return None


def _vector(node: t.Node, index: t.Sym) -> t.Node | None:
    """The vector of which ``node`` is the coordinate with the index."""
    if isinstance(node, t.Group):
        return _vector(node.body, index)
    if isinstance(node, t.Derivative) and _slope(node, index):
        return None if _has(node.body, index) else t.Derivative(node.at, "grad", None, node.body)
    head = node.head if isinstance(node, t.Call) else node
    if not isinstance(head, t.Sym) or not head.sub or spelled(head.sub[-1]) != spelled(index):
        return None
    whole = replace(head, sub=head.sub[:-1])
    made = replace(node, head=whole) if isinstance(node, t.Call) else whole
    return None if _has(made, index) else made


def _slope(node: t.Derivative, index: t.Sym) -> bool:
    """∂_i, ∂_{x_i} and ∂/∂x_i."""
    var = node.var
    if node.kind != "partial" or not isinstance(var, t.Sym):
        return False
    return spelled(var) == spelled(index) or [*map(spelled, var.sub)] == [spelled(index)]


def _has(node: t.Node, index: t.Sym) -> bool:
    return any(spelled(one) == spelled(index) for one in t.walk(node))
