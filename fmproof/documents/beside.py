"""Rows that are wrong beside what else the document says, although some of that is not proved.

Numbers refute such a row for arbitrary symbols, and something may hold it up: an equation that was
not proved, a law that nobody states. It is wrong all the same where a row one edit away is proved
and the edit cannot be nothing:

- what an earlier row states of a term is put in, and then another sign makes the row proved, so
  both rows cannot hold;
- one coefficient that the document defines stands for another that it defines;
- what its section says of coefficients is put in, and then another sign, factor or power makes the
  row proved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from sympy import Expr

from fmproof.documents.cases import in_cases
from fmproof.documents.coefficients import is_of_coefficients
from fmproof.documents.context import Context
from fmproof.documents.items import Item
from fmproof.documents.patience import clock
from fmproof.documents.reach import section_end
from fmproof.documents.suggest import doubled, flips, powers, replaced
from fmproof.documents.terms import sides_fit
from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import sort_of
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import NotYet
from fmproof.reading.notation.symbols import key_of, readable, spelled

_STATED = 3
"""Earlier rows that are put in."""
_SIGNS = 8
_GLANCE = 1
_SECONDS = 2.0
"""Of processor time for what the section says of coefficients."""


@dataclass(frozen=True)
class WrongBeside:
    """What is wrong in words, the row as it was refuted, and what would be right."""

    message: str
    before: Expr
    claim: Expr
    suggestion: str


def wrong_beside(context: Context, item: Item, before: Expr, claim: Expr) -> WrongBeside | None:
    """Why a row is wrong that numbers refute for arbitrary symbols, or None."""
    return (
        _of_stated(context, before, claim)
        or _of_swapped(context, item, before, claim)
        or _of_coefficients(context, item, before, claim)
    )


def _of_coefficients(context: Context, item: Item, before: Expr, claim: Expr) -> WrongBeside | None:
    """With what its section says of its coefficients put in, a sign, a factor or a square more or
    less makes it proved."""
    until = clock() + _SECONDS
    if not is_of_coefficients(before, claim):
        return None
    near = list(chain(flips(claim), powers(claim), islice(doubled(claim), _SIGNS)))
    section = places_in_section(context, item)
    for (one, other), places in in_cases(context, item, before, claim):
        if not set(places.split(", ")) <= section:
            continue
        if context.numbers.of(one, other, problems=_GLANCE).status != "refuted":
            continue
        for words, candidate in near:
            found = in_cases(context, item, before, candidate)
            sides = next((sides for sides, there in found if there == places), None)
            if clock() > until:
                return None
            if sides is None or context.numbers.of(*sides, problems=_GLANCE).status != "agrees":
                continue
            if context.prover.prove(*sides).proved:
                message = f"it contradicts line {places}: with {words}, it follows"
                return WrongBeside(message, one, other, words)
    return None


def places_in_section(context: Context, item: Item) -> set[str]:
    """The rows before one in its section."""
    before = context.reading.items[: item.index]
    return {o.place for o in before if section_end(context.reading, o) >= item.index}


def _of_stated(context: Context, before: Expr, claim: Expr) -> WrongBeside | None:
    """With an earlier row put in, another sign makes it proved."""
    about = [s for s in reversed(context.stated) if before.has(s.term) or claim.has(s.term)]
    for stated in about[:_STATED]:
        try:
            one, other = (replaced(side, stated.term, stated.value) for side in (before, claim))
            sides_fit(one, other, "=")
        except (FmproofError, SortError, TypeError):
            continue
        if context.numbers.of(one, other, problems=_GLANCE).status != "refuted":
            continue
        near = _proved_near(context, one, flips(other))
        if near:
            message = f"it contradicts line {stated.place}, from which a row one edit away follows"
            return WrongBeside(message, one, other, near)
    return None


def _of_swapped(context: Context, item: Item, before: Expr, claim: Expr) -> WrongBeside | None:
    """One defined coefficient for another, and the numbers agree in every world."""
    for words, candidate in islice(_swaps(context, item), _SIGNS):
        try:
            sides_fit(before, candidate, "=")
        except (FmproofError, SortError):
            continue
        if context.numbers.of(before, candidate, problems=_GLANCE).status != "agrees":
            continue
        if context.numbers.of(before, candidate).status == "agrees":
            proved = context.prover.prove(before, candidate, thorough=False).proved
            message = f"the numbers of both sides differ; with {words}, they agree"
            return WrongBeside(message, before, claim, words if proved else "")
    return None


def _proved_near(context: Context, before: Expr, near: Iterator[tuple[str, Expr]]) -> str:
    """What makes the row proved, in words."""
    for words, candidate in islice(near, _SIGNS):
        try:
            sides_fit(before, candidate, "=")
        except (FmproofError, SortError):
            continue
        if context.numbers.of(before, candidate, problems=_GLANCE).status == "refuted":
            continue
        if context.prover.prove(before, candidate).proved:
            return words
    return ""


# --- coefficients -------------------------------------------------------------------------


def _swaps(context: Context, item: Item) -> Iterator[tuple[str, Expr]]:
    """The right side with one defined coefficient for another: a_t, not α_t."""
    if item.right is None:
        return
    defined = _coefficients(context)
    written = {spelled(n): n for n in t.walk(item.right) if isinstance(n, t.Sym)}
    for wrong in written.values():
        if key_of(wrong) not in defined:
            continue
        for key, symbol in defined.items():
            right = replace(wrong, name=symbol.name, accents=symbol.accents)
            if key == key_of(wrong) or _equated(context, key, key_of(wrong)):
                continue
            try:
                term = context.elab.term(_with(item.right, wrong, right))
            except (NotYet, SortError, FmproofError):
                continue
            yield f"{readable(spelled(right))}, not {readable(spelled(wrong))}", term


def _coefficients(context: Context) -> dict[str, t.Sym]:
    """The symbols that the document defines as numbers, by key."""
    found: dict[str, t.Sym] = {}
    for key, candidates in context.elab.candidates.items():
        for one in candidates:
            if one.state == "refused" or not isinstance(one.left, t.Sym):
                continue
            try:
                if sort_of(context.elab.term(one.left)) is Sort.REAL:
                    found[key] = one.left
            except (NotYet, SortError, FmproofError):
                continue
    return found


def _equated(context: Context, one: str, other: str) -> bool:
    """Whether some row has both symbols, one of them alone on a side: it may equate them."""
    for item in context.reading.items:
        sides = [side for side in (item.left, item.right) if side is not None]
        keys = {key_of(n) for side in sides for n in t.walk(side) if isinstance(n, t.Sym)}
        alone = {key_of(side) for side in sides if isinstance(side, t.Sym)}
        if {one, other} <= keys and alone & {one, other}:
            return True
    return False


def _with(node: t.Node, old: t.Sym, new: t.Sym) -> t.Node:
    """A tree with one symbol for another wherever it is written."""
    target = spelled(old)
    return t.with_instead(
        node, lambda one: new if isinstance(one, t.Sym) and spelled(one) == target else None
    )
