"""E without a law averages over everything that is random: over a time as well, where it is drawn.

``L(θ) = E ‖v(x_t, t) − u‖²``, in a document that draws t, has no t on its left: the average is over
t, too. Where a side of a chain has t free, or all sides have it in such averages, t is fixed. In
``E ‖v − u‖²`` the time is there as well, where the document has v(x_t, t).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from fmproof.documents.items import Item, Reading
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.randomness import drawn_symbols
from fmproof.reading.notation.symbols import key_of, spelled


def draw_times(reading: Reading, evidence: Evidence) -> None:
    """Let averages that name no law say that they are over a time, in the chains where they are."""
    times = {name for name in evidence.times if name in evidence.drawn}
    hidden = _hidden(times, evidence) if times else {}
    for chain in _chains(reading.items) if times else ():
        sides = [side for item in chain for side in (item.left, item.right) if side is not None]
        seen = [_Times(times, hidden).of(side) for side in sides]
        fixed = {name for one in seen for name in one.free}
        for name in sorted(times - fixed):
            having = [name in one.averaged for one in seen]
            if any(having) and not all(having):
                symbol = next(one.averaged[name] for one in seen if name in one.averaged)
                for item in chain:
                    item.left = item.left and _drawing(item.left, name, symbol, hidden)
                    item.right = item.right and _drawing(item.right, name, symbol, hidden)


def _chains(items: Iterable[Item]) -> Iterator[list[Item]]:
    chain: list[Item] = []
    for item in items:
        if item.left is not None and chain:
            yield chain
            chain = []
        chain.append(item)
    if chain:
        yield chain


_Hidden = Mapping[str, Mapping[str, t.Sym]]
"""The times that functions are taken at, by their keys."""


def _hidden(times: set[str], evidence: Evidence) -> _Hidden:
    found: dict[str, dict[str, t.Sym]] = {}
    for key, calls in evidence.called.items():
        for place in (one for call in calls for one in (*call.args, *call.after)):
            if isinstance(place, t.Sym) and spelled(place) in times:
                found.setdefault(key, {}).setdefault(spelled(place), place)
    return found


@dataclass
class _Times:
    """Where a side has which of the ``times``: free, or in averages that name no law.

    Attributes:
        hidden: the times that functions are taken at, where they are written without their place.
    """

    times: set[str]
    hidden: _Hidden = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    averaged: dict[str, t.Sym] = field(default_factory=dict)

    def of(self, side: t.Node) -> _Times:
        self._visit(side, frozenset(), False)
        return self

    def _visit(self, node: t.Node, bound: frozenset[str], inside: bool) -> None:
        if isinstance(node, t.Expectation):
            bound |= {spelled(symbol) for symbol in drawn_symbols(node)}
            inside = inside or _is_bare(node)
        if isinstance(node, t.Integral):
            bound |= {spelled(one.var) for one in node.over}
        if isinstance(node, t.Sym):
            at = {spelled(node): node, **self.hidden.get(key_of(node), {})}
            for name in (self.times - bound) & {*at}:
                if inside:
                    self.averaged.setdefault(name, at[name])
                else:
                    self.free.add(name)
        for child in t.children(node):
            self._visit(child, bound, inside)


def _is_bare(node: t.Expectation) -> bool:
    return not node.draws and not node.given


def _drawing(node: t.Node, name: str, symbol: t.Sym, hidden: _Hidden) -> t.Node:
    """``node`` with the outermost averages in it that have the time drawing it."""
    if isinstance(node, t.Expectation) and _is_bare(node):
        has = name in _Times({name}, hidden).of(node).averaged
        return replace(node, times=(*node.times, symbol)) if has else node
    return t.with_children(node, lambda part: _drawing(part, name, symbol, hidden))
