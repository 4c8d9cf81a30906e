"""Equations of coefficients, solved for the one of which nothing was said before.

Of a c without a definition, c² (s² + r²) = 1 says what it is: nothing could show it. Later rows may
rest on it, with c = √(1/(s² + r²)) put in. The positive root is meant, as of every scale.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

from sympy import Expr, S

from fmproof.documents.context import Stipulation
from fmproof.documents.suggest import replaced
from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import add, coefficient, factors, mul, summands
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, Head, Ratio, Scalar, Sqrt, Var
from fmproof.lang.numbers import fraction, is_number, number
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.differences import subtract


def is_of_coefficients(before: Expr, claim: Expr) -> bool:
    """Whether an equation is about functions of times and numbers alone."""
    heads = heads_in([before, claim])
    free = free_vars(before) | free_vars(claim)
    return (
        sort_of(before) is sort_of(claim) is Sort.REAL
        and all(isinstance(h, Scalar) and all(map(_real, h.params)) for h in heads)
        and all(map(_real, free))
    )


def _real(var: Var) -> bool:
    return var.sort is Sort.REAL


def determined(
    before: Expr, claim: Expr, place: str, known: Mapping[Head, Stipulation]
) -> Iterator[Stipulation]:
    """What an equation says of the coefficients in it of which nothing is ``known``: of that alone
    on its left, or else of those that it can be solved for."""
    calls = sorted({*before.atoms(Apply), *claim.atoms(Apply)}, key=str)
    letters = sorted(free_vars(before) | free_vars(claim), key=str) if not calls else []
    new = [call for call in calls if call.head.definition is None and call.head not in known]
    new += [letter for letter in letters if letter not in known]
    alone = [c for c in new if set(factors(before)) == {c} or before == Ratio(S.One, c)]
    for one in alone or new:
        value = _solved(before, claim, one)
        if isinstance(one, Var):
            if value is not None and one not in free_vars(value):
                yield Stipulation(one, (), value, place)
            continue
        if value is None or one.head in _behind([value], known):
            continue
        made = _for_every(one, value)
        if made is not None:
            yield Stipulation(one.head, *made, place)


def _behind(terms: Sequence[Expr], known: Mapping[Head, Stipulation]) -> set[Head]:
    """The symbols in terms, and in what is known of these."""
    found = heads_in(terms)
    more = [known[head].body for head in found & set(known)]
    rest = {head: case for head, case in known.items() if head not in found}
    return found | _behind(more, rest) if more else found


def _solved(before: Expr, claim: Expr, call: Expr) -> Expr | None:
    """What ``call``, or a letter, is, if it stands in the equation linearly, squared, or alone
    below 1, and nowhere else."""

    def has_it(term: Expr) -> bool:
        return call in free_vars(term) if isinstance(call, Var) else call.head in heads_in([term])

    if before == Ratio(S.One, call) and not has_it(claim):
        return Ratio(S.One, claim)
    whole = subtract(before, claim)
    if whole is None:
        return None
    by_power: dict[int, list[Expr]] = {}
    for part in summands(whole):
        own = Counter(factors(part))
        power = own.pop(call, 0)
        if any(map(has_it, own)):
            return None
        by_power.setdefault(power, []).append(mul(*own.elements()))
    powers = set(by_power) - {0}
    if powers not in ({1}, {2}):
        return None
    (power,) = powers
    if set(factors(before)) == {call}:
        value = claim  # as it is written
    else:
        over, rest = add(*by_power[power]), mul(S.NegativeOne, add(*by_power.get(0, [])))
        shorter = number(1 / _content(over))
        over, rest = mul(shorter, over), mul(shorter, rest)
        value = mul(number(1 / fraction(over)), rest) if is_number(over) else Ratio(rest, over)
    return Sqrt(value) if power == 2 else value


def _is_of_a_time(term: Expr) -> bool:
    """Whether a function in a term is taken at a letter."""
    return any(isinstance(place, Var) for call in term.atoms(Apply) for place in call.arguments)


def _content(term: Expr) -> Fraction:
    """A number that divides all summands; below 0, if they all are."""
    numbers = [fraction(coefficient(part)[0]) for part in summands(term)]
    over = Fraction(gcd(*(n.numerator for n in numbers)), lcm(*(n.denominator for n in numbers)))
    return -over if all(n < 0 for n in numbers) else over


def _for_every(call: Expr, value: Expr) -> tuple[tuple[Var, ...], Expr] | None:
    """The value for every value of the arguments, which are letters, or stand as they are: c(s(t))
    says what c is at every s, if t is nowhere else."""
    params: list[Var] = []
    for i, place in enumerate(call.arguments):
        if isinstance(place, Var):
            params.append(place)
            continue
        if not free_vars(place):
            return None  # c(0) = 1 is said of one value
        letter = Var(f"{call.head.params[i].name}''", Sort.REAL)
        try:
            value = replaced(value, place, letter)
        except FmproofError:
            return None
        if free_vars(place) & free_vars(value):
            return None
        params.append(letter)
    if params and not set(params) & free_vars(value) and _is_of_a_time(value):
        return None  # a_s = √ᾱ(t): which time is which is not understood
    return (tuple(params), value) if len(set(params)) == len(params) else None
