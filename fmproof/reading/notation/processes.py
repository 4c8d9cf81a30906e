"""Processes that are written with their time in brackets: x(t) and x(0) for x_t and x_0.

``x(t)`` is a function of t by its form. It is a random point where a document draws it, conditions
on it, or differentiates in it, as in E_{x(0)}, E[x(0) | x(t) = x], ∇_{x(t)}: then it is the letter
with its time as a subscript, and read so throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import conventional, key_of


def processes(trees: Iterable[t.Node]) -> frozenset[str]:
    """The letters that a document takes at times as random points."""
    return frozenset(
        key_of(place.head)
        for tree in trees
        for node in t.walk(tree)
        for place in _places(node)
        if isinstance(place, t.Call) and at_a_time(place)
    )


def at_a_time(call: t.Call) -> bool:
    """Whether a letter of points has nothing but a time for its argument."""
    if len(call.args) != 1 or call.given or call.after or call.square or call.head.sub:
        return False
    (time,) = call.args
    in_time = isinstance(time, t.Num) or (
        isinstance(time, t.Sym) and conventional("times", time.name)
    )
    letter = key_of(call.head)
    return in_time and (conventional("vectors", letter) or conventional("vectors", call.head.name))


def with_times_below(node: t.Node, letters: frozenset[str]) -> t.Node:
    """``node`` with x_t for x(t)."""
    node = t.with_children(node, lambda child: with_times_below(child, letters))
    if isinstance(node, t.Call) and key_of(node.head) in letters and at_a_time(node):
        return replace(node.head, sub=node.args)
    return node


def _places(node: t.Node) -> Iterator[t.Node]:
    """Where points stand: drawn, behind a bar, below ∇."""
    if isinstance(node, t.Draw):
        yield from node.drawn
        if isinstance(node.law, t.Other):
            yield from node.law.parts
    elif isinstance(node, t.Expectation | t.Call | t.Function):
        for place in node.given:
            yield place.left if isinstance(place, t.Observation) else place
    elif isinstance(node, t.Derivative) and node.kind == "grad" and node.var is not None:
        yield node.var
