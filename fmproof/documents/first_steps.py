"""Products up to a time, ∏_{s=1}^t a_s, by their values for t = 1, 2, 3.

The language has no product of which the number of factors is a letter. What a row says of such
ones it says for t = 1, 2, 3, too; where it is wrong for one of them, it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from sympy import Expr

from fmproof.documents.context import Context, as_read, report
from fmproof.documents.in_law import about_one_coefficient
from fmproof.documents.items import Item
from fmproof.documents.model import RowReport
from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import sort_of
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import NotYet
from fmproof.reading.notation.other_times import at_times
from fmproof.reading.notation.symbols import spelled

_STEPS = (1, 2, 3)


def for_first_steps(context: Context, item: Item, left: t.Node) -> RowReport | None:
    """The verdict on ``left = …`` where one side is a product up to a time; None where it is true
    for the first times, or not known."""
    right = item.right
    if right is None or item.row.relation != "=":
        return None
    time = next(filter(None, map(_last, (*t.walk(left), *t.walk(right)))), "")
    if not time or not context.elab.is_time(time):
        return None
    agreeing = 0
    for step, (before, claim) in _values(context, left, right, time):
        evidence = context.numbers.of(before, claim)
        if evidence.status == "refuted" and about_one_coefficient(context, item, before, claim):
            words = f"for {time} = {step} the numbers of both sides differ"
            shown = context.numbers.of(before, claim, simplify=True)
            wrong = report(item, "refuted", words, as_read(before, "=", claim))
            return replace(wrong, numeric=shown)
        agreeing += evidence.status == "agrees"
    if agreeing == len(_STEPS):
        words = f"not proved: looked at for {time} = 1, 2, 3 alone"
        return report(item, "agrees", words)
    return None


def _last(node: t.Node) -> str:
    """The letter up to which a product runs."""
    if not (isinstance(node, t.Series) and node.kind == "product"):
        return ""
    first = isinstance(node.low, t.Num) and node.low.value == 1
    return spelled(node.high) if first and isinstance(node.high, t.Sym) else ""


def _values(
    context: Context, left: t.Node, right: t.Node, time: str
) -> Iterator[tuple[int, tuple[Expr, Expr]]]:
    for step in _STEPS:
        number = t.Num(right.at, Fraction(step))
        try:
            before, claim = (context.elab.term(at_times(s, {time: number})) for s in (left, right))
            fitting = sort_of(before) is sort_of(claim)
        except (NotYet, SortError, FmproofError):
            return
        if not fitting:
            return
        yield step, (before, claim)
