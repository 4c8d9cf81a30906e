"""``σ²(t)``: the square of a function is written with its power before its argument.

Nobody puts one letter in brackets to multiply by it. A function that stands nowhere without its
square is σ² by name, so that σ²(t) = … says what it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from fractions import Fraction

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import conventional, key_of

_TWO = Fraction(2)


def square_of_points(node: t.Node) -> t.Sym | None:
    """σ_t of σ_t²(x), for a point x."""
    if not isinstance(node, t.Mul) or len(node.factors) != 2:
        return None
    return next((base for _, base, (one, *_) in _squares(node) if not is_time_letter(one)), None)


def with_squares_of_times(node: t.Mul, functions: Collection[str]) -> t.Node:
    """A product with each σ²(t) as one function; not for keys of ``functions``, which are there
    without their square, too."""
    found = list(_squares(node))
    if not found:
        return node
    factors, ops = list(node.factors), list(node.ops)
    for i, base, places in reversed(found):
        if all(map(is_time_letter, places)) and key_of(base) not in functions:
            head = base if len(places) == 1 else _with_letters_as_words(base)
            named = replace(head, labels=(*head.labels, "2"))
            factors[i : i + 2] = [t.Call(base.at, named, places)]
            del ops[i]
    if len(factors) == 1:
        return factors[0]
    return replace(node, factors=tuple(factors), ops=tuple(ops))


def _with_letters_as_words(head: t.Sym) -> t.Sym:
    """σ_Q of σ_Q²(s, t) with the Q as a word on it: it is no σ at another time."""
    words = [s for s in head.sub if isinstance(s, t.Sym) and s.name.isupper() and not s.sub]
    rest = tuple(s for s in head.sub if s not in words)
    return replace(head, sub=rest, labels=(*head.labels, *(s.name for s in words)))


def _squares(node: t.Mul) -> Iterator[tuple[int, t.Sym, tuple[t.Node, ...]]]:
    """Each σ²(place) and σ²(s, t) among the factors: where, σ and the places."""
    pairs = zip(node.ops, node.factors, node.factors[1:], strict=False)
    for i, (op, before, bracket) in enumerate(pairs):
        if op or not isinstance(before, t.Pow) or not is_two(before.exponent):
            continue
        places: tuple[t.Node, ...] = ()
        if isinstance(bracket, t.Bracketed):
            places = (bracket.body,)
        elif isinstance(bracket, t.Other) and bracket.what == "list":
            places = bracket.parts
        base = before.base
        if isinstance(base, t.Sym) and places and all(isinstance(p, t.Sym) for p in places):
            yield i, base, places


def is_two(node: t.Node) -> bool:
    return isinstance(node, t.Num) and node.value == _TWO


def is_time_letter(node: t.Node) -> bool:
    """Whether a letter is that of a time, by convention."""
    return isinstance(node, t.Sym) and not node.sub and conventional("times", node.name)
