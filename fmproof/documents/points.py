"""Paths that are points in a chain: of ∇p(y) = ∫ p(x) ∇p(y|x) dx the y is any point, although the
document draws y = x + σ n elsewhere, as x is integrated over."""

from __future__ import annotations

from collections.abc import Sequence

from fmproof.documents.items import Item
from fmproof.lang.scope import free_vars
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Elaborator
from fmproof.reading.notation.symbols import spelled


def chain_from(items: Sequence[Item], item: Item) -> list[Item]:
    """A row with its own left side, and those behind it that go on from it."""
    found = [item]
    for other in items[item.index + 1 :] if not item.inline else ():
        if other.inline:
            continue
        if other.left is not None:
            break
        found.append(other)
    return found


def arguments_of(node: t.Node) -> set[str]:
    """The spellings of x in L(x) = …: what the chain is about, at any x."""
    args = node.args if isinstance(node, t.Call) else ()
    return {spelled(arg) for arg in args if isinstance(arg, t.Sym)}


def points_in(elab: Elaborator, chain: Sequence[Item]) -> set[str]:
    """The spellings of the paths in a chain which integrates over what they are made of."""
    sides = [side for item in chain for side in (item.left, item.right) if side is not None]
    nodes = [node for side in sides for node in t.walk(side)]
    integrals = [node for node in nodes if isinstance(node, t.Integral)]
    over = {spelled(o.var) for node in integrals for o in node.over if isinstance(o.var, t.Sym)}
    if not over:
        return set()
    found = set[str]()
    for symbol in {spelled(node): node for node in nodes if isinstance(node, t.Sym)}.values():
        value = elab.path(symbol) if spelled(symbol) not in over else None
        made_of = {elab.spelling(var) for var in free_vars(value)} if value is not None else set()
        if made_of & over:
            found.add(spelled(symbol))
    return found
