"""Inequalities with weights of which a line says the sign: "with weights w(x) > 0".

A function that is positive is the exponential of another one, and one that is ≥ 0 is the square of
another. So the row is proved with that put in for it, and rests on the line.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr

from fmproof.documents.context import Context
from fmproof.documents.items import Item
from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import mul
from fmproof.lang.nodes import Apply, Exp, Head, Scalar, Var
from fmproof.lang.scope import replace_head
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import NotYet

Sides = tuple[Expr, Expr]


def with_signs(context: Context, item: Item, sides: Sides) -> tuple[Sides, tuple[str, ...]] | None:
    """Both sides with every function of which a line says the sign as one that has it, and the
    places of these lines; None where there is none."""
    one, other = sides
    used: list[str] = []
    for head, above, place in _stated(context, item):
        if head not in heads_in((one, other)):
            continue
        base = Scalar(head.name + "''''", *head.main, sub=head.sub, sup=head.sup, given=head.given)
        at = base(*head.params)
        value = Exp(at) if above else mul(at, at)
        one, other = (replace_head(side, head, head.params, value) for side in (one, other))
        used.append(place)
    return ((one, other), tuple(used)) if used else None


def not_negative(context: Context, item: Item) -> set[Head | Var]:
    """The numbers and functions that lines before a row say are > 0, or ≥ 0."""
    terms = (term for term, _, _ in _terms_with_signs(context, item))
    return {term.head if isinstance(term, Apply) else term for term in terms}


def _stated(context: Context, item: Item) -> Iterator[tuple[Scalar, bool, str]]:
    """The functions that lines before a row say are > 0, or ≥ 0, and whether they are > 0."""
    for term, above, place in _terms_with_signs(context, item):
        head = term.head if isinstance(term, Apply) else None
        if isinstance(head, Scalar) and head.definition is None:
            yield head, above, place


def _terms_with_signs(context: Context, item: Item) -> Iterator[tuple[Apply | Var, bool, str]]:
    """What lines before a row say is > 0, or ≥ 0, whether it is > 0, and where."""
    for other in context.reading.items[: item.index]:
        above = other.row.relation == ">"
        zero = isinstance(other.right, t.Num) and other.right.value == 0
        if not (above or other.row.relation == "≥") or not zero or other.denied:
            continue
        if not other.inline or not isinstance(other.left, t.Call | t.Sym) or other.restricted:
            continue
        places = other.left.args if isinstance(other.left, t.Call) else ()
        if any(not isinstance(place, t.Sym) for place in places):
            continue  # at one place alone
        try:
            term = context.elab.term(other.left)
        except (NotYet, FmproofError):
            continue
        if isinstance(term, Apply | Var):
            yield term, above, other.place
