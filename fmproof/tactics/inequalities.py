"""Steps with ≤ and ≥: by the form of the difference, or by a square that makes it up.

A square is looked for among the differences of what is squared on the two sides: Jensen's
inequality ‖E[Y|X]‖² ≤ E[‖Y‖²|X], a best predictor, and a bound by a conditional mean all come from
upper = lower + E‖a − b‖².
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError, SortError
from fmproof.kernel.equality import symmetry, transitivity
from fmproof.kernel.order import from_difference, nonnegativity
from fmproof.kernel.ring import ring_normal
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, add, factors, mul, plus_of, without
from fmproof.lang.node import is_nonnegative, sort_of
from fmproof.lang.nodes import Apply, CondExpect, Draw, Expect, Inner, IntegralOver, Named, norm2
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import alpha_equal, canon, free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.methods import Line
from fmproof.tactics.normal import decide

SQUARES_TRIED = 12
"""Squares that are tried."""


def by_form(lower: Expr, upper: Expr) -> Theorem | None:
    """``lower ≤ upper``, where the difference is ≥ 0 by its form."""
    difference = ring_normal(canon(add(upper, mul(S.NegativeOne, lower))))
    if not is_nonnegative(difference):
        return None
    return from_difference(nonnegativity(difference), lower, upper)


def by_square(line: Line, lower: Expr, upper: Expr) -> Theorem | None:
    """``lower ≤ upper``, where upper = lower + a mean square."""
    for square in _squares(lower, upper):
        if line.late():
            return None
        try:
            theorem = _with(line, lower, upper, square)
        except (RuleError, SortError):
            continue
        if theorem is not None and line.follows(theorem, line):
            return theorem
    return None


def _with(line: Line, lower: Expr, upper: Expr, square: Expr) -> Theorem | None:
    more = plus_of(lower, square)
    equal = decide(replace(line, before=upper, claim=more)).equation
    if equal is None:
        return None
    below = from_difference(nonnegativity(square), lower, more)
    return transitivity(below, symmetry(equal))


@dataclass(frozen=True)
class _Square:
    """w‖a‖², or w a² for a number a, under a law, integrated over ``over``."""

    inside: Expr
    weight: Expr
    law: tuple[Draw, ...]
    over: tuple[Draw, ...]

    @property
    def depth(self) -> int:
        return len(self.law) + len(self.over)

    def like(self, other: _Square) -> bool:
        same = self.law == other.law and self.over == other.over
        return same and alpha_equal(self.inside, other.inside)

    def of(self, inside: Expr) -> Expr | None:
        """The mean of w‖a‖² for another a; None where that is nothing new."""
        if inside is S.Zero:
            return None
        square = norm2(inside) if sort_of(inside) is Sort.VEC else inside**2
        body = mul(self.weight, square)
        for kind, measure in ((Expect, self.law), (IntegralOver, self.over)):
            if {var for item in measure for var in drawn_by(item)} & free_vars(body):
                body = kind(body, *measure)
        return body


def _squares(lower: Expr, upper: Expr) -> Iterator[Expr]:
    """E‖a − b‖², E‖a + b‖² and E‖a‖² for what is squared in either line."""
    found: list[_Square] = []
    for one in (*_squared(upper), *_squared(lower)):
        if not any(one.like(other) for other in found):
            found.append(one)
    pairs = [
        (max(a, b, key=lambda one: one.depth), plus_of(a.inside, mul(sign, b.inside)))
        for sign in (S.NegativeOne, S.One)
        for a, b in combinations(found, 2)
        if sort_of(a.inside) is sort_of(b.inside)
    ]
    for square, inside in [*pairs, *((one, one.inside) for one in found)][:SQUARES_TRIED]:
        made = square.of(inside)
        if made is not None:
            yield made


def _squared(
    term: Any, law: tuple[Draw, ...] = (), over: tuple[Draw, ...] = ()
) -> Iterator[_Square]:
    """The squares in a term, losses and names looked through."""
    if isinstance(term, Named):
        yield from _squared(term.definition, law, over)
    elif isinstance(term, Apply) and isinstance(term.head.definition, Expect):
        yield from _squared(term.head.unfold(term.arguments), law, over)
    elif isinstance(term, Add):
        for part in term.args:
            yield from _squared(part, law, over)
    elif isinstance(term, Expect | CondExpect):
        yield from _squared(term.body, law or tuple(term.measure), over)
    elif isinstance(term, IntegralOver) and not law:
        yield from _squared(term.body, law, (*over, *term.measure))
    elif isinstance(term, Inner) and not term.is_square:
        return
    else:
        parts = factors(term)
        for place, part in enumerate(parts):
            rest = mul(*without(parts, place))
            if isinstance(part, Inner) and part.is_square:
                yield _Square(part.args[0], rest, law, over)
            elif parts.count(part) == 2:
                yield _Square(part, mul(*(other for other in parts if other != part)), law, over)
            elif len(parts) > 1:
                yield from _squared(part, law, over)
