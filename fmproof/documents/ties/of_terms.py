"""What a row is about, by the terms of its sides: one time, one coefficient, a letter it is solved
for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard

from sympy import Basic, Expr

from fmproof.documents.terms import reached_from
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Div,
    Expect,
    Gaussian,
    Given,
    Grad,
    Head,
    IntegralOver,
    Named,
    Partial,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.numbers import is_number
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Elaborator
from fmproof.reading.notation.symbols import spelled


def drawn_in(elab: Elaborator, terms: Sequence[Expr]) -> list[dict[str, set[str]]]:
    """The spellings of what averages draw, of each average, with those of what it is drawn
    with or from: y for an x that is y + n, or from N(y, s² I)."""
    means = {node for term in terms for node in term.atoms(Expect, CondExpect)}
    known = {var.name: name for name, var in elab.variables.items()}
    found: list[dict[str, set[str]]] = []
    for mean in means:
        drawn: dict[str, set[str]] = {}
        for law in mean.measure:
            names = {known.get(v.name.rstrip("'"), v.name) for v in free_vars(law)}
            letters = [known.get(v.name.rstrip("'"), v.name) for v in drawn_by(law)]
            drawn |= dict.fromkeys(letters, names.union(*(drawn.get(n, ()) for n in names)))
        found.append(drawn)
    return found


def is_solved_for(elab: Elaborator, terms: Sequence[Expr], left: t.Node | None) -> bool:
    """Whether a row "ε = (x_t − a x_0)/s" is about a letter of which lines say the law, and
    which x_t is made of: it says nothing new of it."""
    spelling = spelled(left) if isinstance(left, t.Sym) else ""
    var = elab.variables.get(spelling)
    alone = [term for term in terms if term is var]
    others = [term for term in terms if term is not var]
    inside = len(alone) == 1 and all(var in free_vars(term) for term in others)
    return inside and bool(elab.laws.get(spelling))


def is_of_each_point(elab: Elaborator, terms: Sequence[Expr], left: t.Node | None) -> bool:
    """Whether a row x = a E[Y | X = x] + b E[Z | X = x] is about the point that is given on its
    other side: any point, then, of which it says nothing."""
    var = elab.variables.get(spelled(left)) if isinstance(left, t.Sym) else None
    means = {n for term in terms if term is not var for n in term.atoms(CondExpect)}
    return var in terms and any(var in free_vars(one.at) for n in means for one in n.given)


def is_alone(elab: Elaborator, terms: Sequence[Expr], undefined: Sequence[Head]) -> bool:
    """Whether a row is about one coefficient without a definition, at any time: nothing is
    left that it could be tied to. Its integral, or its ends, may be those of a schedule that
    words name."""
    free = {v for term in terms for v in free_vars(term)}
    calls = [call for term in terms for call in term.atoms(Apply)]
    ends = any(is_number(place) for call in calls for place in call.arguments)
    times = all(elab.is_time(elab.spelling(v)) for v in free)
    course = ends or any(term.has(IntegralOver) for term in terms)
    return len(undefined) == 1 and times and not course


def is_moved(elab: Elaborator, spelling: str) -> bool:
    """Whether a variable has a time as its subscript."""
    return any(elab.is_time(part) for part in spelling.partition("_")[2].split(","))


def is_at_one_time(elab: Elaborator, terms: Sequence[Expr]) -> bool:
    """Whether all is said of symbols without a definition at one time, where they may be
    anything, however they go on from there; definitions written out."""
    nodes = list(reached_from(terms, _written_out))
    if any(isinstance(n, Partial | Expect | IntegralOver | CondExpect | Named) for n in nodes):
        return False
    times = {
        at
        for applied in nodes
        if isinstance(applied, Apply) and not _is_defined(applied)
        for param, at in zip(applied.head.params, applied.arguments, strict=True)
        if param.sort is Sort.REAL
    }
    free = {v for term in terms for v in free_vars(term)}
    return len(times) == 1 and not any(is_moved(elab, elab.spelling(v)) for v in free)


def _written_out(node: Basic) -> Iterable[Basic]:
    """What a node is made of; of a symbol with a definition, what that says at its arguments."""
    return (node.head.unfold(node.arguments),) if _is_defined(node) else node.args


def _is_defined(node: Basic) -> TypeGuard[Apply]:
    """Whether a symbol has a definition in its document."""
    called = isinstance(node, Apply) and not isinstance(node.head, Gaussian)
    return called and node.head.definition is not None


def applied_to(terms: Sequence[Expr]) -> set[Var]:
    """The variables that a symbol is applied to, or a derivative is taken at: their sort shows."""
    places: list[Expr] = []
    for term in terms:
        places += [place for a in term.atoms(Apply) for place in a.arguments]
        places += [node.at for node in term.atoms(Grad, Partial, Div, Given)]
    return {v for place in places for v in free_vars(place)}
