"""Two lines with quotients over a common denominator, as steps that the checker can follow.

A ratio does not cancel by itself, since b·(1/b) = 1 needs b ≠ 0. So both lines are brought to sums
of monomials with the factors 1/b, every monomial is multiplied by b·(1/b) until all have the same
number of each 1/b, and what is left is arithmetic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from sympy import Basic, Expr, S

from fmproof.documents.smoothness import positivity_of
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import add, coefficient, factors, mul, summands
from fmproof.lang.nodes import (
    Apply,
    Expect,
    Gaussian,
    IntegralOver,
    Named,
    Ratio,
    Scalar,
    Sqrt,
)
from fmproof.lang.nodes.measure import drawn_by, is_density
from fmproof.lang.nodes.measure import parents_of as conditions_of
from fmproof.lang.props import Almost, ForAll, Prop, VanishesWith
from fmproof.lang.scope import canon, free_vars, replace_head
from fmproof.tactics.differences import subtract
from fmproof.tactics.methods import Line, agree, common_form
from fmproof.tactics.script import Step

FORM = ("definition", "density", "square", "linearity")
"""How a line becomes a sum of monomials."""
_MOST = 400


def steps(before: Expr, claim: Expr, words: tuple[str, ...] = FORM) -> list[Step] | None:
    """Steps from ``before`` to ``claim`` over a common denominator; None where that fails.

    ``words`` are the methods that bring a line to a sum of monomials.
    """
    try:
        line = Line(before, claim)
        common = common_form(line, words)
        left, right = (_polynomial(side) for side in (common.left.rhs, common.right.rhs))
    except (FmproofError, TypeError, RecursionError):
        return None
    if left is None or right is None:
        return None
    every = _most_below([left, right])
    if len(summands(left)) + len(summands(right)) > _MOST:
        return None
    if not every and not (left.has(Sqrt) or right.has(Sqrt)):
        return None
    try:
        over = [_over(side, every) for side in (left, right)]
    except (FmproofError, TypeError):
        return None
    middle = _same_over(*over)
    if middle is None:
        return None
    return [
        Step("1", left, by=words),
        Step("2", over[0], by="cancel"),
        *middle,
        Step("4", right, by="cancel"),
        *_back(common.right.rhs, right, words),
        Step("5", claim, by=words),
    ]


def _back(form: Expr, polynomial: Expr, words: tuple[str, ...]) -> list[Step]:
    """The form of the claim before it was multiplied out, where that cancels what is not there."""
    if form == polynomial or "cancel" not in words or agree(polynomial, form, words):
        return []
    return [Step("4.1", form, by="ring")]


def _same_over(one: Expr, other: Expr) -> list[Step] | None:
    """Steps between lines over a common denominator, with √v·√v as v where they need it."""
    if agree(one, other, ("linearity",)):
        return [Step("3", other, by="linearity")]
    mine, theirs = without_roots(one), without_roots(other)
    if (mine, theirs) == (one, other):
        return None
    same = subtract(mine, theirs) == S.Zero  # else summands move between averages
    if not (same or agree(mine, theirs, ("linearity",))):
        return None
    return [
        Step("3.1", mine, by="root"),
        Step("3.2", theirs, by="ring" if same else "linearity"),
        Step("3.3", other, by="root"),
    ]


def between(before: Expr, claim: Expr) -> list[tuple[Expr, str]] | None:
    """Terms from ``before`` to ``claim`` over a common denominator, each with what shows it, where
    nothing but arithmetic is needed."""
    left, right = _polynomial(before), _polynomial(claim)
    if left is None or right is None:
        return None
    every = _most_below([left, right])
    try:
        one, other = _over(left, every), _over(right, every)
    except (FmproofError, TypeError):
        return None
    mine, theirs = without_roots(one), without_roots(other)
    if not every or subtract(mine, theirs) != S.Zero:
        return None
    there = [(left, "ring"), (one, "cancel"), (mine, "root")]
    return [*there, (theirs, "ring"), (other, "root"), (right, "cancel"), (claim, "ring")]


def without_roots(term: Expr) -> Expr:
    """√v·√v as v, in every summand and in the averages in it."""
    return add(*(mul(*_squares(Counter(map(_inside, factors(part))))) for part in summands(term)))


def _inside(factor: Expr) -> Expr:
    if isinstance(factor, Expect | IntegralOver):
        return factor.func(without_roots(factor.args[0]), *factor.args[1:])
    return factor


def _squares(parts: Counter[Expr]) -> Iterator[Expr]:
    for part, count in parts.items():
        whole, rest = divmod(count, 2) if isinstance(part, Sqrt) else (0, count)
        yield from part.args[:1] * whole
        yield from [part] * rest


def conditions(terms: Sequence[Basic]) -> list[Prop]:
    """What is divided by is not zero and what is under a root is positive, almost everywhere
    under the binders around it."""
    found: dict[Basic, Prop] = {}
    for term in terms:
        for prop in _conditions(term, (), set()):
            found.setdefault(canon(prop), prop)
    return list(found.values())


def _conditions(
    term: Basic, around: tuple[Expr, ...], seen: set[tuple[Basic, int]]
) -> Iterator[Prop]:
    if isinstance(term, Named):
        yield from _conditions(term.definition, around, seen)
        return
    defined = isinstance(term, Apply) and term.head.definition is not None
    if defined and (term, len(around)) not in seen:
        seen.add((term, len(around)))
        yield from _conditions(term.head.unfold(term.arguments), around, seen)
    if isinstance(term, Ratio) and subtract(term.args[1], S.Zero) != S.Zero:
        yield from _nonzero(term.args[1], around)
    variance = isinstance(term, Apply) and isinstance(term.head, Gaussian)
    if isinstance(term, Sqrt) or (variance and around):
        inside = term.args[0] if isinstance(term, Sqrt) else term.args[3]
        forms = [inside, *([_with_values(inside)] if isinstance(term, Sqrt) else ())]
        for prop in (prop for one in forms for prop in positivity_of(one, scales=variance)):
            here = () if isinstance(prop, ForAll) else around
            yield from _everywhere(partial(_itself, prop), here)
    if isinstance(term, Expect | IntegralOver):
        around = (*around, *term.measure)
    for arg in term.args:
        yield from _conditions(arg, around, seen)


def _with_values(term: Expr) -> Expr:
    """1 − e^{−B} for 1 − ᾱ, of an ᾱ that is defined so: what a derivative finds below the root."""
    for call in sorted(term.atoms(Apply), key=str):
        if isinstance(call.head, Scalar) and call.head.definition is not None:
            term = replace_head(term, call.head, call.head.params, call.head.definition)
    return term


def _nonzero(below: Expr, around: tuple[Expr, ...]) -> Iterator[Prop]:
    yield from _everywhere(partial(VanishesWith, S.One, below), around)


def _is_time(item: Any) -> bool:
    """Whether a time is drawn, from an interval."""
    return is_density(item) and all(part.bounded for part in item.head.ranges(item))


def _itself(prop: Prop) -> Prop:
    return prop


def _everywhere(made: Callable[[], Prop], around: tuple[Expr, ...]) -> Iterator[Prop]:
    """A proposition for almost every value of what is drawn around it, where it is about that."""
    try:
        prop = made()
        drawn = [item for item in around if free_vars(prop) & set(drawn_by(item))]
        alone = not any(conditions_of(item) for item in drawn if isinstance(item, Apply))
        yield Almost(prop, *(drawn if alone else around)) if drawn else prop
        if drawn and all(map(_is_time, drawn)):  # and so under integrals over it
            yield Almost(prop, *(part for item in drawn for part in item.head.ranges(item)))
    except FmproofError:
        return


# --- monomials ---------------------------------------------------------------------------


def _polynomial(term: Expr) -> Expr | None:
    return subtract(term, S.Zero)


def _most_below(sums: Sequence[Expr]) -> Counter[Expr]:
    """How often each 1/b is a factor of a summand at most, outside and inside its average."""
    every = Counter[Expr]()
    for part in (part for term in sums for part in summands(term)):
        every |= Counter(_below(part))
    return every


def _below(part: Expr) -> Iterator[Expr]:
    for factor in factors(coefficient(part)[1]):
        if isinstance(factor, Ratio) and factor.args[0] is S.One:
            yield factor.args[1]
        elif isinstance(factor, Expect | IntegralOver):
            yield from _below(factor.body)


def _over(term: Expr, every: Counter[Expr]) -> Expr:
    return add(*(_raised(part, every) for part in summands(term)))


def _raised(part: Expr, every: Counter[Expr]) -> Expr:
    """``part`` times b·(1/b) so often that it has each 1/b as often as ``every`` says."""
    lacking = every - Counter(_below(part))
    parts = list(factors(coefficient(part)[1]))
    number = coefficient(part)[0]
    averages = [i for i, f in enumerate(parts) if isinstance(f, Expect | IntegralOver)]
    inside: list[Expr] = []
    for below, count in lacking.items():
        pairs = [below, Ratio(S.One, below)] * count
        if averages and free_vars(below) & _drawn(parts[averages[0]]):
            inside += pairs
        else:
            parts += pairs
    if inside:
        average = parts[averages[0]]
        parts[averages[0]] = average.func(mul(average.args[0], *inside), *average.args[1:])
    return mul(number, *parts)


def _drawn(average: Expr) -> set[Basic]:
    return {v for item in average.args[1:] for v in free_vars(item)}
