"""Rewriting: applying a kernel rule wherever it fits, as one theorem.

A *conversion* takes a term and gives a theorem ``term = other``, or None where it does not
apply. Nothing here is trusted: whatever a conversion does, its result is a kernel theorem.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from sympy import Expr

from fmproof.errors import RuleError, SortError
from fmproof.kernel.equality import congruence, transitivity
from fmproof.kernel.theorem import Theorem
from fmproof.lang.node import declaration

Conversion = Callable[[Expr], Theorem | None]

T = TypeVar("T")

LIMIT = 1_000
"""Rewrites in one sweep before it is taken for a loop."""


_REMEMBERED = 2_000


class Memory(Generic[T]):
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


def attempt(rule: Callable[..., Theorem], *args: object) -> Theorem | None:
    """The rule's theorem, or None where the rule does not fit."""
    try:
        return rule(*args)
    except (RuleError, SortError):
        return None


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
    theorem = _at_root(term, conversion, budget)
    current = term if theorem is None else theorem.rhs
    parts = {}
    for place in rewritable(current):
        part = _sweep(current.args[place], conversion, budget)
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
