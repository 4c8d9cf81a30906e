"""What a row says of a point: a value that it takes, or how it is drawn."""

from __future__ import annotations

from sympy import S

from fmproof.documents.candidates.forms import takes_a_value
from fmproof.documents.chain import ChainLine, RowChain
from fmproof.documents.context import Context, is_a_vector
from fmproof.documents.items import Item
from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.chains import is_drawn_from, is_shifted, noises_of_step
from fmproof.reading.notation.elaborate import NotYet
from fmproof.reading.notation.evidence import letters_in
from fmproof.reading.notation.symbols import conventional, key_of, spelled
from fmproof.tactics.differences import subtract


def is_case(context: Context, item: Item, left: t.Sym) -> bool:
    """``t = 0`` in a line of words: a case, no claim."""
    name = spelled(left)
    if isinstance(item.right, t.Num):
        return True
    return not any(spelled(c.left) == name for c in context.elab.candidates.get(key_of(left), ()))


def is_draw(context: Context, left: t.Sym, right: t.Node | None) -> bool:
    """``x = m + s ε``: a point by its noise, which the document draws."""
    if not (isinstance(right, t.Add) and is_a_vector(context, left)):
        return False
    random = context.elab.evidence.random
    return any(spelled(n) in random for n in letters_in(right))


def is_nothing_new(context: Context, item: Item) -> bool:
    """``X = Y - N`` beside Y = X + N: the sides are one sum."""
    if item.right is None or isinstance(item.right, t.Sym | t.Num) or item.left is None:
        return False
    try:
        sides = [context.elab.term(side) for side in (item.left, item.right)]
    except (NotYet, SortError, FmproofError):
        return False
    if sort_of(sides[0]) is not Sort.VEC or sort_of(sides[1]) is not Sort.VEC:
        return False
    if subtract(*sides) == S.Zero:
        return True
    solved = isinstance(sides[0], Var) and sides[0] in free_vars(sides[1])
    return solved and context.numbers.of(*sides).status == "agrees"


def goes_along(context: Context, item: Item) -> bool:
    """``z_0 = z_1 − u(z_1)`` of a z that follows a differential equation: where it is by where it
    was, which is a claim."""
    left, right = item.left, item.right
    if not isinstance(left, t.Sym) or right is None or isinstance(right, t.Sym | t.Num):
        return False
    key = key_of(left)
    again = any(isinstance(n, t.Sym) and key_of(n) == key for n in t.walk(right))
    return again and key in context.elab.on_course | context.elab.courses


def takes(context: Context, item: Item) -> bool:
    """``X_t = x`` in a line of words, for a path X_t: what is conditioned on."""
    path, value = item.left, item.right
    if not (isinstance(path, t.Sym) and isinstance(value, t.Sym) and item.row.relation == "="):
        return False
    if takes_a_value(path, value):
        return True
    named = any(
        spelled(c.left) == spelled(value) for c in context.elab.candidates.get(key_of(value), ())
    )
    return not named and context.elab.path(path) is not None


def is_drawn_back(context: Context, item: Item) -> bool:
    """x_{t-1} = f(x_t) + σ z, a step that is drawn: nothing says what x_{t-1} is otherwise."""
    left, right = item.left, item.right
    if not is_shifted(left) or right is None or not is_a_vector(context, left):
        return False
    step = next((c.steps for c in context.elab.candidates.get(key_of(left), ()) if c.steps), None)
    mine = {spelled(n) for n in t.walk(right) if isinstance(n, t.Sym)}
    solved = step is not None and noises_of_step(step.right) & mine
    if solved or not is_drawn_from(left, right):
        return False
    try:
        lines = [ChainLine(context.elab.term(side), True, side) for side in (left, right)]
    except (NotYet, SortError, FmproofError):
        return False
    if not item.inline:
        context.chain = RowChain(lines, left)
    return True


def names_a_step(context: Context, item: Item) -> bool:
    """L_{t-1} = E[…]: a term of a sum, of which nothing else says what it is."""
    left, right = item.left, item.right
    if not is_shifted(left) or right is None or not conventional("losses", left.name):
        return False
    if key_of(left) in context.steps_named or context.elab.candidates.get(key_of(left)):
        return False
    try:
        lines = [ChainLine(context.elab.term(side), True, side) for side in (left, right)]
    except (NotYet, SortError, FmproofError):
        return False
    context.steps_named.add(key_of(left))
    if not item.inline:
        context.chain = RowChain(lines, left)
    return True
