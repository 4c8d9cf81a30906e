"""Losses of a field, L[b] = ∫ E[½‖b‖² − Ẋ·b] dt: what is written, with another field for b."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import conventional, key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.definitions import Candidate
    from fmproof.reading.notation.elaborate import Elaborator


def functional_value(elab: Elaborator, node: t.Call) -> Expr | None:
    """The loss of a field by the definition for another one; None where ``node`` is none."""
    field = _field(elab, node)
    if field is None:
        return None
    for candidate in elab.candidates.get(key_of(node.head), ()):
        own = _field(elab, candidate.left)
        if own is None or candidate.state in ("refused", "working"):
            continue
        assert isinstance(candidate.left, t.Call)
        if spelled(candidate.left.head) == spelled(node.head):
            return _written_out(elab, candidate, own, field)
    return None


def _field(elab: Elaborator, node: t.Node) -> t.Sym | None:
    """The field of which ``node`` is a loss."""
    if not isinstance(node, t.Call) or not conventional("losses", node.head.name):
        return None
    if len(node.args) != 1 or node.given or node.after:
        return None
    (arg,) = node.args
    applied = isinstance(arg, t.Sym) and key_of(arg) in elab.evidence.called
    return arg if isinstance(arg, t.Sym) and applied else None


def _written_out(elab: Elaborator, candidate: Candidate, old: t.Sym, new: t.Sym) -> Expr:
    state, candidate.state = candidate.state, "working"
    saved, elab.bound = elab.bound, []
    try:
        return elab.term(_with(candidate.right, old, new))
    finally:
        candidate.state, elab.bound = state, saved


def _with(node: t.Node, old: t.Sym, new: t.Sym) -> t.Node:
    """``node`` with the field ``new`` for ``old``, at the same places."""

    def visit(one: t.Node) -> t.Node:
        one = t.with_children(one, visit)
        if isinstance(one, t.Sym) and key_of(one) == key_of(old):
            return replace(new, at=one.at, sub=new.sub or one.sub, sup=new.sup or one.sup)
        return one

    return node if spelled(old) == spelled(new) else visit(node)
