"""Matrices between two vectors, vᵀ A w, and their traces, for a letter A or a Jacobian.

The language has no matrices, and needs none here: every matrix is the Jacobian of a field at some
point, A that of x ↦ A x. So vᵀ A w is ⟨w, ∇⟨v, f⟩⟩, and tr A is div f. What is proved for any field
f is proved for any matrix, and a random world of fields is one of matrices.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sympy import Expr

from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Div, Field, Grad, Inner, Var
from fmproof.lang.scope import substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import calculus
from fmproof.reading.notation.lacking import NotYet
from fmproof.reading.notation.symbols import conventional, key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator

_JACOBIANS = ("D", "rm:D", "J", "rm:J", "Jac", "nabla")
_NO_LETTERS = ("D", "I", "bf:D", "bf:I", "P")
_HELD, _INSIDE = "◦v", "◦x"


# --- which letters are matrices, by how they are written ------------------------------------


def letters_of_matrices(node: t.Node) -> list[t.Sym]:
    """The letters that a formula shows to be matrices: A of tr(A …), of vᵀ A w."""
    if isinstance(node, t.Function) and node.name == "tr" and len(node.args) == 1:
        inner = t.ungrouped(node.args[0])
        factors = inner.factors if isinstance(inner, t.Mul) else (inner,)
        return [s for s in map(_bare, factors) if s is not None]
    if isinstance(node, t.Mul) and len(node.factors) > 2:
        left, middle, right = node.factors[-3:]
        between = isinstance(left, t.Transposed) and not isinstance(right, t.Transposed | t.Num)
        letter = _bare(middle)
        return [letter] if between and letter is not None else []
    return []


def _bare(node: t.Node) -> t.Sym | None:
    inner = t.ungrouped(node.body if isinstance(node, t.Transposed) else node)
    if not isinstance(inner, t.Sym) or inner.sub or inner.sup is not None or inner.accents:
        return None
    fits = conventional("matrices", inner.name) and inner.name not in _NO_LETTERS
    return inner if fits else None


def is_letter(elab: Elaborator, node: t.Node) -> bool:
    """Whether a letter is a fixed matrix of which the document says no more."""
    if not isinstance(node, t.Sym) or key_of(node) not in elab.evidence.matrices:
        return False
    key, name = key_of(node), spelled(node)
    seen = elab.evidence
    other = name in seen.drawn or name in seen.integrated or name in seen.parameters
    return not other and key not in elab.candidates and key not in seen.called


# --- products -------------------------------------------------------------------------------


def joined(elab: Elaborator, node: t.Mul) -> list[t.Node]:
    """The factors of a product, with D f(x) as one, a Jacobian."""
    found: list[t.Node] = []
    for factor in node.factors:
        if found and _is_d(elab, found[-1]) and _field(elab, factor) is not None:
            found[-1] = t.Derivative(found[-1].at, "jacobian", None, factor)
        else:
            found.append(factor)
    return found


def is_map(elab: Elaborator, node: t.Node) -> bool:
    """Whether a factor is a matrix by a letter, or a Jacobian."""
    inner = t.ungrouped(node.body if isinstance(node, t.Transposed) else node)
    return is_letter(elab, inner) or jacobian(elab, inner) is not None


def form(elab: Elaborator, node: t.Mul) -> Expr | None:
    """c vᵀ M w, or c v · M w; None where a product is another one."""
    if any(op not in ("", "·") for op in node.ops):
        return None
    factors = joined(elab, node)
    if len(factors) < 3:
        return None
    if not is_map(elab, factors[-2]):
        if isinstance(factors[-3], t.Transposed) and _may_be_matrix(elab, factors[-2]):
            raise NotYet("such a matrix between vectors", factors[-2].at)
        return None
    *scalars, left, matrix, right = factors
    same = spelled(left.body if isinstance(left, t.Transposed) else left) == spelled(right)
    if isinstance(matrix, t.Derivative) and matrix.kind == "grad" and not same:
        return None
    dotted = len(node.factors) == len(factors) and node.ops[len(scalars)] == "·"
    if not (isinstance(left, t.Transposed) or dotted):
        return None
    whole = bilinear(elab, left.body if isinstance(left, t.Transposed) else left, matrix, right)
    for scalar in scalars:
        whole = whole * elab.term(scalar)
    return whole


def traced(elab: Elaborator, node: t.Mul) -> t.Node | None:
    """The tree of tr(c M u vᵀ) = c vᵀ M u, also with an average over the u vᵀ."""
    if any(op not in ("", "·") for op in node.ops):
        return None
    factors = joined(elab, node)
    places = [i for i, factor in enumerate(factors) if is_map(elab, factor)]
    if len(places) != 1:
        return None
    (place,) = places
    matrix, rest = factors[place], [*factors[:place], *factors[place + 1 :]]
    inner = t.ungrouped(rest[-1]) if rest else None
    if isinstance(inner, t.Expectation) and place == len(factors) - 2:
        _require_outside(elab, matrix, inner)
        below = t.ungrouped(inner.body)
        pair = below.factors if isinstance(below, t.Mul) else ()
        body = traced(elab, t.Mul(node.at, (matrix, *pair), ("",) * len(pair))) if pair else None
        averaged = None if body is None else replace(inner, body=body)
        return None if averaged is None else _times(node, rest[:-1], averaged)
    if len(rest) < 2 or not isinstance(rest[-1], t.Transposed) or place < len(rest) - 2:
        return None
    *scalars, one, other = rest
    assert isinstance(other, t.Transposed)
    return _times(node, scalars, t.BilinearForm(node.at, other.body, matrix, one))


def _require_outside(elab: Elaborator, matrix: t.Node, average: t.Expectation) -> None:
    """A matrix that is fixed, or a Jacobian at a point that the average does not draw."""
    drawn = {spelled(n) for n in t.walk(average) if isinstance(n, t.Sym)}
    mine = {spelled(n) for n in t.walk(matrix) if isinstance(n, t.Sym)}
    if mine & drawn:
        raise NotYet("a product of random matrices", matrix.at)


def _times(node: t.Node, factors: list[t.Node], last: t.Node) -> t.Node:
    return t.Mul(node.at, (*factors, last), ("",) * len(factors)) if factors else last


# --- terms ----------------------------------------------------------------------------------


def form_term(elab: Elaborator, node: t.BilinearForm) -> Expr:
    """The term of vᵀ M w."""
    return bilinear(elab, node.left, node.matrix, node.right)


def bilinear(elab: Elaborator, left: t.Node, matrix: t.Node, right: t.Node) -> Expr:
    """vᵀ M w as ⟨w, ∇⟨v, f⟩⟩.

    Raises:
        NotYet: v or w is no vector.
    """
    inner = t.ungrouped(matrix)
    if isinstance(inner, t.Transposed):
        return bilinear(elab, right, inner.body, left)
    one, other = elab.term(left), elab.term(right)
    if sort_of(one) is not Sort.VEC or sort_of(other) is not Sort.VEC:
        raise NotYet("a matrix between what are no vectors", matrix.at)
    if is_letter(elab, inner):
        assert isinstance(inner, t.Sym)
        point = _spare(elab, _INSIDE)
        field, place = _map_of(elab, inner), _place_of(elab, inner)
        slope: Any = Grad(Inner(one, field(point)), point, place)
        return _node(Inner(other, slope))
    moved = jacobian(elab, inner)
    if moved is None:
        raise NotYet("a product with such a matrix", matrix.at)
    held = _spare(elab, _HELD)
    with elab.binding([_HELD]):
        pair = t.Pair(inner.at, t.Sym(inner.at, _HELD), moved)
        slope = elab.term(t.Derivative(inner.at, "grad", _point(elab, moved), pair))
    return substitute(_node(Inner(other, slope)), {held: one})


def trace_of(elab: Elaborator, node: t.Node) -> t.Node | None:
    """The tree of the trace of a letter or a Jacobian; None of anything else."""
    inner = t.ungrouped(node.body if isinstance(node, t.Transposed) else node)
    if isinstance(inner, t.Mul):
        factors = joined(elab, inner)
        inner = factors[0] if len(factors) == 1 else inner
    if is_letter(elab, inner):
        return t.MatrixTrace(inner.at, inner)
    field = jacobian(elab, inner)
    return None if field is None else t.Derivative(inner.at, "div", _point(elab, field), field)


def trace_term(elab: Elaborator, node: t.MatrixTrace) -> Expr:
    """tr A as div f."""
    assert isinstance(node.matrix, t.Sym)
    point = _spare(elab, _INSIDE)
    field, place = _map_of(elab, node.matrix), _place_of(elab, node.matrix)
    return _node(Div(field(point), point, place))


def _place_of(elab: Elaborator, letter: t.Sym) -> Expr:
    """The point at which it is that; none that is special, as at 0 a field may be."""
    key = "place of matrix " + key_of(letter)
    head = elab.opaque.setdefault(key, Field(elab.names.of("c", key)))
    made: Expr = head()
    return made


def _map_of(elab: Elaborator, letter: t.Sym) -> Field:
    """The field of which a matrix is the Jacobian at a point."""
    key = "matrix " + key_of(letter)
    head = elab.opaque.get(key)
    if head is None:
        head = Field(elab.names.of(key_of(letter), key), _spare(elab, _INSIDE))
        elab.opaque[key] = head
        why = "it stands between vectors, or below a trace"
        elab.note(key_of(letter), "a matrix, the Jacobian of a field at a point", why, letter.at)
    assert isinstance(head, Field)
    return head


def jacobian(elab: Elaborator, node: t.Node) -> t.Node | None:
    """f(x) of D f(x), ∇f(x), J_f(x); None of anything else.

    What the rows of ∇f are differs between authors, and not what vᵀ (∇f) v is, nor its trace; so
    it is taken as D f where both vectors are one (see ``form``).
    """
    if isinstance(node, t.Derivative) and node.kind == "jacobian":
        return node.body
    if isinstance(node, t.Derivative) and node.kind == "grad":
        return _field(elab, node.body)
    if isinstance(node, t.Mul):
        factors = joined(elab, node)
        return jacobian(elab, factors[0]) if len(factors) == 1 else None
    if not isinstance(node, t.Call) or len(node.head.sub) != 1 or node.given:
        return None
    (name,) = node.head.sub
    named = node.head.name in _JACOBIANS and isinstance(name, t.Sym)
    if not named or key_of(node.head) in elab.candidates:
        return None
    assert isinstance(name, t.Sym)
    return _field(elab, t.Call(node.at, name, node.args, (), node.after))


def _may_be_matrix(elab: Elaborator, node: t.Node) -> bool:
    """Whether a factor between two vectors is one for matrices by its letter, as J_f(x) is."""
    head = node.head if isinstance(node, t.Call) else t.ungrouped(node)
    if not isinstance(head, t.Sym) or key_of(head) in elab.candidates:
        return False
    return conventional("matrices", head.name) or head.name in _JACOBIANS


def _is_d(elab: Elaborator, node: t.Node) -> bool:
    if not isinstance(node, t.Sym) or node.sub or node.sup is not None or node.accents:
        return False
    key = key_of(node)
    free = key not in elab.candidates and key not in elab.evidence.called
    return node.name in _JACOBIANS and free


def _field(elab: Elaborator, node: t.Node) -> t.Node | None:
    """A field at a point."""
    head = node.head if isinstance(node, t.Call) else None
    calls = elab.evidence.called.get(key_of(head), ()) if head is not None else ()
    if head is None or not any(len(call.head.sub) == len(head.sub) for call in calls):
        return None
    return node if calculus.is_vector(elab, node) else None


def _point(elab: Elaborator, field: t.Node) -> t.Node | None:
    """The one letter of points that a field is taken at; None for the place that it is taken at."""
    args = field.args if isinstance(field, t.Call) else ()
    letters = [a for a in args if isinstance(a, t.Sym) and calculus.is_vector(elab, a)]
    return letters[0] if len(letters) == 1 else None


def _spare(elab: Elaborator, spelling: str) -> Var:
    name = elab.names.of(spelling[1:] + "''", "variable " + spelling)
    return elab.variables.setdefault(spelling, Var(name, Sort.VEC))


def _node(made: Any) -> Expr:
    term: Expr = made
    return term
