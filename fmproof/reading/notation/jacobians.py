"""Jacobians times vectors: ∂_z u(z, t) w is the derivative of u along w.

The language has no matrices, and none is needed: it is d/dh u(z + h w, t) at h = 0. A gradient of a
vector in a point, ∇u, is left alone, since authors differ in which way it is transposed.

A Jacobian in parameters, ∂_θ u_θ(x), makes a gradient in θ of a vector. Averages of those are not
in the language: so it is no vector either, of which an inner product could be taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, S

from fmproof.lang.arithmetic import plus_of, times_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Partial, Var
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import calculus
from fmproof.reading.notation.lacking import NotYet
from fmproof.reading.notation.symbols import key_of

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator

_POINT, _STEP = "◦p", "◦h"
"""The spellings of the place, and of the step along the vector."""


def product(elab: Elaborator, node: t.Mul) -> Expr | None:
    """c J w, or w J as some write it; None where there is not one Jacobian beside one vector."""
    if any(op not in ("", "·") for op in node.ops):
        return None
    slope = next((f for f in node.factors if _in_parameters(elab, f)), None)
    if slope is not None:
        raise NotYet("a Jacobian in parameters is not in the language yet", slope.at)
    found = [(i, one) for i, f in enumerate(node.factors) if (one := _jacobian(elab, f))]
    if len(found) != 1:
        return None
    ((place, jacobian),) = found
    terms = {i: elab.term(f) for i, f in enumerate(node.factors) if i != place}
    vectors = [i for i, term in terms.items() if sort_of(term) is Sort.VEC]
    if len(vectors) != 1 or abs(vectors[0] - place) != 1:
        return None
    try:
        along = _along(elab, *jacobian, terms.pop(vectors[0]))
    except calculus.Beyond:
        return None
    return along if not terms else times_of(*terms.values(), along)


def _jacobian(elab: Elaborator, node: t.Node) -> tuple[t.Node, t.Sym | None] | None:
    """The field and the letter of ∂_z u(z, t); the field alone of J_u(z)."""
    node = t.ungrouped(node)
    if isinstance(node, t.Derivative) and node.kind == "partial" and isinstance(node.var, t.Sym):
        fits = calculus.is_vector(elab, node.var) and _is_field(elab, node.body)
        return (node.body, node.var) if fits else None
    if isinstance(node, t.Call) and node.head.name == "J" and len(node.head.sub) == 1:
        (field,) = node.head.sub
        if isinstance(field, t.Sym) and node.args and not node.given:
            return t.Call(node.at, field, node.args), None
    return None


def _is_field(elab: Elaborator, node: t.Node) -> bool:
    node = t.ungrouped(node)
    return isinstance(node, t.Sym | t.Call) and calculus.is_vector(elab, node)


def _along(elab: Elaborator, field: t.Node, letter: t.Sym | None, vector: Expr) -> Expr:
    """d/dh u(z + h w) at h = 0."""
    body = calculus.with_arguments(elab, field)
    place: t.Node
    if letter is None:
        place = calculus.place_of(elab, body)
    else:
        place = calculus.on_its_path(elab, body, letter)
    point = elab.variables.setdefault(
        _POINT, Var(elab.names.of("y", "variable " + _POINT), Sort.VEC)
    )
    step = elab.variables.setdefault(_STEP, Var(elab.names.of("h", "variable " + _STEP), Sort.REAL))
    with elab.binding([_POINT]):
        inner = elab.term(calculus.with_other_place(body, place, t.Sym(field.at, _POINT)))
    if point not in free_vars(inner) or sort_of(inner) is not Sort.VEC:
        raise calculus.Beyond
    there = plus_of(elab.term(place), times_of(step, vector))
    made: Expr = Partial(substitute(inner, {point: there}), step, S.Zero)
    return made


def _in_parameters(elab: Elaborator, node: t.Node) -> bool:
    """Whether a factor is ∂_θ u_θ(x) of a field, or the name that a row gives it."""
    named = t.ungrouped(node.body if isinstance(node, t.Transposed) else node)
    if isinstance(named, t.Sym | t.Call):
        head = named.head if isinstance(named, t.Call) else named
        return key_of(head) in elab.evidence.jacobians
    return elab.evidence.is_jacobian(node)
