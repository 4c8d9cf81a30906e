"""Bayes' rule, p(c|x) = p(x|c) p(c)/p(x): where nothing else says what p(c|x) is, that does."""

from __future__ import annotations

from fmproof.documents.items import Item
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import spelled


def is_bayes_rule(item: Item) -> bool:
    """Whether a row is Bayes' rule for one density letter, by its form; scripts may differ, as in
    p_t(c|x_t) = p_t(x_t|c) p(c)/p_t(x_t)."""
    left, right = item.left, item.right
    if item.row.left is None or not isinstance(left, t.Call) or len(left.given) != 1:
        return False
    right = None if right is None else t.ungrouped(right)
    if not isinstance(right, t.Frac):
        return False
    top = t.ungrouped(right.top)
    factors = top.factors if isinstance(top, t.Mul) else ()
    parts = [left, *factors, t.ungrouped(right.bottom)]
    calls = [part for part in parts if isinstance(part, t.Call)]
    if len(calls) != len(parts) or len(calls) != 4 or len({c.head.name for c in calls}) != 1:
        return False
    if any(call.head.labels for call in calls) or any(len(call.args) != 1 for call in calls):
        return False
    c, x = spelled(left.args[0]), spelled(left.given[0])
    above = sorted(_written(call) for call in calls[1:3])
    return above == sorted([(x, c), (c, "")]) and _written(calls[3]) == (x, "")


def _written(call: t.Call) -> tuple[str, str]:
    """The point of a density, and what is given."""
    return spelled(call.args[0]), ",".join(map(spelled, call.given))
