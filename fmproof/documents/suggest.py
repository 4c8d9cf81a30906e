"""Terms one edit away from a wrong one: a sign, a factor, a swapped symbol, a draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sympy import Expr, Rational, S

from fmproof.documents.terms import nodes_in
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import (
    Add,
    add,
    coefficient,
    factors,
    mul,
    plus_of,
    summands,
    times_of,
)
from fmproof.lang.node import rebuilt, sort_of
from fmproof.lang.nodes import Apply, Expect, Inner, Let, Ratio, Scalar, Sqrt, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.numbers import is_number
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text

_MOST = 40


def neighbours(before: Expr, claim: Expr, symbols: bool = True) -> Iterator[tuple[str, Expr]]:
    """(what to change, the changed term), the likeliest first, at most forty.

    Args:
        symbols: whether one symbol for another counts; a document may equate the two.
    """
    seen = {claim}
    count = 0
    for words, changed in _edits(before, claim, symbols):
        if changed in seen:
            continue
        seen.add(changed)
        yield words, changed
        count += 1
        if count >= _MOST:
            return


def _edits(before: Expr, claim: Expr, symbols: bool) -> Iterator[tuple[str, Expr]]:
    yield from _of_claim(claim)
    if symbols:
        yield from _swapped(before, claim)
    yield from _joined(claim)
    yield from _inside(claim)
    yield from inverted(claim)


def _swapped(before: Expr, claim: Expr) -> Iterator[tuple[str, Expr]]:
    """One coefficient for another: a_t, not α_t."""
    ours, theirs = _coefficients(claim), _coefficients(before)
    others = list(dict.fromkeys([*theirs, *ours]))
    for wrong in ours:
        for right in others:
            alike = right.head is not wrong.head and right.arguments == wrong.arguments
            if alike:
                yield from _made(
                    f"{text(right)}, not {text(wrong)}",
                    lambda w=wrong, r=right: replaced(claim, w, r),
                )


def _coefficients(term: Expr) -> list[Apply]:
    """Real functions of times in a term."""
    found = [a for a in term.atoms(Apply) if isinstance(a.head, Scalar) and a.arguments]
    times = [a for a in found if all(v.sort is Sort.REAL for v in a.head.params)]
    return sorted(times, key=text)


def _joined(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """E[a·b], not E[a]·E[b], where a and b are functions of one random variable."""
    for node in nodes_in(claim, Inner):
        one, other = node.args
        if not (isinstance(one, Expect) and isinstance(other, Expect)) or one == other:
            continue
        longer, shorter = sorted((one, other), key=lambda e: -len(e.measure))
        drawn = {v for d in shorter.measure for v in drawn_by(d)}
        shared = drawn & free_vars(one.body) & free_vars(other.body)
        if shared and set(shorter.measure) <= set(longer.measure):
            words = "the mean of the product, not the product of the means"
            try:
                product = Expect(Inner(one.body, other.body), *longer.measure)
                yield words, replaced(claim, node, product)
            except FmproofError:
                continue


def in_place_of(term: Expr, old: Var, new: Var) -> Expr | None:
    """A term with another variable for a free one, bound where it stands; None if that is none."""
    try:
        changed = replaced(term, old, new)
    except FmproofError:
        return None
    return None if changed == term else changed


def replaced(term: Any, old: Expr, new: Expr) -> Any:
    """A term with one part for another, wherever it stands, under binders as well.

    Raises:
        SortError: that is no term.
    """
    if term == old:
        return new
    if not term.args or not isinstance(term, Expr | Let):
        return term
    if isinstance(term, Apply):
        return rebuilt(term, term.head, *(replaced(arg, old, new) for arg in term.args[1:]))
    return rebuilt(term, *(replaced(arg, old, new) for arg in term.args))


def replaced_along(
    line: Expr, part: Expr, terms: Iterable[tuple[Expr, str]]
) -> list[tuple[Expr, str]] | None:
    """The lines in which ``part`` becomes one of the terms after another, each with its words; None
    where one does not fit."""
    found: list[tuple[Expr, str]] = []
    last = line
    for term, words in terms:
        try:
            changed = replaced(line, part, term)
        except FmproofError:
            return None
        if changed != last:
            last = changed
            found.append((last, words))
    return found


def _inside(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """Another sign of one summand of a sum deeper inside."""
    for total in sorted(claim.atoms(Add), key=text):
        if total == claim:
            continue
        for words, changed in _signs(total):
            if words.startswith("without"):
                continue
            yield from _made(words, lambda w=total, c=changed: replaced(claim, w, c))


def flips(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """One summand with the other sign, in the claim or in a sum inside it."""
    for total in (claim, *sorted(claim.atoms(Add) - {claim}, key=text)):
        for words, changed in _by_factor(total, -1):
            yield from _made(words, lambda w=total, c=changed: replaced(claim, w, c))


def doubled(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """One summand twice, or half."""
    for by in (2, Rational(1, 2)):
        yield from _by_factor(claim, by)


def powers(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """A number with a square that is missing, or without one that should not be there."""
    calls = {a for a in claim.atoms(Apply) if isinstance(a.head, Scalar)}
    numbers = {a for a in calls | claim.atoms(Var) if sort_of(a) is Sort.REAL}
    for one in sorted(numbers, key=text):
        square = times_of(one, one)
        shown, squared = text(one), text(square)
        if claim.has(square):
            words = f"{shown}, not {squared}"
            yield from _made(words, lambda a=one, b=square: replaced(claim, b, a))
        words = f"{squared}, not {shown}"
        yield from _made(words, lambda a=one, b=square: replaced(claim, a, b))


def weights(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """A sum with a number before a summand squared, or without its square: 1/σ², not 1/σ."""
    parts = list(summands(claim))
    for i, part in enumerate(parts):
        own = list(factors(part))
        for one in dict.fromkeys(f for f in own if sort_of(f) is Sort.REAL and not is_number(f)):
            rest = [*own]
            rest.remove(one)
            square = _squared(one)
            if one not in rest:
                words = f"{text(square)}, not {text(one)}"
                yield from _made(
                    words, lambda r=rest, s=square, i=i: _with_part(parts, i, mul(s, *r))
                )
            else:
                words = f"{text(one)}, not {text(square)}"
                yield from _made(words, lambda r=rest, i=i: _with_part(parts, i, mul(*r)))


def _squared(one: Expr) -> Expr:
    over, below = one.args if isinstance(one, Ratio) else (one, S.One)
    top = over if over == S.One else mul(over, over)
    return Ratio(top, mul(below, below)) if isinstance(one, Ratio) else top


def _with_part(parts: list[Expr], place: int, part: Expr) -> Expr:
    """A sum with another summand at a place."""
    return plus_of(*parts[:place], part, *parts[place + 1 :])


def roots(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """A number without the root over it."""
    for root in nodes_in(claim, Sqrt):
        words = f"{text(root.args[0])}, not {text(root)}"
        yield from _made(words, lambda r=root: replaced(claim, r, r.args[0]))


def under_root(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """A sum of numbers before something with the root over it that is missing: √(1 − a) ε."""
    products = {part for total in claim.atoms(Add) for part in total.args}
    for part in sorted(products | set(summands(claim)), key=text):
        own = list(factors(part))
        for one in (f for f in own if isinstance(f, Add) and sort_of(f) is Sort.REAL):
            rest = [*own]
            rest.remove(one)
            if rest:
                words = f"√({text(one)}), not {text(one)}"
                yield from _made(
                    words, lambda p=part, r=rest, o=one: replaced(claim, p, mul(Sqrt(o), *r))
                )


def inverted(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """One ratio of numbers the other way round."""
    for ratio in nodes_in(claim, Ratio):
        over, below = ratio.args
        if sort_of(over) is Sort.REAL and not any(map(is_number, (over, below))):
            words = f"{text(Ratio(below, over))}, not {text(ratio)}"
            yield from _made(
                words, lambda r=ratio, o=over, b=below: replaced(claim, r, Ratio(b, o))
            )


def as_a_whole(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """A sum twice, or half."""
    for by, words in ((Rational(2), "twice that"), (Rational(1, 2), "half of that")):
        if len(summands(claim)) > 1:
            yield from _made(words, lambda b=by: times_of(b, claim))


def complements(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """What is divided by t divided by 1 − t, or the other way round."""
    for ratio in nodes_in(claim, Ratio):
        over, below = ratio.args
        if sort_of(below) is not Sort.REAL or is_number(below):
            continue
        other = add(S.One, mul(S.NegativeOne, below))
        if max(len(summands(below)), len(summands(other))) > 2:
            continue
        words = f"{text(other)} below, not {text(below)}"
        yield from _made(words, lambda r=ratio, o=over, b=other: replaced(claim, r, Ratio(o, b)))


def _of_claim(term: Expr) -> Iterator[tuple[str, Expr]]:
    yield from _signs(term)
    if isinstance(term, Expect):
        for words, body in _signs(term.body):
            yield from _made(words, lambda b=body: Expect(b, *term.measure))
        return
    if isinstance(term, Add):
        for i, part in enumerate(term.args):
            number, core = coefficient(part)
            if isinstance(core, Expect):
                for words, body in _signs(core.body):
                    others = [*term.args[:i], *term.args[i + 1 :]]
                    yield from _made(
                        words,
                        lambda b=body, c=core, n=number, o=others: plus_of(
                            *o, n * Expect(b, *c.measure)
                        ),
                    )


def _made(words: str, build: object) -> Iterator[tuple[str, Expr]]:
    try:
        yield words, build()  # type: ignore[operator]
    except FmproofError:
        return


def _signs(term: Expr) -> Iterator[tuple[str, Expr]]:
    """One summand with another sign or factor; a wrong sign is the likeliest."""
    for by in (-1, 2, -2, Rational(1, 2)):
        yield from _by_factor(term, by)
    parts = list(summands(term))
    for i, part in enumerate(parts):
        _, core = coefficient(part)
        if isinstance(core, Inner | Apply):
            others = [*parts[:i], *parts[i + 1 :]]
            if others:
                yield f"without {_signed(part)}", plus_of(*others)


def _by_factor(term: Expr, by: Any) -> Iterator[tuple[str, Expr]]:
    parts = list(summands(term))
    for i, part in enumerate(parts):
        number, core = coefficient(part)
        changed = times_of(Rational(by * number), core)
        words = f"{_signed(changed)}, not {_signed(part)}"
        yield words, plus_of(*parts[:i], *parts[i + 1 :], changed)


def _signed(part: Expr) -> str:
    shown = text(part)
    return shown if shown.startswith("−") else f"+{shown}"
