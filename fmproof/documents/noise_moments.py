"""Averages of noise n ~ N(0, v I) put in: E[n · w] = 0 for a w without n, E‖n‖² = v d.

Where the sides of a row differ by such averages only, the row is shown in two steps: the averages
first, each as a part of its own, then the row with their values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sympy import Expr, S

from fmproof.documents.terms import vanish
from fmproof.lang.arithmetic import add, coefficient, factors, mul, summands
from fmproof.lang.nodes import Apply, Expect, Gaussian, Inner, dim
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import free_vars
from fmproof.tactics.script import Part, Step

_MOST = 4


def with_moments(claim: Expr, difference: Expr) -> tuple[Expr, list[Part]] | None:
    """The claim with averages of noise in it that make up the difference, and their values."""
    shifted, left = claim, difference
    known: dict[Any, tuple[Part, Expr] | None] = {}
    for summand in summands(difference):
        number, rest = coefficient(summand)
        inside = [f for f in factors(rest) if isinstance(f, Expect)]
        if len(inside) != 1 or (len(known) == _MOST and inside[0] not in known):
            continue
        if inside[0] not in known:
            known[inside[0]] = _moment(inside[0], f"noise{len(known) + 1}")
        found = known[inside[0]]
        if found is None:
            continue
        _, value = found
        others = Counter(factors(rest)) - Counter(inside)
        scale = mul(number, *others.elements())
        change = add(mul(scale, inside[0]), mul(S.NegativeOne, scale, value))
        shifted, left = add(shifted, change), add(left, mul(S.NegativeOne, change))
    parts = [found[0] for found in known.values() if found is not None]
    return (shifted, parts) if parts and vanish(summands(left)) else None


def _moment(average: Any, name: str) -> tuple[Part, Expr] | None:
    """E[n · w] or E‖n‖² with a proof of its value."""
    for place, draw in reversed([*enumerate(average.measure)]):  # the last needs no other order
        law = draw.head if isinstance(draw, Apply) else None
        if not isinstance(law, Gaussian) or draw.arguments[1] != S.Zero:
            continue
        (noise,) = drawn_by(draw)
        square = mul(draw.arguments[2], dim)
        others = (*average.measure[:place], *average.measure[place + 1 :])
        if any(noise in free_vars(other) for other in others):
            continue
        weights = [f for f in factors(average.body) if noise not in free_vars(f)]
        products = [f for f in factors(average.body) if noise in free_vars(f)]
        if len(products) != 1 or not isinstance(products[0], Inner):
            continue
        one, other = products[0].args
        if one is noise is other and not others and not weights:
            return Part(name, average, [Step(f"{name}.1", square, by="moments")], name=name), square
        direction = other if one is noise else one if other is noise else None
        if direction is None or noise in free_vars(direction) or not others:
            continue
        inner = Expect(products[0], draw)
        mean = Inner(Expect(noise, draw), direction)
        nested = (Expect(mul(*weights, value), *others) for value in (inner, mean))
        steps = [
            Step(f"{name}.1", next(nested), by="auto"),
            Step(f"{name}.2", next(nested), by="linearity"),
            Step(f"{name}.3", S.Zero, by="moments"),
        ]
        return Part(name, average, steps, name=name), S.Zero
    return None


def parts_with_moments(
    before: Expr,
    claim: Expr,
    difference: Expr | None,
    by: str | tuple[str, ...] = "auto",
    using: tuple[str, ...] = (),
) -> Iterator[tuple[Part, ...]]:
    """The parts of a proof by such averages, of which ``by`` shows the rest, ``using`` equations
    of these names."""
    found = None if difference is None else with_moments(claim, difference)
    if found is not None:
        shifted, parts = found
        names = tuple(part.name for part in parts)
        steps = [Step("1", shifted, by=by, using=using), Step("2", claim, by="lemma", using=names)]
        yield (*parts, Part("row", before, steps))
