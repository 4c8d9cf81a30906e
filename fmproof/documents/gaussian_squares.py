"""E‖a n + b m‖² = (a² v + b² w) d for independent noises, whatever quotients a and b are.

Multiplied out, a square with coefficients such as (t s² − (1 − t))/((1 − t)² + t² s²) has dozens of
summands. So it is shown for letters a and b first, and then of what they stand for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Expr, S

from fmproof.documents.left_over import normal_difference
from fmproof.documents.noise_moments import parts_with_moments
from fmproof.documents.standard_noise import is_gaussian_draw
from fmproof.lang.arithmetic import add, factors, mul, summands
from fmproof.lang.nodes import Expect, Inner, Ratio, Real, Var, dim, norm2
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import free_vars, fresh
from fmproof.tactics.script import Part, Step

_MOST = 3
"""Noises in one square."""


def square_parts(before: Expr, claim: Expr) -> Iterator[tuple[Part, ...]]:
    """Parts that show ``before = claim``, where the first is the mean square of such a sum."""
    if not (isinstance(before, Expect) and isinstance(before.body, Inner) and before.has(Ratio)):
        return
    vector, other = before.body.args
    draws: Any = before.measure
    if vector != other or not 1 < len(draws) <= _MOST:
        return
    if not all(is_gaussian_draw(draw) and draw.arguments[1] is S.Zero for draw in draws):
        return
    noises = [v for draw in draws for v in drawn_by(draw)]
    variances = [draw.arguments[2] for draw in draws]
    if any(set(noises) & free_vars(variance) for variance in variances):
        return
    scales: dict[Var, list[Expr]] = {noise: [] for noise in noises}
    for scale, noise in _scaled(vector, noises):
        if noise not in scales:
            return
        scales[noise].append(scale)
    letters: list[Var] = []
    for _ in noises:
        taken = {*free_vars(before), *free_vars(claim), *noises, *letters}
        letters.append(fresh(Real("a"), taken))
    values = [add(*scales[noise]) for noise in noises]

    def square(coefficients: list[Expr]) -> Expr:
        return norm2(add(*(mul(c, n) for c, n in zip(coefficients, noises, strict=True))))

    def mean(coefficients: list[Expr]) -> Expr:
        return mul(add(*(mul(c, c, v) for c, v in zip(coefficients, variances, strict=True))), dim)

    start, end = Expect(square([*letters]), *draws), mean([*letters])
    for *known, last in parts_with_moments(start, end, normal_difference(start, end)):
        lemma = Part("square", start, last.steps, name="square")
        steps = [
            Step("s.1", Expect(square(values), *draws), by="ring"),
            Step("s.2", mean(values), by="lemma", using="square"),
            Step("s.3", claim, by="field"),
        ]
        yield (*known, lemma, Part("row", before, steps))


def _scaled(vector: Expr, noises: Sequence[Var]) -> Iterator[tuple[Expr, Any]]:
    """The summands of a vector as (c, n), those inside c (a n + b m), too."""
    taken = frozenset(noises)
    for summand in summands(vector):
        scale = mul(*(f for f in factors(summand) if not taken & free_vars(f)))
        rest = mul(*(f for f in factors(summand) if taken & free_vars(f)))
        if len(summands(rest)) > 1:
            yield from ((mul(scale, more), one) for more, one in _scaled(rest, noises))
        else:
            yield scale, rest
