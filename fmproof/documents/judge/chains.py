"""Where the chain of a row starts, and where it breaks off."""

from __future__ import annotations

from sympy import Expr

from fmproof.documents.chain import ChainLine, RowChain
from fmproof.documents.context import Context
from fmproof.documents.items import Item
from fmproof.errors import FmproofError, SortError
from fmproof.reading.notation.elaborate import NotYet

_DEFECTS = (TypeError, ValueError, AttributeError, LookupError, AssertionError, ArithmeticError)


def start_chain(context: Context, item: Item, left: Expr) -> None:
    if not item.inline:
        node = item.candidate.left if item.candidate is not None else item.left
        context.chain = RowChain([ChainLine(left, True, node)], item.left)


def break_chain(context: Context, item: Item, why: str) -> None:
    """The chain goes on without a term for this row."""
    if item.inline:
        return
    if item.row.left is not None:
        context.chain = RowChain([], item.left, why)
    if not context.chain.lines:
        context.chain.broken = why


def go_on_behind(context: Context, item: Item) -> None:
    """A row behind ≤, <, ≈ goes on from what stands there, not from what was before."""
    line, why = None, "the row before it is not understood"
    if item.right is not None and item.problem is None:
        try:
            line = ChainLine(context.elab.side(item.right), True, item.right)
        except (NotYet, SortError, FmproofError, RecursionError, *_DEFECTS):
            pass
    if item.left is not None and item.left is not context.chain.left:
        context.chain = RowChain([], item.left)
    context.chain.begin_anew(line, why)
