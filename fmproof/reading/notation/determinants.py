"""Determinants of Jacobians: |det D f(x)| is exp ℓ(x), of an ℓ of which nothing is known here.

The language has no determinants. So log |det D f(x)| is a function of what f is taken at;
``documents.determinants`` has the rules for it. A trace is read up to turning a product round, so
tr(M⁻¹ N M) is tr N, and tr(M⁻¹ dM/dt) is d/dt log det M, as Jacobi's formula says.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.lang.nodes import Apply, Exp, Field, Scalar
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import calculus, linear_maps
from fmproof.reading.notation.symbols import spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def log_of_determinant(elab: Elaborator, node: t.Function) -> Expr | None:
    """log det M or log |det M|, of the Jacobian M of a field without a definition."""
    if node.name not in ("log", "ln") or len(node.args) != 1 or node.sub is not None:
        return None
    inside = t.ungrouped(node.args[0])
    return _log_det(elab, inside.body if isinstance(inside, t.Abs) else inside)


def absolute(elab: Elaborator, node: t.Abs | t.Norm) -> Expr | None:
    """|det M|."""
    found = _log_det(elab, node.body)
    return None if found is None else Exp(found)


def _log_det(elab: Elaborator, node: t.Node) -> Expr | None:
    node = t.ungrouped(node)
    if not (isinstance(node, t.Function) and node.name == "det" and len(node.args) == 1):
        return None
    field = jacobian_of(elab, node.args[0])
    moved = None if field is None else elab.term(field)
    if not isinstance(moved, Apply) or not isinstance(moved.head, Field):
        return None
    if moved.head.definition is not None:
        return None
    key = f"log det {moved.head.name}"
    head = elab.opaque.get(key)
    if head is None:
        of = moved.head
        name = elab.names.of("ld", key)
        head = Scalar(name, *of.main, sub=of.sub, sup=of.sup, given=of.given)
        elab.opaque[key] = head
        elab.unknowns[head] = "a determinant"
        elab.determinants[head] = of
    made: Expr = head(*moved.arguments)
    return made


def jacobian_of(elab: Elaborator, node: t.Node) -> t.Node | None:
    """f(x) of D f(x), J_f(x), ∇f(x), ∂f(x)/∂x."""
    inner = t.ungrouped(node)
    if isinstance(inner, t.Mul):
        factors = linear_maps.joined(elab, inner)
        inner = factors[0] if len(factors) == 1 else inner
    if isinstance(inner, t.Derivative) and inner.kind == "partial":
        place = inner.var
        fits = isinstance(place, t.Sym) and calculus.is_vector(elab, place)
        inner = replace(inner, kind="jacobian") if fits else inner
    return linear_maps.jacobian(elab, inner)


def trace(elab: Elaborator, node: t.Mul) -> t.Node | None:
    """What a trace with M⁻¹ and M in it is the trace of; the whole tree of it for M⁻¹ dM/dt.

    None where there is no such pair at its ends, or another one.
    """
    if any(op not in ("", "·") for op in node.ops):
        return None
    factors = linear_maps.joined(elab, node)
    for turned in (factors, [*factors[1:], factors[0]]):
        first, last = turned[0], turned[-1]
        inverted = _inverted(first)
        if inverted is None:
            continue
        matrix = jacobian_of(elab, inverted)
        if matrix is None:
            continue
        middle = turned[1:-1]
        same = jacobian_of(elab, last)
        if same is not None and spelled(same) == spelled(matrix) and middle:
            rest = t.Mul(node.at, tuple(middle), ("",) * (len(middle) - 1))
            return t.Function(node.at, "tr", (middle[0] if len(middle) == 1 else rest,))
        slope = t.ungrouped(last)
        if isinstance(slope, t.Derivative) and slope.kind in ("total", "partial") and not middle:
            moved = jacobian_of(elab, slope.body)
            if moved is not None and spelled(moved) == spelled(matrix):
                whole = t.Function(node.at, "det", (inverted,))
                return replace(slope, body=t.Function(node.at, "log", (whole,)))
    return None


def _inverted(node: t.Node) -> t.Node | None:
    """M of M⁻¹."""
    node = t.ungrouped(node)
    if not isinstance(node, t.Pow) or not isinstance(node.exponent, t.Add):
        return None
    minus_one = node.exponent.parts == ((-1, t.Num(node.exponent.parts[0][1].at, Fraction(1))),)
    return node.base if minus_one else None
