"""Rows with what the document says of their symbols put in, so that numbers can follow it.

A random world follows f(t) = a(t)² only by chance. Where such an equation says what one of its
symbols is, that is put in for the symbol, and every world follows it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from fmproof.documents.coefficients import determined, is_of_coefficients
from fmproof.documents.context import Stipulation
from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, Field, Head, Scalar, Var
from fmproof.lang.props import Equals, Prop
from fmproof.lang.scope import free_vars, replace_head
from fmproof.tactics.matching import said_of_each

_Sides = tuple[Expr, Expr]


def with_equations(row: _Sides, assumed: Sequence[Prop]) -> tuple[_Sides, tuple[Prop, ...]]:
    """The sides of a row with equations put in, and those that are left.

    The row is returned as it is where no equation can be put in.
    """
    left: list[Prop] = []
    waiting = list(assumed)
    while waiting:
        prop, *waiting = waiting
        said = _says(prop)
        if said is None:
            left.append(prop)
            continue
        try:
            row = (_put(row[0], said), _put(row[1], said))
            waiting, left = ([_put(one, said) for one in some] for some in (waiting, left))
        except (FmproofError, SortError, TypeError):
            left.append(prop)
    return row, tuple(prop for prop in left if not _holds(prop))


def _says(prop: Prop) -> Stipulation | None:
    """What an equation says that a symbol without a definition is."""
    _, prop = said_of_each(prop)
    if not isinstance(prop, Equals):
        return None
    for one, other in (prop.args, prop.args[::-1]):
        if not _function_of_letters(one) or one.head in heads_in([other]):
            continue
        if not free_vars(other) - set(one.arguments) and sort_of(one) is sort_of(other):
            return Stipulation(one.head, tuple(one.arguments), other, "")
    left, right = prop.args
    if not is_of_coefficients(left, right):
        return None
    solved = determined(left, right, "", {})
    return next((s for s in solved if not free_vars(s.body) - set(s.params)), None)


def _function_of_letters(term: Expr) -> bool:
    if not (isinstance(term, Apply) and isinstance(term.head, Field | Scalar)):
        return False
    letters = term.arguments
    plain = all(isinstance(a, Var) for a in letters) and len(set(letters)) == len(letters)
    return plain and term.head.definition is None


def _put(node: Expr, said: Stipulation) -> Expr:
    assert isinstance(said.head, Head)
    made: Expr = replace_head(node, said.head, said.params, said.body)
    return made


def _holds(prop: Prop) -> bool:
    """Whether an equation says nothing any more."""
    _, prop = said_of_each(prop)
    return isinstance(prop, Equals) and prop.args[0] == prop.args[1]
