"""Noise levels that become functions of the time in one section: any σ, and σ(t) = t further on."""

from __future__ import annotations

from collections.abc import Sequence

from fmproof.documents.items import Item
from fmproof.documents.reach import used_before_heading
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import conventional


def levels_of_sections(items: Sequence[Item]) -> set[str]:
    """The letters that are numbers in displays of earlier sections, and that a line of words makes
    a function of the time, behind which no display has them without their time."""
    found = set[str]()
    for item in items:
        letter = _made_a_curve(item)
        if letter is None or any(_has_bare(other, letter) for other in items[item.index + 1 :]):
            continue
        if used_before_heading(items[: item.index], {letter}, item.source, item.piece.start):
            found.add(letter)
    return {letter for letter in found if not _called_before(items, letter)}


def _made_a_curve(item: Item) -> str | None:
    """σ of σ(t) = t, with nothing but times in what it is."""
    left, right = item.left, item.right
    if not item.inline or not isinstance(left, t.Call) or right is None:
        return None
    head = left.head
    if head.sub or head.sup or head.labels or head.accents or head.primes or len(left.args) != 1:
        return None
    letters = [n for node in (left.args[0], right) for n in t.walk(node) if isinstance(n, t.Sym)]
    return head.name if all(conventional("times", one.name) for one in letters) else None


def _has_bare(item: Item, letter: str) -> bool:
    """Whether a display has a letter without arguments."""
    if item.inline:
        return False
    sides = [side for side in (item.left, item.right) if side is not None]
    heads = {id(n.head) for s in sides for n in t.walk(s) if isinstance(n, t.Call)}
    symbols = (n for s in sides for n in t.walk(s) if isinstance(n, t.Sym) and id(n) not in heads)
    return any(one.name == letter and not one.sub for one in symbols)


def _called_before(items: Sequence[Item], letter: str) -> bool:
    """Whether the letter takes arguments before it is used without them."""
    for item in items:
        if _has_bare(item, letter):
            return False
        for side in (item.left, item.right):
            for node in t.walk(side) if side is not None else ():
                if isinstance(node, t.Call) and node.head.name == letter:
                    return True
    return False
