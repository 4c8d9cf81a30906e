"""Averages of log N(x; n, w I) over x ~ N(m, v I): divergences, entropies, cross entropies.

The logarithm is −‖x − n‖²/(2w) − (d/2) log(2πw), so the average needs E‖x − n‖² = v d + ‖m − n‖²
and nothing else. Both lines are brought there step by step, and compared over a common denominator.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Any

from sympy import Expr, S

from fmproof.documents import quotients
from fmproof.documents.standard_noise import (
    OPENS_DRAWS,
    at_each_node,
    gaussian_of,
    is_gaussian_draw,
    with_gaussian_draws,
)
from fmproof.lang.arithmetic import Add, Mul, add, factors, mul, summands
from fmproof.lang.nodes import Expect, Inner, Log, Ratio, dim, pi
from fmproof.lang.numbers import number
from fmproof.lang.scope import free_vars
from fmproof.tactics.script import Step

_WORDS = (
    ("definition", "gaussian", "log", "exp", "field"),
    ("linearity",),
    ("square",),
    ("linearity", "square"),
    ("moments",),
)
"""What shows each of the forms of an average."""
_FORMS = (("log", "square", "linearity"), ("log", "root", "square", "linearity"))
"""What brings a line with logarithms of variances to a sum of monomials."""


def steps(before: Expr, claim: Expr) -> list[Step] | None:
    """Steps from ``before`` to ``claim`` with averages of log N put in; None where they have
    none."""
    one, other = _opened(before), _opened(claim)
    if len(one) + len(other) == 2:
        return None
    left, right = one[-1][0], other[-1][0]
    there = [Step(f"1.{i}", line, by=by) for i, (line, by) in enumerate(one[1:], 1)]
    lines = [line for line, _ in other[-2::-1]]
    words = [by for _, by in other[:0:-1]]
    back = [
        Step(f"3.{i}", line, by=by)
        for i, (line, by) in enumerate(zip(lines, words, strict=True), 1)
    ]
    if left == right:
        return [*there, *back]
    for form in _FORMS:
        over = quotients.steps(left, right, form)
        if over:
            return [*there, *(Step(f"2.{one.id}", one.claim, by=one.by) for one in over), *back]
    return [*there, Step("2", right, by=_FORMS[1]), *back]


def _opened(line: Expr) -> list[tuple[Expr, tuple[str, ...]]]:
    """A line, and step by step the same one without averages of log N, each with what shows it."""
    written = at_each_node(line, with_gaussian_draws)
    found: list[tuple[Expr, tuple[str, ...]]] = [(line, ())]
    if written != line:
        found.append((written, OPENS_DRAWS))
    forms = len(found)
    for form, words in enumerate(_WORDS):
        there = at_each_node(written, partial(_in_form, form))
        if there != found[-1][0]:
            found.append((there, words))
    return found if len(found) > forms else found[:1]


def _in_form(form: int, term: Any) -> Any:
    """An average of log N in one of its forms; anything else as it is."""
    if not (isinstance(term, Expect) and len(term.measure) == 1):
        return term
    (draw,) = term.measure
    if not is_gaussian_draw(draw):
        return term
    body = _written_out(term.body)
    if body == term.body:
        return term
    x = draw.arguments[0]
    whole: list[Expr] = []
    for part in summands(body):
        squares = [f for f in factors(part) if x in free_vars(f)]
        rest = mul(*(f for f in factors(part) if x not in free_vars(f)))
        if not squares:
            whole.append(rest)
            continue
        if len(squares) != 1 or not isinstance(squares[0], Inner):
            return term
        away, same = squares[0].args
        if away != same or x in free_vars(add(away, mul(S.NegativeOne, x))):
            return term
        whole.append(mul(rest, _square(form, away, draw)))
    return Expect(body, draw) if form == 0 else add(*whole)


def _square(form: int, away: Expr, draw: Any) -> Expr:
    """E‖x − n‖² in one of its forms, the last of which is v d + ‖m − n‖²."""
    x, mean, variance = draw.arguments
    rest = add(x, mul(S.NegativeOne, mean))
    shift = add(away, mul(S.NegativeOne, rest))
    square, still = Inner(rest, rest), Inner(shift, shift)
    if form <= 1:
        return Expect(Inner(away, away), draw)
    if form == 2:
        return Expect(add(square, mul(number(2), Inner(rest, shift)), still), draw)
    if form == 3:
        centred = add(Expect(x, draw), mul(S.NegativeOne, mean))
        return add(Expect(square, draw), mul(number(2), Inner(centred, shift)), still)
    return add(mul(variance, dim), still)


def _written_out(term: Any) -> Any:
    """log (N₁/N₂) as a sum, in the summands and products of a term."""
    if isinstance(term, Log):
        parts = list(_signed(term.args[0]))
        if not any(is_gaussian_draw(part) for _, part in parts):
            return term
        logs = (_log(part) if is_gaussian_draw(part) else Log(part) for _, part in parts)
        return add(*(mul(number(sign), log) for (sign, _), log in zip(parts, logs, strict=True)))
    if isinstance(term, Add):
        return add(*map(_written_out, term.args))
    if isinstance(term, Mul):
        inside = [_written_out(factor) for factor in factors(term)]
        sums = [part for part in inside if isinstance(part, Add)]
        if len(sums) != 1:
            return mul(*inside)
        others = [part for part in inside if part is not sums[0]]
        return add(*(mul(*others, part) for part in summands(sums[0])))
    return term


def _log(density: Any) -> Expr:
    """log N(x; n, w I) = −‖x − n‖²/(2w) − (d/2) log(2πw)."""
    x, mean, variance = density.arguments
    away = add(x, mul(S.NegativeOne, mean))
    half = number(Fraction(-1, 2))
    over = S.One if variance is S.One else Ratio(S.One, variance)
    square = mul(half, over, Inner(away, away))
    return add(square, mul(half, dim, Log(mul(number(2), pi, variance))))


def _signed(term: Any) -> Iterator[tuple[int, Any]]:
    """The factors of a quotient, with 1 for those above and −1 for those below."""
    for factor in factors(term):
        if isinstance(factor, Ratio):
            yield from _signed(factor.args[0])
            yield from ((-sign, part) for sign, part in _signed(factor.args[1]))
        elif factor != S.One:
            yield 1, gaussian_of(factor)
