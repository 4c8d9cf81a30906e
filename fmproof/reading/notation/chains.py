"""Chains: a path x_t by its step, from x_{t-1}, and in closed form, from x_0.

A document that has both means two things by them: the step says how x_{t-1} and x_t are drawn
together, with the noise of that step; the closed form, how x_t is made of x_0, with the noise of
all steps. Elsewhere in the document x_t is the closed form.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeGuard

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import key_of, spelled


def is_step(left: t.Node, right: t.Node) -> bool:
    """Whether a row is a recursion: x_t by x_{t-1}, or by x_s."""
    return is_at_a_time(left) and not all(map(_at_a_number, _same_letter(left, right)))


def is_step_by_one(left: t.Node, right: t.Node) -> bool:
    """Whether a row is a recursion from x_{t-1}."""
    if not is_at_a_time(left):
        return False
    before = f"+{spelled(left.sub[0])}-1"
    return any(spelled(symbol.sub[0]) == before for symbol in _same_letter(left, right))


def is_closed_form(left: t.Node, right: t.Node) -> bool:
    """Whether a row says what x_t is by x_0, or by no x, and by one noise beside it."""
    if not (is_at_a_time(left) and isinstance(right, t.Add) and len(right.parts) == 2):
        return False
    return all(map(_at_a_number, _same_letter(left, right)))


def is_shifted(left: t.Node | None) -> TypeGuard[t.Sym]:
    """x_{t-1}, of a time that is counted from another."""
    return isinstance(left, t.Sym) and len(left.sub) == 1 and isinstance(left.sub[0], t.Add)


def is_drawn_from(left: t.Sym, right: t.Node) -> bool:
    """Whether x_{t-1} is made of x_t, of which the time is a letter, and is not in it itself."""
    times = [symbol.sub[0] for symbol in _same_letter(left, right)]
    letters = {spelled(n) for n in t.walk(left.sub[0]) if isinstance(n, t.Sym)}
    itself = any(spelled(time) == spelled(left.sub[0]) for time in times)
    return not itself and any(
        isinstance(time, t.Sym) and spelled(time) in letters for time in times
    )


def noises_of_step(right: t.Node) -> set[str]:
    """The symbols of a step that carry a time, and stand alone: ε_t of √α_t x_{t-1} + √β_t ε_t."""
    parts = right.parts if isinstance(right, t.Add) else ()
    last = (part.factors[-1] if isinstance(part, t.Mul) else part for _, part in parts)
    return {spelled(one) for one in last if isinstance(one, t.Sym) and one.sub}


def is_drawn_by_steps(calls: Collection[t.Call]) -> bool:
    """Whether a density is that of a chain: q(x_t|x_{t-1}) and q(x_{t-1}|x_t, x_0) are written, and
    no q(x_t|x_{t-1}, x_0)."""
    shapes = {(tuple(map(spelled, c.args)), tuple(map(spelled, c.given))) for c in calls}
    steps = [
        (call.args[0], call.given[0])
        for call in calls
        if len(call.args) == len(call.given) == 1
        and is_at_a_time(call.args[0])
        and isinstance(call.given[0], t.Sym)
        and is_step_by_one(call.args[0], call.given[0])
    ]
    given_more = {(args, given[:-1]) for args, given in shapes if len(given) == 2}
    return any(
        ((spelled(before),), (spelled(here),)) in given_more
        and ((spelled(here),), (spelled(before),)) not in given_more
        for here, before in steps
    )


def is_at_a_time(left: t.Node | None) -> TypeGuard[t.Sym]:
    """x_t, of a time that is a letter."""
    return isinstance(left, t.Sym) and len(left.sub) == 1 and isinstance(left.sub[0], t.Sym)


def _at_a_number(symbol: t.Sym) -> bool:
    return isinstance(symbol.sub[0], t.Num)


def _same_letter(left: t.Sym, right: t.Node) -> list[t.Sym]:
    """The symbols of a right side with the letter of the left one, at any time."""
    return [
        node
        for node in t.walk(right)
        if isinstance(node, t.Sym) and key_of(node) == key_of(left) and len(node.sub) == 1
    ]
