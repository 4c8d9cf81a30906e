"""Whether what one row of a document says holds at another, by where the two stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fmproof.documents.items import Item
from fmproof.documents.reach import in_other_points
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Elaborator
from fmproof.reading.notation.symbols import spelled
from fmproof.reading.notation.words import a_case

_NEW_PART = re.compile(
    r"^\s*#{1,6}\s|\\(?:sub)*section|\\paragraph"
    r"|\\begin\{(?!equation|align|gather|multline|eqnarray|split|cases|array|displaymath)",
    re.MULTILINE,
)
"""Where what follows is of another exercise, remark or section."""
_FOOTNOTE = re.compile(r"\[\^[^\]\n]+\]:")
_LEADS_ON = re.compile(r"(?:\$|\\\))?[\s,:]*(?:\$\$|\\\[|\\begin\{)")
"""Behind a formula in words: nothing before the next display, of which it is said."""


@dataclass
class Near:
    """The rows of a document, and where what they say holds."""

    elab: Elaborator
    items: Sequence[Item]

    def holds_at(self, other: Item, item: Item) -> bool:
        """Whether what a row before ``item`` says holds there."""
        return other.index < item.index and self.near(other, item)

    def near(self, other: Item, item: Item) -> bool:
        """Whether what another row says holds here: it stands before, or right behind, or in a
        footnote, which may be of any row."""
        if other.inline and _in_footnote(other):
            return True
        if other.index < item.index:
            if other.inline and in_other_points(other, item):
                return False
            if other.mentioned and self._ended(other, item):
                return False
            return not self._puts_in(other) or self.right_behind(other, item)
        if other.row.left is None:
            return False  # the chain goes on: a claim
        if other.piece is item.piece:
            return True
        if other.source is item.source and _NEW_PART.search(
            item.source.text[item.piece.stop : other.piece.start]
        ):
            return False
        if _is_of_a_later_case(other, item):
            return False
        between = self.items[item.index + 1 : other.index + 1]
        return all(one.inline or one.piece is item.piece for one in between)

    def _ended(self, other: Item, item: Item) -> bool:
        """Whether the section or theorem of a row is over."""
        between = item.source.text[other.piece.stop : item.piece.start]
        return other.source is not item.source or _NEW_PART.search(between) is not None

    def _puts_in(self, other: Item) -> bool:
        """Whether a line of words gives a time, or a plain letter, a value: "put x = ψ⁻¹(y) in"."""
        left = other.left
        if not (other.inline and isinstance(left, t.Sym)):
            return False
        if self._moves(left):
            return True
        made = isinstance(other.right, t.Call | t.Frac)  # no sum: that may be a draw, by its noise
        return made and not left.sub and other.candidate is None and self.elab.is_place(left)

    def right_behind(self, other: Item, item: Item) -> bool:
        """Whether no other display stands between a row and ``item``."""
        between = self.items[other.index + 1 : item.index]
        return all(one.inline or one.piece is item.piece for one in between)

    def _moves(self, node: t.Sym) -> bool:
        """Whether a variable is a time, of which only a case says something."""
        return self.elab.is_time(spelled(node))


def _in_footnote(item: Item) -> bool:
    """Whether a row stands in the text of a footnote of Markdown, wherever that is put."""
    start = item.source.text.rfind("\n", 0, item.piece.start) + 1
    return _FOOTNOTE.match(item.source.text, start) is not None


def _is_of_a_later_case(other: Item, item: Item) -> bool:
    """Whether another sentence behind a row puts a number in: "… . For s = 1 it is …"."""
    if not (other.inline and isinstance(other.right, t.Num)) or other.source is not item.source:
        return False
    text = item.source.text
    ended = text[: item.piece.stop].rstrip(" $\n]\\").endswith((".", "!", "。"))
    between = text[item.piece.stop : other.piece.start]
    case = a_case(text, other.piece.start) or _LEADS_ON.match(text[other.piece.stop :]) is not None
    return (ended or ". " in between) and case
