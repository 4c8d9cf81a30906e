"""Matrices by what they do: a row M = N is read as aᵀM b = aᵀN b, for any two vectors a and b.

The language has no matrices. A product u vᵀ, the identity, a Hessian, a covariance, and averages
and sums of such are bilinear forms, which it has: (a·u)(v·b), a·b, a·∇(b·∇f), E[(a·X)(b·X)] − … .
A trace is that of one of these. What a Jacobian's rows are differs between authors, so it is read
below a trace alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sympy import Expr

from fmproof.lang.nodes import Var
from fmproof.lang.scope import substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import calculus, determinants, linear_maps
from fmproof.reading.notation.lacking import NotYet
from fmproof.reading.notation.sorts import is_identity
from fmproof.reading.notation.symbols import conventional, key_of

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator

_TESTS = ("◦a", "◦b")
"""The spellings of the vectors on both sides of a matrix."""


def side(elab: Elaborator, node: t.Node) -> Expr:
    """A side of a row: a term, or of a matrix the term aᵀM b.

    Raises:
        NotYet: there is none, or the notation is not known.
        SortError: its parts do not fit.
    """
    if not is_matrix(elab, node):
        return elab.term(node)
    for name in _TESTS:
        _spare(elab, name)
    with elab.binding(_TESTS):
        return elab.term(_form(elab, node, *(t.Sym(node.at, name) for name in _TESTS)))


def is_matrix(elab: Elaborator, node: t.Node) -> bool:
    """Whether a formula is a matrix by how it is written."""
    if isinstance(node, t.Bracketed | t.Braced | t.Expectation | t.Integral | t.Transposed):
        return is_matrix(elab, node.body)
    if isinstance(node, t.Add):
        return any(is_matrix(elab, part) for _, part in node.parts)
    if isinstance(node, t.Frac):
        return is_matrix(elab, node.top)
    if isinstance(node, t.Derivative):
        return node.kind == "hessian"
    if isinstance(node, t.Function):
        return node.name == "Cov" and _is_vector(elab, node.args[0])
    if isinstance(node, t.Mul):
        if _outer(elab, node) is not None:
            return True
        others = [f for f in node.factors if not is_matrix(elab, f)]
        return len(others) < len(node.factors) and not any(_is_vector(elab, f) for f in others)
    return _is_identity(elab, node)


def product(elab: Elaborator, node: t.Mul) -> Expr | None:
    """c M v as a vector, where M is a Hessian or the identity, or c vᵀ M w; None where no matrix is
    in it."""
    between = linear_maps.form(elab, node)
    if between is not None:
        return between
    places = [i for i, factor in enumerate(node.factors) if is_matrix(elab, factor)]
    if len(places) != 1 or places[0] != len(node.factors) - 2 or is_matrix(elab, node):
        return None
    *scalars, matrix, vector = node.factors
    held = _spare(elab, "◦v")
    with elab.binding(["◦v"]):
        whole = elab.term(_image(elab, matrix, t.Sym(vector.at, "◦v")))
    rest = elab.term(t.Mul(node.at, tuple(scalars), node.ops[: len(scalars) - 1])) if scalars else 1
    return substitute(whole, {held: elab.term(vector)}) * rest


def trace(elab: Elaborator, node: t.Node) -> t.Node:
    """The tree of tr M.

    Raises:
        NotYet: M is another matrix.
    """
    simple = linear_maps.trace_of(elab, node)
    if simple is not None:
        return simple
    if isinstance(node, t.Bracketed | t.Braced | t.Transposed):
        return trace(elab, node.body)
    if isinstance(node, t.Expectation | t.Integral):
        return replace(node, body=trace(elab, node.body))
    if isinstance(node, t.Add):
        return t.Bracketed(
            node.at, replace(node, parts=tuple((s, trace(elab, p)) for s, p in node.parts))
        )
    if isinstance(node, t.Frac):
        return replace(node, top=trace(elab, node.top))
    if isinstance(node, t.Derivative):
        return _trace_of_slope(elab, node)
    if is_identity(node) and elab.known(t.Sym(node.at, "d")):  # else by another letter
        return t.Sym(node.at, "d")
    if isinstance(node, t.Function) and node.name == "Cov":
        return _covariance(node, lambda one, other: t.Pair(node.at, one, other))
    if isinstance(node, t.Mul):
        turned = determinants.trace(elab, node)
        if turned is not None:
            return turned
        between = linear_maps.traced(elab, node)
        if between is not None:
            return between
        outer = _outer(elab, node)
        if outer is not None:
            scalars, one, other = outer
            return _times(node, scalars, t.Pair(node.at, one, other))
        scalars, matrix = _one_matrix(elab, node)
        return _times(node, scalars, trace(elab, matrix))
    raise NotYet("the trace of such a matrix", node.at)


def _form(elab: Elaborator, node: t.Node, a: t.Node, b: t.Node) -> t.Node:
    """The tree of aᵀM b."""
    if isinstance(node, t.Bracketed | t.Braced):
        return _form(elab, node.body, a, b)
    if isinstance(node, t.Transposed):
        return _form(elab, node.body, b, a)
    if isinstance(node, t.Expectation | t.Integral):
        return replace(node, body=_form(elab, node.body, a, b))
    if isinstance(node, t.Add):
        parts = tuple((sign, _form(elab, part, a, b)) for sign, part in node.parts)
        return t.Bracketed(node.at, replace(node, parts=parts))
    if isinstance(node, t.Frac):
        return replace(node, top=_form(elab, node.top, a, b))
    if isinstance(node, t.Derivative) and node.kind == "hessian":
        return t.Pair(node.at, a, _image(elab, node, b))
    if is_identity(node):
        return t.Pair(node.at, a, b)
    if isinstance(node, t.Function) and node.name == "Cov":
        return _covariance(
            node,
            lambda one, other: _times(node, [t.Pair(node.at, a, one)], t.Pair(node.at, b, other)),
        )
    if isinstance(node, t.Mul):
        outer = _outer(elab, node)
        if outer is not None:
            scalars, one, other = outer
            pairs = [t.Pair(node.at, a, one), t.Pair(node.at, other, b)]
            return _times(node, [*scalars, pairs[0]], pairs[1])
        scalars, matrix = _one_matrix(elab, node)
        return _times(node, scalars, _form(elab, matrix, a, b))
    raise NotYet("such a matrix", node.at)


def _image(elab: Elaborator, node: t.Node, b: t.Node) -> t.Node:
    """The tree of M b, for a b that nothing is differentiated in."""
    if isinstance(node, t.Bracketed | t.Braced):
        return _image(elab, node.body, b)
    if is_identity(node):
        return b
    if isinstance(node, t.Derivative) and node.kind == "hessian":
        place = _place(elab, node)
        slope = t.Derivative(node.at, "grad", place, node.body)
        return t.Derivative(node.at, "grad", place, t.Pair(node.at, b, slope))
    raise NotYet("a product with such a matrix", node.at)


def _trace_of_slope(elab: Elaborator, node: t.Derivative) -> t.Node:
    if node.kind == "hessian":
        return replace(node, kind="laplace")
    if node.kind == "grad" and _is_vector(elab, node.body):
        return replace(node, kind="div")
    raise NotYet("the trace of such a matrix", node.at)


def _place(elab: Elaborator, node: t.Derivative) -> t.Sym:
    """What a Hessian is taken in."""
    try:
        place = node.var or calculus.place_of(elab, node.body)
    except calculus.Beyond:
        place = None
    if not isinstance(place, t.Sym):
        raise NotYet("what this Hessian is taken in", node.at)
    return place


def _covariance(node: t.Function, product: Any) -> t.Node:
    """E[X Yᵀ | …] − E[X | …] E[Y | …]ᵀ, with the product that is meant; Cov(X) is Cov(X, X)."""
    one, other = node.args[0], node.args[-1]
    if len(node.args) > 2 or node.sub is not None:
        raise NotYet("such a covariance", node.at)

    def mean(body: t.Node) -> t.Node:
        return t.Expectation(node.at, (), body, node.given)

    whole = (1, mean(product(one, other))), (-1, product(mean(one), mean(other)))
    return t.Bracketed(node.at, t.Add(node.at, whole))


def _outer(elab: Elaborator, node: t.Mul) -> tuple[list[t.Node], t.Node, t.Node] | None:
    """(c, u, v) of c u vᵀ."""
    *scalars, one, other = node.factors
    if not isinstance(other, t.Transposed) or any(op not in ("", "·") for op in node.ops):
        return None
    if isinstance(one, t.Transposed) or not (
        _is_vector(elab, one) and _is_vector(elab, other.body)
    ):
        return None
    return None if any(map(_may_be_one, scalars)) else (scalars, one, other.body)


def _one_matrix(elab: Elaborator, node: t.Mul) -> tuple[list[t.Node], t.Node]:
    """The one matrix of a product, and what multiplies it."""
    matrices = [
        factor for factor in node.factors if is_matrix(elab, factor) or _slope(elab, factor)
    ]
    others = [factor for factor in node.factors if factor not in matrices]
    plain = all(op in ("", "·") for op in node.ops)
    if len(matrices) != 1 or not plain or any(map(_may_be_one, others)):
        raise NotYet("a product of matrices", node.at)
    return others, matrices[0]


def _may_be_one(node: t.Node) -> bool:
    """Whether the letter of a factor is one for matrices, so that it may be no number."""
    head = node.head if isinstance(node, t.Call) else t.ungrouped(node)
    return isinstance(head, t.Sym) and conventional("matrices", head.name)


def _is_identity(elab: Elaborator, node: t.Node) -> bool:
    """I, where the document says nothing else of it."""
    return is_identity(node) and isinstance(node, t.Sym) and key_of(node) not in elab.candidates


def _slope(elab: Elaborator, node: t.Node) -> bool:
    return isinstance(node, t.Derivative) and node.kind == "grad" and _is_vector(elab, node.body)


def _times(node: t.Node, factors: list[t.Node], last: t.Node) -> t.Node:
    return t.Mul(node.at, (*factors, last), ("",) * len(factors)) if factors else last


def _is_vector(elab: Elaborator, node: t.Node) -> bool:
    """Whether a formula is a vector, by what the document does with its letters."""
    if isinstance(node, t.Bracketed | t.Braced | t.Expectation):
        return _is_vector(elab, node.body)
    if isinstance(node, t.Add):
        return any(_is_vector(elab, part) for _, part in node.parts)
    if isinstance(node, t.Frac):
        return _is_vector(elab, node.top)
    if isinstance(node, t.Mul):
        return sum(_is_vector(elab, factor) for factor in node.factors) == 1
    if isinstance(node, t.Derivative):
        return node.kind == "grad" and not _is_vector(elab, node.body)
    return isinstance(node, t.Sym | t.Call) and calculus.is_vector(elab, node)


def _spare(elab: Elaborator, spelling: str) -> Var:
    """A vector of our own."""
    name = elab.names.of(spelling[1:] + "''", "variable " + spelling)
    return elab.variables.setdefault(spelling, Var(name, Sort.VEC))
