"""Rows that are differential equations: how a point, a path or a flow moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Expr

from fmproof.documents.chain import ChainLine, RowChain
from fmproof.documents.context import Context
from fmproof.documents.items import Item
from fmproof.documents.motion import (
    course,
    followed,
    moved_point,
)
from fmproof.errors import FmproofError, SortError
from fmproof.lang.nodes import Apply, CondExpect, Field, Head, Partial
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import NotYet
from fmproof.reading.notation.symbols import head_of, key_of, spelled


def is_motion(context: Context, item: Item) -> bool:
    """The first dx/dt = f(x, t); what a later one says of dx/dt is a claim."""
    name = moved_point(context.elab, item.left)
    if not name or name in context.motions or item.right is None:
        return False
    try:
        velocity = context.elab.term(item.right)
    except (NotYet, SortError, FmproofError):
        return False
    context.motions[name] = item.right
    if not item.inline:
        context.chain = RowChain([ChainLine(velocity, True, item.right)], item.left)
    return True


def is_unclear_motion(context: Context, item: Item) -> bool:
    """The first dx/dt = f(x, t), of an f that is not understood: nothing is known of dx/dt."""
    name = moved_point(context.elab, item.left)
    return bool(name) and name not in context.motions and item.right is not None


def is_course(context: Context, item: Item) -> bool:
    """The first dz_t/dt = v(z_t, t); what a later one says of z is a claim."""
    if item.row.left is None or item.left is None or item.right is None:
        return False
    if not any(isinstance(n, t.Derivative | t.Sym) for n in t.walk(item.left)):
        return False
    try:
        left, right = context.elab.side(item.left), context.elab.side(item.right)
    except (NotYet, SortError, FmproofError):
        return False
    path = course(left, right)
    if path is None or path in context.courses:
        return False
    _follow(context, item, path, left, right)
    return True


def _follow(context: Context, item: Item, path: Head, left: Expr, right: Expr) -> None:
    """From here on, a path follows a differential equation."""
    context.courses.add(path)
    context.said.read[item.index] = (left, right)
    context.assume(item, left, right)
    if not item.inline:
        context.chain = RowChain([ChainLine(left, True, item.left)], item.left)
        context.chain.add(right, True, item.right)


def takes_a_course(context: Context, item: Item) -> bool:
    """dz_t/dt = v(z_t, t) of a z_t that was drawn, and v(z, t) the mean of its slope: no draw
    moves so, but a trajectory does, which is what z_t stands for outside averages from here
    on."""
    path = followed(item.left, item.right)
    if not isinstance(path, t.Sym) or not _is_drawn(context, path) or item.right is None:
        return False
    means_of = [
        call.head
        for call in context.elab.side(item.right).atoms(Apply)
        if isinstance(call.head.definition, CondExpect)
    ]
    if not means_of:
        return False
    context.elab.on_course.add(key_of(path))
    left, right = context.elab.side(item.left), context.elab.side(item.right)  # type: ignore[arg-type]
    moves = isinstance(left, Partial) and isinstance(left.body, Apply)
    if not (moves and isinstance(left.body.head, Field)):
        context.elab.on_course.discard(key_of(path))
        return False
    _follow(context, item, left.body.head, left, right)
    return True


def _is_drawn(context: Context, path: t.Sym) -> bool:
    """Whether a path has random values, at the time at which it is written or at that at which it
    is defined: z_t = (1 − t) x + t ε, of a z_τ."""
    defined = (one.left for one in context.elab.candidates.get(key_of(path), ()))
    return any(
        context.elab.path(one) is not None
        for one in (path, *defined)
        if isinstance(one, t.Sym) and len(one.sub) == len(path.sub)
    )


def is_start(context: Context, item: Item) -> bool:
    """ψ_0(x) = x, of a flow that a differential equation defines."""
    left, right = item.left, item.right
    if item.row.left is None or not (isinstance(left, t.Call) and isinstance(right, t.Sym)):
        return False
    key, places = key_of(left.head), [*left.args, *left.after]
    starts = [s for s in left.head.sub if isinstance(s, t.Num)]
    if key not in context.elab.courses or len(starts) != 1 or left.given:
        return False
    if [*map(spelled, places)] != [spelled(right)]:
        return False
    try:
        sides = context.elab.side(left), context.elab.side(right)
    except (NotYet, SortError, FmproofError):
        return False
    context.said.settled.add(item.index)
    context.assume(item, *sides)
    if not item.inline:
        context.chain = RowChain([ChainLine(side, True) for side in sides], left)
    return True


def paths_followed(items: Sequence[Item]) -> Iterator[str]:
    """The paths and flows of which a differential equation is the first that is said."""
    told: set[str] = set()
    for item in items:
        path = followed(item.left, item.right)
        if path is not None and key_of(head_of(path)) not in told:
            yield key_of(head_of(path))
        if item.candidate is not None and not _names_all(item):
            told.add(key_of(head_of(item.candidate.left)))


def _names_all(item: Item) -> bool:
    """Z = (Z_t): a name for all of a path, which says nothing of where it goes."""
    if not isinstance(item.left, t.Sym) or item.right is None:
        return False
    inside = t.ungrouped(item.right)
    return isinstance(inside, t.Sym) and key_of(item.left) == key_of(inside)
