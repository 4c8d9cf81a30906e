"""Rows with what the document says of their symbols put in, so that numbers can follow it.

A random world follows f(t) = a(t)² only by chance. Where such an equation says what one of its
symbols is, that is put in for the symbol, and every world follows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sympy import Basic, Expr, S, preorder_traversal

from fmproof.documents.coefficients import determined, is_of_coefficients
from fmproof.documents.context import Stipulation
from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import factors, mul, plus_of
from fmproof.lang.node import bound_vars, is_nonnegative, rebuilt, sort_of
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Density,
    Expect,
    Field,
    Gaussian,
    Head,
    Ratio,
    Scalar,
    Sqrt,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import Equals, Prop
from fmproof.lang.scope import free_vars, replace_head, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.notation.hidden_noise import linear_in
from fmproof.tactics.differences import subtract
from fmproof.tactics.matching import said_of_each

_Sides = tuple[Expr, Expr]


def with_equations(row: Sequence[Expr], assumed: Sequence[Prop]) -> tuple[_Sides, tuple[Prop, ...]]:
    """The sides of a row with equations put in, and those that are left.

    The row is returned as it is where no equation can be put in.
    """
    left: list[Prop] = []
    told = dict.fromkeys(assumed)
    waiting = [prop for prop in told if not _is_of_another_letter(prop, row, assumed)]
    while waiting:
        prop, *waiting = waiting
        law = _centred_law(prop)
        if law is not None and not any(_has_density(one, law) for one in (*row, *waiting, *left)):
            row, waiting, left = (
                [_centred(one, law) for one in some] for some in (row, waiting, left)
            )
            continue
        said = _says(prop, row)
        if said is None:
            left.append(prop)
            continue
        names = _numbers_in(said)
        try:
            said = replace(said, body=substitute(said.body, names))
            row, waiting, left = (
                [_put(substitute(one, names), said) for one in some]
                for some in (row, waiting, left)
            )
        except (FmproofError, SortError, TypeError):
            left.append(prop)
    return (row[0], row[1]), tuple(prop for prop in left if not _holds(prop))


def _numbers_in(said: Stipulation) -> dict[Var, Expr]:
    """The letters σ of D(y) = y + σ² S(y), each as a number of its own, which a function may have
    in it; and the points of x_θ = (z − σ ε_θ)/a."""
    letters = free_vars(said.body) - set(said.params) if isinstance(said.head, Head) else set()
    return {v: (Field if v.sort is Sort.VEC else Scalar)(f"{v.name}'")() for v in letters}


def _is_of_another_letter(prop: Prop, row: Sequence[Expr], assumed: Sequence[Prop]) -> bool:
    """Whether an equation says what a letter is that nothing else has, y = a x + b z for a row
    without y: any values of the others go with it."""
    _, equation = said_of_each(prop)
    if not isinstance(equation, Equals) or sort_of(equation.args[0]) is not Sort.VEC:
        return False
    around = [*row, *(other for other in assumed if other is not prop)]
    taken = {v for term in around for v in (*free_vars(term), *_bound_in(term))}
    for var in sorted(free_vars(equation) - taken, key=lambda v: v.name):
        whole = subtract(*equation.args) if var.sort is Sort.VEC else None
        split = None if whole is None else linear_in(whole, var)
        if split is not None and not heads_in([split[1]]) & heads_in([split[0]]):
            return True
    return False


def _bound_in(term: Basic) -> set[Var]:
    return {v for node in preorder_traversal(term) for v in bound_vars(node)}


def _says(prop: Prop, row: Sequence[Expr]) -> Stipulation | None:
    """What an equation says that a symbol without a definition is, or a letter of the row."""
    _, prop = said_of_each(prop)
    if not isinstance(prop, Equals):
        return None
    bound, letters = _bound_in(row[0]) | _bound_in(row[1]), free_vars(row[0]) | free_vars(row[1])
    for one, other in (prop.args, prop.args[::-1]):
        letter = isinstance(one, Var) and one.sort is sort_of(other) is Sort.VEC
        if letter and one not in free_vars(other) | bound:
            return Stipulation(one, (), other, "")
        if not _function_of_letters(one) or one.head in heads_in([other]):
            continue
        more = free_vars(other) - set(one.arguments)
        # Of a number that the row has not it was not asked what else is said: s = 0, say.
        short = all(v.sort is Sort.PARAM for v in one.arguments)  # x_θ, at the points of the row
        sorts = (Sort.REAL, Sort.VEC) if short else (Sort.REAL,)
        fixed = all(v.sort in sorts and v not in bound and v in letters for v in more)
        if fixed and sort_of(one) is sort_of(other):
            return Stipulation(one.head, tuple(one.arguments), other, "")
    left, right = prop.args
    if not is_of_coefficients(left, right):
        return _scale(left, right, bound) or _scale(right, left, bound)
    solved = [s for s in determined(left, right, "", {}) if s.head not in heads_in([s.body])]
    return next((s for s in solved if not free_vars(s.body) - set(s.params)), None)


def _centred_law(prop: Prop) -> Apply | None:
    """p of E_{x~p}[x] = 0."""
    _, said = said_of_each(prop)
    if not isinstance(said, Equals):
        return None
    for mean, value in (said.args, said.args[::-1]):
        if value is S.Zero and isinstance(mean, Expect) and len(mean.measure) == 1:
            (law,) = mean.measure
            plain = isinstance(law, Apply) and law.head.definition is None
            if plain and not isinstance(law.head, Gaussian) and drawn_by(law) == (mean.body,):
                return law if law.arguments == (mean.body,) else None
    return None


def _has_density(term: Basic, law: Apply) -> bool:
    """Whether a term has a law in it other than as what an average draws."""
    if isinstance(term, Expect | CondExpect):
        kernels = [item for item in term.measure if getattr(item, "head", None) != law.head]
        return any(_has_density(part, law) for part in (*term.args[:1], *kernels))
    if getattr(term, "head", None) == law.head:
        return True
    return any(_has_density(part, law) for part in term.args)


def _centred(term: Any, law: Apply) -> Any:
    """A term with x − E[x] for every x that is drawn from a law, which then has the mean 0."""
    if not term.args:
        return term
    if isinstance(term, Expect | CondExpect):
        drawn = [one for one in term.measure if getattr(one, "head", None) == law.head]
        put: dict[Var, Expr] = {}
        for draw in drawn:
            (var,) = drawn_by(draw)
            put[var] = plus_of(var, -Expect(var, draw))
        body = _centred(term.args[0], law)
        items = [
            one if one in drawn else substitute(_centred(one, law), put) for one in term.args[1:]
        ]
        return rebuilt(term, substitute(body, put), *items)
    return rebuilt(term, *(_centred(arg, law) for arg in term.args))


def _scale(moment: Expr, value: Expr, bound: Collection[Var]) -> Stipulation | None:
    """s of E‖x‖² = s² d, a number that nothing draws, as the moment has it."""
    if not (isinstance(moment, Expect) and is_nonnegative(moment)):
        return None
    powers = Counter(factors(value))
    for scale in (f for f in powers if isinstance(f, Var) and f.sort is Sort.REAL):
        if scale in bound:
            continue
        others = mul(*(powers - Counter({scale: powers[scale]})).elements())
        if powers[scale] > 2 or free_vars(others) or scale in free_vars(moment):
            continue
        share = Ratio(moment, others)
        return Stipulation(scale, (), share if powers[scale] == 1 else Sqrt(share), "")
    return None


def _function_of_letters(term: Expr) -> bool:
    if not (isinstance(term, Apply) and isinstance(term.head, Field | Scalar | Density)):
        return False
    letters = term.arguments
    plain = all(isinstance(a, Var) for a in letters) and len(set(letters)) == len(letters)
    return plain and term.head.definition is None


def _put(node: Expr, said: Stipulation) -> Expr:
    if isinstance(said.head, Head):
        made: Expr = replace_head(node, said.head, said.params, said.body)
    else:
        made = substitute(node, {said.head: said.body})
    return made


def _holds(prop: Prop) -> bool:
    """Whether an equation says nothing any more."""
    _, prop = said_of_each(prop)
    return isinstance(prop, Equals) and prop.args[0] == prop.args[1]
