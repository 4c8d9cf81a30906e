"""Rows that claim: their two sides as terms, which ``compare`` judges."""

from __future__ import annotations

from sympy import Expr

from fmproof.documents import in_law
from fmproof.documents.chain import ChainLine, RowChain
from fmproof.documents.compare.verdict import verdict_on
from fmproof.documents.constants import forget_if_said_anew, introduce, introduce_coefficient
from fmproof.documents.context import Context, open_row, report
from fmproof.documents.first_steps import for_first_steps
from fmproof.documents.items import Item
from fmproof.documents.judge.chains import break_chain
from fmproof.documents.model import RowReport
from fmproof.documents.motion import (
    moved_point,
)
from fmproof.documents.scope import misdrawn, unlike_by_form, unlike_product, unlike_sum
from fmproof.errors import FmproofError, SortError
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.chains import is_step
from fmproof.reading.notation.elaborate import Candidate, NotYet, Undefined
from fmproof.reading.notation.matrices import is_matrix
from fmproof.reading.notation.symbols import key_of, spelled


def judge_claim(context: Context, item: Item, relation: str) -> RowReport:
    assert item.right is not None
    if _is_unlike(context, item):
        break_chain(
            context, item, "the row before it compares a matrix with what is none by its form"
        )
        return open_row(item, "a matrix, and what is none by its form")
    if item.left is not None:
        chain = context.chain
        same = chain.left is not None and spelled(chain.left) == spelled(item.left)
        kept = chain.equal_to_left(item.index) if same else []
        try:
            left = context.motions.get(moved_point(context.elab, item.left), item.left)
            left = _step_behind(context, left, item.right) or left
            start = ChainLine(context.elab.side(left), True, left)
            context.chain = RowChain([start, *kept], item.left)
        except (NotYet, SortError, FmproofError) as error:
            context.chain = RowChain([], item.left, str(error))
    forget_if_said_anew(context, item)
    try:
        claim = context.elab.side(item.right)
    except Undefined as error:
        return introduce(context, item, error, relation)
    except NotYet as error:
        last = context.chain.last_node
        drawn = misdrawn(item)
        if drawn:
            return report(item, "scope", drawn)
        by_values = for_first_steps(context, item, last) if last is not None else None
        return by_values or open_row(item, str(error))
    except (SortError, FmproofError) as error:
        strange = (
            unlike_sum(context, item)
            or unlike_by_form(context, item)
            or unlike_product(context, item)
        )
        if strange:
            return report(item, "scope", strange)
        return open_row(item, f"its parts do not fit as they were understood: {error}")
    if not context.chain.lines:
        return _after_broken(context, item, claim)
    rest = introduce_coefficient(context, item)
    if rest is not None:
        return rest
    closed = _closed_form_at(context, item)
    by_steps = None if closed is None else in_law.closed_form(context, item, closed)
    if by_steps is not None:
        if by_steps.verdict == "proved":
            context.chain.begin_anew(ChainLine(claim, True, item.right))
        return by_steps
    return verdict_on(context, item, claim, relation)


def _step_behind(context: Context, left: t.Node, right: t.Node) -> t.Node | None:
    """What the step of x_t says, of a row about x_t by steps before it: x_{t-1} or x_{t-2}."""
    known = context.elab.candidates.get(key_of(left), ()) if isinstance(left, t.Sym) else ()
    step = next((c.steps for c in known if c.steps and spelled(c.left) == spelled(left)), None)
    by_steps = step is not None and is_step(left, right) and step.right is not right
    return step.right if step is not None and by_steps else None


def _closed_form_at(context: Context, item: Item) -> Candidate | None:
    """x_t = … = √ᾱ_t x_0 + √(1 − ᾱ_t) ε: the end of a chain that begins with a step."""
    left = context.chain.left
    known = context.elab.candidates.get(key_of(left), ()) if isinstance(left, t.Sym) else ()
    return next((c for c in known if c.steps is not None and c.right is item.right), None)


def _is_unlike(context: Context, item: Item) -> bool:
    """Whether one side is a matrix by its form, and the other is none."""
    left = item.left if item.left is not None else context.chain.left
    if left is None or item.right is None:
        return False
    return is_matrix(context.elab, left) is not is_matrix(context.elab, item.right)


def _after_broken(context: Context, item: Item, claim: Expr) -> RowReport:
    why = context.chain.broken or "there is no row before it"
    context.chain.lines.append(ChainLine(claim, True))
    return report(item, "open", f"what it is compared with is not known: {why}")
