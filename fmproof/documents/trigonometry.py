"""What is known of sin and cos: their slopes, sin² + cos² = 1, the addition theorems.

The language has no sines, so they are functions without a definition, and these rules are
hypotheses of the rows that need them. Numbers take the functions of these names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from sympy import Basic, Expr, S

from fmproof.documents.facts import Fact
from fmproof.documents.terms import heads_in, reached_from
from fmproof.lang.arithmetic import add, coefficient, mul, power_of, summands
from fmproof.lang.nodes import Apply, Head, Partial
from fmproof.lang.numbers import fraction, number
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.notation.binders import CIRCULAR
from fmproof.reading.notation.elaborate import Elaborator
from fmproof.reading.notation.hidden_noise import linear_in
from fmproof.tactics.differences import subtract

CIRCULAR_RULES = "the rules for sin and cos"
_LARGEST = 3
"""Of a multiple of an angle that is taken apart."""
_MOST = 6
"""Arguments of which the rules are written out."""


def circular_heads(elab: Elaborator) -> frozenset[Head]:
    """The sine and the cosine, as far as a document has them."""
    return frozenset(elab.opaque[name] for name in CIRCULAR if name in elab.opaque)


def has_circular(elab: Elaborator, terms: Sequence[Basic]) -> bool:
    """Whether a sine or a cosine is in terms or in definitions behind them."""
    return bool(heads_in(terms) & circular_heads(elab))


def circular_rules(elab: Elaborator, terms: Sequence[Expr]) -> list[Fact]:
    """The rules for the sines and cosines in terms; none where there are none."""
    if not has_circular(elab, terms):
        return []
    sin, cos = (elab.circular(name) for name in CIRCULAR)
    found = list(_slopes(sin, cos))
    places: dict[Expr, None] = {}
    arguments = _arguments(terms, {sin, cos})
    units = _units(arguments)
    for argument in arguments:
        found += _slopes_at(sin, cos, argument)
        found += _of_sum(sin, cos, argument, places, units)
    for place in list(places)[:_MOST]:
        one, other = (power_of(head(place), number(2)) for head in (sin, cos))
        found.append(Fact(CIRCULAR_RULES, add(one, other), S.One))
        found.append(Fact(CIRCULAR_RULES, other, add(S.One, mul(S.NegativeOne, one))))
    return found


def _slopes(sin: Head, cos: Head) -> Iterator[Fact]:
    (angle,) = sin.params
    for one, slope in ((sin, cos(angle)), (cos, mul(S.NegativeOne, sin(angle)))):
        yield Fact(CIRCULAR_RULES, Partial(one(angle), angle), slope, every=frozenset((angle,)))


def _slopes_at(sin: Head, cos: Head, argument: Expr) -> Iterator[Fact]:
    """The slopes of sin(c t + d) and cos(c t + d) in each letter t."""
    for var in sorted(free_vars(argument), key=lambda v: v.name):
        split = linear_in(argument, var)
        if var.sort is Sort.REAL and split is not None:
            _, factor = split
            for one, slope in ((sin, cos), (cos, sin)):
                sign = S.One if one is sin else S.NegativeOne
                value = mul(sign, factor, slope(argument))
                yield Fact(CIRCULAR_RULES, Partial(one(argument), var), value)


def _arguments(terms: Sequence[Basic], circular: set[Head]) -> list[Expr]:
    """What sines and cosines are taken of, in terms and in definitions behind them."""

    def below(node: Basic) -> Iterator[Basic]:
        if isinstance(node, Apply) and node.head.definition is not None:
            yield node.head.unfold(node.arguments)
        yield from node.args

    found = {
        node.arguments[0]
        for node in reached_from(terms, below)
        if isinstance(node, Apply) and node.head in circular
    }
    return sorted(found, key=str)


def _units(arguments: Sequence[Expr]) -> dict[Expr, Fraction]:
    """The smallest multiple in which an angle stands, by the angle: 1/2 of π t, beside sin(π t)."""
    found: dict[Expr, Fraction] = {}
    for argument in arguments:
        for part in summands(subtract(argument, S.Zero) or argument):
            value, rest = coefficient(part)
            size = abs(fraction(value))
            if rest is not S.One and size:
                found[rest] = min(size, found.get(rest, size))
    return found


def _of_sum(
    sin: Head, cos: Head, argument: Expr, places: dict[Expr, None], units: dict[Expr, Fraction]
) -> Iterator[Fact]:
    """sin(a ± b) and cos(a ± b), a whole multiple taken apart as well; ``places`` are the angles
    in which it ends."""
    spread = subtract(argument, S.Zero)
    if spread is None:
        return
    parts = [part for one in summands(spread) for part in _multiples(one, units)]
    if spread is S.Zero:
        yield Fact(CIRCULAR_RULES, sin(argument), S.Zero)
        yield Fact(CIRCULAR_RULES, cos(argument), S.One)
        return
    one, turned = S.Zero, S.One  # sin and cos of the sum so far
    for sign, part in parts:
        places.setdefault(part)
        a, b = mul(number(sign), sin(part)), cos(part)
        one, turned = (
            add(mul(one, b), mul(turned, a)),
            add(mul(turned, b), mul(S.NegativeOne, one, a)),
        )
    if len(parts) > 1 or parts[0] != (1, argument):
        yield Fact(CIRCULAR_RULES, sin(argument), one)
        yield Fact(CIRCULAR_RULES, cos(argument), turned)


def _multiples(part: Expr, units: dict[Expr, Fraction]) -> list[tuple[int, Expr]]:
    """2 a as a, a; −a with its sign; π t as π t/2 twice where that is an angle, too."""
    value, rest = coefficient(part)
    times = fraction(value)
    sign = 1 if times > 0 else -1
    unit = min(units.get(rest, Fraction(1)), Fraction(1))
    count = abs(times) / unit if unit else Fraction(0)
    if count.denominator == 1 and count <= _LARGEST and rest is not S.One:
        return [(sign, mul(number(unit), rest))] * count.numerator
    return [(sign, mul(number(sign), part))]
