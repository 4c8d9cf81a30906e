"""What a document says is 0, or a number, wherever it says so: before a row or behind it.

A row that is wrong for arbitrary symbols holds where what is left over vanishes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Expr, S

from fmproof.documents.context import Context
from fmproof.documents.items import is_at_an_end
from fmproof.documents.terms import heads_in
from fmproof.documents.ties.symbols import is_word, key_of_head
from fmproof.lang.nodes import Head, Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import head_of, key_of, spelled

_EQUATIONS = ("=", ":=", "=:")


def takes_a_number(context: Context, weight: Expr) -> bool:
    """Whether a row, wherever it stands, gives a coefficient of the weight a value."""
    heads, letters = heads_in([weight]), free_vars(weight)
    times = {v for v in letters if context.elab.is_time(context.elab.spelling(v))}
    given = _values(context)
    if _is_one_of(context, heads, letters - times, [left for left, _ in given]):
        return True
    inside = [left for left, value in given if value not in (0, 1)]  # t = 0 is an end
    return _is_one_of(context, (), times, inside)


def may_vanish(context: Context, functions: Sequence[Expr]) -> bool:
    """Whether a row says that one of some functions is 0, or that two are equal, or one is an
    operation that its name says."""
    pair = set(functions)
    said = [set(sides) for sides in context.said.read.values()]
    said += [{fact.before, fact.claim} for fact in context.facts.known]
    if (len(pair) == 2 and pair in said) or any({one, S.Zero} in said for one in pair):
        return True
    keys = [key_of_head(context.elab, head) for head in heads_in(functions)]
    if any(is_word(key.split("|")[0].split(" ")[-1]) for key in keys):
        return True
    points = {v for f in functions for v in free_vars(f) if v.sort is Sort.VEC}
    zero = [left for left, value in _values(context) if value == 0]
    return _is_one_of(context, heads_in(functions), points, zero)


def _values(context: Context) -> list[tuple[t.Sym | t.Call, object]]:
    """The symbols that rows give a number, with that; but at an end, a(0) = 1."""
    found: list[tuple[t.Sym | t.Call, object]] = []
    left: t.Node | None = None
    for item in context.reading.items:
        left = item.left if item.left is not None else left
        if not (isinstance(left, t.Sym | t.Call) and isinstance(item.right, t.Num)):
            continue
        if item.row.relation in _EQUATIONS and not is_at_an_end(left):
            found.append((left, item.right.value))
    return found


def _is_one_of(
    context: Context,
    heads: Iterable[Head],
    letters: Iterable[Var],
    symbols: Sequence[t.Sym | t.Call],
) -> bool:
    """Whether one of some symbols is among heads or letters."""
    keys = {key_of_head(context.elab, head) for head in heads}
    names = {context.elab.spelling(letter) for letter in letters}
    return any(key_of(head_of(one)) in keys or spelled(one) in names for one in symbols)
