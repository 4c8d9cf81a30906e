"""Losses of a field, L[b] = ∫ E[½‖b‖² − Ẋ·b] dt: what is written, with another field for b, or 0;
that of a model, L(θ), at a field: L(u*); and costs of a law, C(π) = E_{(x, y)~π}‖x − y‖²."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.lacking import NotYet
from fmproof.reading.notation.symbols import key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.definitions import Candidate
    from fmproof.reading.notation.elaborate import Elaborator


def functional_value(elab: Elaborator, node: t.Call) -> Expr | None:
    """The loss of a field by the definition for another one; None where ``node`` is none.

    Raises:
        NotYet: a loss of what cannot be put in for its field.
    """
    if len(node.args) != 1 or node.given or node.after:
        return None
    for candidate in elab.candidates.get(key_of(node.head), ()):
        value = _of_another_model(elab, candidate, node)
        if value is not None:
            return value
        own = _field(elab, candidate.left)
        if own is None or candidate.state in ("refused", "working"):
            continue
        assert isinstance(candidate.left, t.Call)
        if spelled(candidate.left.head) != spelled(node.head):
            continue
        if not _averages(candidate.right, own):
            return None
        (arg,) = node.args
        if not isinstance(arg, t.Sym) and not _is_zero(arg) and _score_of(arg) is None:
            raise NotYet("a loss of this function", node.at)
        known = isinstance(arg, t.Sym) and key_of(arg) in elab.evidence.called
        if isinstance(arg, t.Sym) and not (known or elab.is_density(key_of(arg))):
            return None
        return _written_out(elab, candidate, _with(candidate.right, own, arg))
    return None


def _of_another_model(elab: Elaborator, candidate: Candidate, node: t.Call) -> Expr | None:
    """L(u*) of a loss L(θ) of v_θ: the same with u* for the model."""
    left, (arg,) = candidate.left, node.args
    if not isinstance(left, t.Call) or spelled(left.head) != spelled(node.head):
        return None
    (own, *more) = left.args or (None,)
    if more or not isinstance(own, t.Sym) or spelled(own) not in elab.evidence.parameters:
        return None
    function = isinstance(arg, t.Sym) and key_of(arg) in elab.evidence.called
    if not (function or _is_zero(arg)) or candidate.state in ("refused", "working"):
        return None
    models = {
        spelled(symbol): symbol
        for symbol in t.walk(candidate.right)
        if isinstance(symbol, t.Sym) and spelled(own) in map(spelled, symbol.sub)
    }
    if len(models) != 1:
        return None
    (model,) = models.values()
    if isinstance(arg, t.Sym) and spelled(arg) == spelled(model):
        return None

    def visit(one: t.Node) -> t.Node:
        if isinstance(one, t.Call) and spelled(one.head) == spelled(model) and _is_zero(arg):
            return arg
        if isinstance(one, t.Sym) and spelled(one) == spelled(model):
            return replace(arg, at=one.at)
        return t.with_children(one, visit)

    return _written_out(elab, candidate, visit(candidate.right))


def _is_zero(node: t.Node) -> bool:
    """The field that is 0 everywhere."""
    return isinstance(node, t.Num) and node.value == 0


def _field(elab: Elaborator, node: t.Node) -> t.Sym | None:
    """The field of which ``node`` is a loss: a letter that is a function, or a law, elsewhere."""
    if not isinstance(node, t.Call) or len(node.args) != 1 or node.given or node.after:
        return None
    (arg,) = node.args
    if not isinstance(arg, t.Sym):
        return None
    return arg if key_of(arg) in elab.evidence.called or elab.is_density(key_of(arg)) else None


def _averages(node: t.Node, field: t.Sym) -> bool:
    """Whether values of the field are averaged."""
    return any(
        isinstance(one, t.Expectation | t.Integral)
        and any(key_of(n) == key_of(field) for n in t.walk(one) if isinstance(n, t.Sym))
        for one in t.walk(node)
    )


def _score_of(node: t.Node) -> t.Sym | None:
    """The density of ∇ log q, where that is what is put in."""
    inner = node.body if isinstance(node, t.Derivative) and node.kind == "grad" else None
    if not (isinstance(inner, t.Function) and inner.name == "log" and len(inner.args) == 1):
        return None
    (density,) = inner.args
    return density if isinstance(density, t.Sym) else None


def _written_out(elab: Elaborator, candidate: Candidate, loss: t.Node) -> Expr:
    state, candidate.state = candidate.state, "working"
    saved, elab.bound = elab.bound, []
    try:
        return elab.term(loss)
    finally:
        candidate.state, elab.bound = state, saved


def _with(node: t.Node, old: t.Sym, new: t.Node) -> t.Node:
    """``node`` with the field ``new`` for ``old``, at the same places."""

    def visit(one: t.Node) -> t.Node:
        symbol = one.head if isinstance(one, t.Call) else one
        if _is_zero(new) and isinstance(symbol, t.Sym) and key_of(symbol) == key_of(old):
            return new
        if (
            not isinstance(new, t.Sym)
            and isinstance(one, t.Call)
            and key_of(one.head) == key_of(old)
        ):
            density = _score_of(new)
            assert density is not None
            value = t.Call(one.at, density, tuple(map(visit, one.args)))
            return t.Derivative(one.at, "grad", None, t.Function(one.at, "log", (value,)))
        one = t.with_children(one, visit)
        if isinstance(new, t.Sym) and isinstance(one, t.Sym) and key_of(one) == key_of(old):
            # b of L[b] keeps the scripts that it has inside; H(p_t) is of p_t, scripts and all
            sub = new.sub if old.sub else new.sub or one.sub
            return replace(new, at=one.at, sub=sub, sup=new.sup or one.sup)
        return one

    return node if spelled(old) == spelled(new) else visit(node)
