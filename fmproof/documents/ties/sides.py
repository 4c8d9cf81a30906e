"""What the sides of an equation are by their form: a bare symbol, a moment, sums over parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fmproof.documents.items import Item
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Elaborator
from fmproof.reading.notation.symbols import key_of, spelled

_OF_LAWS = ("Var", "Cov", "tr", "KL")
_AVERAGES = (t.Expectation, t.Integral, t.Extremum)


def fixes_a_moment(elab: Elaborator, item: Item) -> bool:
    """Whether words say what an average of something random is: E[x] = 0, E‖x‖² = d."""
    left, right = item.left, item.right
    if (
        not (item.inline or item.said_of_a_letter)
        or item.candidate is not None
        or left is None
        or right is None
    ):
        return False
    averages = [isinstance(node, t.Expectation) for node in t.walk(left)]
    letters = [node for node in t.walk(right) if isinstance(node, t.Sym)]
    fixed = all(spelled(node) not in elab.evidence.random for node in letters)
    plain = not any(isinstance(n, (*_AVERAGES, t.Call)) for n in t.walk(right))
    return item.row.relation == "=" and any(averages) and plain and fixed


def has_no_average(node: t.Node) -> bool:
    """No average is in it, so it may be an equation of symbols."""
    return not any(isinstance(n, _AVERAGES) for n in t.walk(node))


def subjects(node: t.Node) -> Iterator[t.Sym]:
    """The symbols that an equation is about: not their arguments, nor what a derivative is in."""
    if isinstance(node, t.Sym):
        yield node
    elif isinstance(node, t.Call):
        yield node.head
    elif isinstance(node, t.Derivative):
        yield from subjects(node.body)
    elif isinstance(node, t.Function) and node.name in _OF_LAWS:
        return  # Var[c x] = … says something of a law, and of no c
    else:
        for child in t.children(node):
            yield from subjects(child)


def has_a_gaussian(node: t.Node) -> bool:
    return any(isinstance(n, t.Normal) for n in t.walk(node))


def is_bare_symbol(node: t.Node | None) -> bool:
    """A symbol, applied or not, or a derivative of one."""
    while isinstance(node, t.Bracketed | t.Derivative | t.Transposed):
        node = node.body
    return isinstance(node, t.Sym | t.Call)


def multiple_of(item: Item) -> t.Sym | None:
    """u of "(t − r) u(z, r, t) = …", where u is in nothing else: this says what it is."""
    if not isinstance(item.left, t.Mul) or item.right is None or item.row.relation != "=":
        return None
    calls = [factor.head for factor in item.left.factors if isinstance(factor, t.Call)]
    if len(calls) != 1 or any(isinstance(n, _AVERAGES) for n in t.walk(item.left)):
        return None
    others = (n for n in t.walk(item.right) if isinstance(n, t.Sym))
    return None if key_of(calls[0]) in map(key_of, others) else calls[0]


def unread_about(item: Item, names: dict[str, str], places: dict[str, str]) -> str | None:
    """A symbol whose letter stands at the left of what could not be read."""
    left = item.row.left or []
    if len(left) > 24:
        return None
    letters = {token.text.lstrip("\\") for token in left}
    for spelling, shown in (*names.items(), *places.items()):
        letter = spelling.split("_")[0].split("|")[0].split(" ")[-1].split(":")[-1].rstrip("'")
        if letter in letters:
            return shown
    return None


def sums_over_parts(sides: Sequence[t.Node | None]) -> bool:
    """Σ_{t=1}^T w_t beside Σ_{t=2}^T w_t or w_1: sums over a part, or one of the summands."""
    nodes = [n for side in sides if side is not None for n in t.walk(side)]
    sums = [n for n in nodes if isinstance(n, t.Series) and n.low is not None]
    ranges = {tuple("" if end is None else spelled(end) for end in (n.low, n.high)) for n in sums}
    if len(ranges) > 1:
        return True
    inside = {id(inner) for one in sums for inner in t.walk(one.body)}
    summed = {key_of(n) for one in sums for n in t.walk(one.body) if isinstance(n, t.Sym) and n.sub}
    ends = {spelled(one.high) for one in sums if one.high is not None}
    alone = [n for n in nodes if isinstance(n, t.Sym) and id(n) not in inside]
    return any(
        key_of(n) in summed and any(isinstance(s, t.Num) or spelled(s) in ends for s in n.sub)
        for n in alone
    )
