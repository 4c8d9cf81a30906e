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
    return next((base for _, base, place in _squares(node) if not is_time_letter(place)), None)


def with_squares_of_times(node: t.Mul, functions: Collection[str]) -> t.Node:
    """A product with each σ²(t) as one function; not for keys of ``functions``, which are there
    without their square, too."""
    factors, ops = list(node.factors), list(node.ops)
    for i, base, place in reversed(list(_squares(node))):
        if is_time_letter(place) and key_of(base) not in functions:
            named = replace(base, labels=(*base.labels, "2"))
            factors[i : i + 2] = [t.Call(base.at, named, (place,))]
            del ops[i]
    if len(factors) == 1:
        return factors[0]
    return replace(node, factors=tuple(factors), ops=tuple(ops))


def _squares(node: t.Mul) -> Iterator[tuple[int, t.Sym, t.Sym]]:
    """Each σ²(place) among the factors: where, σ and the place."""
    pairs = zip(node.ops, node.factors, node.factors[1:], strict=False)
    for i, (op, before, bracket) in enumerate(pairs):
        if op or not (isinstance(before, t.Pow) and isinstance(bracket, t.Bracketed)):
            continue
        base, place = before.base, bracket.body
        if is_two(before.exponent) and isinstance(base, t.Sym) and isinstance(place, t.Sym):
            yield i, base, place


def is_two(node: t.Node) -> bool:
    return isinstance(node, t.Num) and node.value == _TWO


def is_time_letter(node: t.Node) -> bool:
    """Whether a letter is that of a time, by convention."""
    return isinstance(node, t.Sym) and not node.sub and conventional("times", node.name)
