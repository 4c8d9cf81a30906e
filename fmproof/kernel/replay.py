"""Making a theorem again from its trace, by the rules alone."""

from __future__ import annotations

from typing import Any

from fmproof.errors import RuleError
from fmproof.kernel.rule import rules
from fmproof.kernel.theorem import Theorem
from fmproof.lang.scope import canon


def steps(theorem: Theorem) -> list[Theorem]:
    """The theorems that ``theorem`` rests on and itself, each once, premises first."""
    order: list[Theorem] = []
    seen: set[int] = set()
    waiting = [(theorem, False)]
    while waiting:
        current, expanded = waiting.pop()
        if expanded:
            order.append(current)
        elif id(current) not in seen:
            seen.add(id(current))
            waiting.append((current, True))
            waiting.extend((premise, False) for premise in current.trace.premises)
    return order


def replay(theorem: Theorem) -> Theorem:
    """The same theorem, made again by the rules in its trace.

    Raises:
        RuleError: a step gives another theorem than the one that was there.
    """
    again: dict[int, Theorem] = {}
    for old in steps(theorem):
        trace = old.trace
        new = rules()[trace.rule].apply(*_replaced(trace.arguments, again))
        if _sequent(new) != _sequent(old):
            raise RuleError(f"replay: {trace.rule} gives {new!r}, not {old!r}")
        again[id(old)] = new
    return again[id(theorem)]


def _replaced(value: Any, again: dict[int, Theorem]) -> Any:
    """An argument with the theorems in it made again."""
    if type(value) is Theorem:
        return again[id(value)]
    return tuple(_replaced(item, again) for item in value) if type(value) is tuple else value


def _sequent(theorem: Theorem) -> tuple[Any, ...]:
    return canon(theorem.conclusion), frozenset(map(canon, theorem.hypotheses))
