"""Rewriting: applying a kernel rule wherever it fits, as one theorem.

A *conversion* takes a term and gives a theorem ``term = other``, or None where it does not
apply. Nothing here is trusted: whatever a conversion does, its result is a kernel theorem.

Most conversions can only apply to terms with certain symbols at the root. One that says so
(:func:`at`) is not tried elsewhere, and no term is searched in which none of them occurs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sympy import Basic, Expr

from fmproof.derived.ratios import cancel, ratio_and_denominator
from fmproof.errors import RuleError, SortError
from fmproof.kernel.equality import congruence, transitivity
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Mul, factors
from fmproof.lang.node import declaration, remembered
from fmproof.lang.nodes import Apply, Named, Ratio, Var

Conversion = Callable[[Expr], Theorem | None]

RootSymbol = object
"""The type of a term; the symbol that an application applies, and a name, are one as well."""


def root_symbols(term: Basic) -> tuple[RootSymbol, ...]:
    """The symbols at the root of a term."""
    if isinstance(term, Apply):
        return (type(term), term.head)
    return (type(term), term) if isinstance(term, Named) else (type(term),)


@remembered
def symbols_inside(term: Any) -> frozenset[RootSymbol]:
    """The root symbols of a term and of all its parts."""
    return frozenset(root_symbols(term)).union(*map(symbols_inside, term.args))


@dataclass(frozen=True)
class _Rooted:
    """A conversion that applies to no term but those with one of some symbols at the root."""

    symbols: frozenset[RootSymbol]
    convert: Conversion

    def __call__(self, term: Expr) -> Theorem | None:
        return None if self.symbols.isdisjoint(root_symbols(term)) else self.convert(term)


def at(*symbols: RootSymbol) -> Callable[[Conversion], Conversion]:
    """Say which symbols are at the root of every term that a conversion can apply to."""
    return lambda convert: _Rooted(frozenset(symbols), convert)


def at_those_of(conversions: Iterable[Conversion], convert: Conversion) -> Conversion:
    """``convert``, which applies one of ``conversions``, at the symbols of any of them."""
    rooted = [c.symbols if isinstance(c, _Rooted) else None for c in conversions]
    known = [symbols for symbols in rooted if symbols is not None]
    if len(known) < len(rooted):
        return convert
    return _Rooted(frozenset().union(*known), convert)


def at_instances(patterns: Iterable[Basic], convert: Conversion) -> Conversion:
    """``convert``, which applies to instances of some terms alone."""
    each = list(patterns)
    if any(isinstance(pattern, Var) for pattern in each):  # everything is one
        return convert
    return at(*(p.head if isinstance(p, Apply) else type(p) for p in each))(convert)


def first_of(conversions: Iterable[Conversion]) -> Conversion:
    """The first of several conversions that applies."""
    each = tuple(conversions)

    def convert(term: Expr) -> Theorem | None:
        for conversion in each:
            theorem = conversion(term)
            if theorem is not None:
                return theorem
        return None

    return at_those_of(each, convert)


T = TypeVar("T")

LIMIT = 1_000
"""Rewrites in one sweep before it is taken for a loop."""
_REMEMBERED = 2_000


class Forms(Generic[T]):
    """What was worked out of terms, by what it depends on; a search asks for the same again.

    That it fails is remembered, too. When it is full it is emptied, which costs time alone.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, T | RuleError | SortError] = {}

    def of(self, key: Hashable, work: Callable[[], T]) -> T:
        """What ``work`` returned for ``key``, or raised."""
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            try:
                found = work()
            except (RuleError, SortError) as error:
                found = error
            self._known[key] = found
        if isinstance(found, RuleError | SortError):
            raise type(found)(str(found))
        return found


class Once(Generic[T]):
    """What an iterator gives, each item made when it is first asked for, and once."""

    def __init__(self, items: Iterator[T]) -> None:
        self._made: list[T] = []
        self._rest = items

    def __iter__(self) -> Iterator[T]:
        place = 0
        while True:
            if place == len(self._made):
                try:
                    self._made.append(next(self._rest))
                except StopIteration:
                    return
            yield self._made[place]
            place += 1


def attempt(rule: Callable[..., Theorem | None], *args: object) -> Theorem | None:
    """The rule's theorem, or None where the rule does not fit."""
    try:
        return rule(*args)
    except (RuleError, SortError):
        return None


@at(Mul)
def cancel_ratio(term: Expr) -> Theorem | None:
    """b·(a/b)·k as a·k, where a ratio stands beside its denominator."""
    if Ratio not in symbols_inside(term) or ratio_and_denominator(factors(term)) is None:
        return None
    return attempt(cancel, term)


def rewritable(term: Expr) -> tuple[int, ...]:
    """The places of the arguments that congruence can rewrite."""
    return tuple(declaration(term).places(term))


def sweep(term: Expr, conversion: Conversion) -> Theorem | None:
    """``conversion`` applied everywhere, outside in, until it no longer applies.

    None when it applied nowhere.
    """
    budget = [LIMIT]
    return _sweep(term, conversion, budget)


def then(theorem: Theorem, conversion: Conversion) -> Theorem:
    """``theorem`` with the conversion swept over its right side."""
    more = sweep(theorem.rhs, conversion)
    return theorem if more is None else transitivity(theorem, more)


def _sweep(term: Expr, conversion: Conversion, budget: list[int]) -> Theorem | None:
    symbols = conversion.symbols if isinstance(conversion, _Rooted) else None
    if symbols is not None and symbols.isdisjoint(symbols_inside(term)):
        return None
    theorem = _at_root(term, conversion, budget)
    current = term if theorem is None else theorem.rhs
    parts = {}
    for place in rewritable(current):
        arg = current.args[place]
        if symbols is not None and symbols.isdisjoint(symbols_inside(arg)):
            continue  # as above, without a call
        part = _sweep(arg, conversion, budget)
        if part is not None:
            parts[place] = part
    if not parts:
        return theorem
    inside = congruence(current, parts)
    theorem = inside if theorem is None else transitivity(theorem, inside)
    again = conversion(theorem.rhs)
    if again is not None:
        theorem = transitivity(theorem, again)
    elif type(theorem.rhs) is type(current):
        return theorem  # else factors have moved, and there are new parts
    more = _sweep(theorem.rhs, conversion, budget)
    return theorem if more is None else transitivity(theorem, more)


def _at_root(term: Expr, conversion: Conversion, budget: list[int]) -> Theorem | None:
    theorem: Theorem | None = None
    while True:
        step = conversion(term if theorem is None else theorem.rhs)
        if step is None:
            return theorem
        budget[0] -= 1
        if budget[0] < 0:
            raise RuleError("rewriting does not come to an end")
        theorem = step if theorem is None else transitivity(theorem, step)
