"""What is said of symbols with a definition: a row behind says what they are, or a case gives them
a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sympy import Expr

from fmproof.documents.items import Item, is_at_an_end
from fmproof.documents.reach import in_later_section
from fmproof.documents.ties.near import Near
from fmproof.documents.ties.symbols import key_of_head
from fmproof.errors import FmproofError, SortError
from fmproof.lang.nodes import Apply, Head, Var
from fmproof.lang.numbers import fraction, is_number
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import NotYet
from fmproof.reading.notation.symbols import head_of, key_of


@dataclass
class Later(Near):
    """What else is said of symbols that have a definition.

    Attributes:
        specialised: densities that losses were defined by, until the row that says what they are.
    """

    specialised: dict[Head, Item] = field(default_factory=dict)

    def turned_special(self, undefined: Sequence[Head], item: Item) -> str:
        """A density in a loss that was defined before a row said what it is from there on, or in
        the display that such a row stands right behind."""
        for head in undefined:
            since = self.specialised.get(head)
            if since is not None and (since.index < item.index or self.near(since, item)):
                return f"line {since.place} says what {text(head)} is from there on"
        return ""

    def said_later(self, heads: Sequence[Head], item: Item) -> tuple[str, set[Head]]:
        """A symbol of which a row behind this one says what it is, "where v = …": either of them
        may be the wrong one.

        Returns:
            also the symbols of which only another section says it, "now s(t) = t", where words
            alone may say what they are here.
        """
        why, elsewhere = "", set[Head]()
        for other in self.items[item.index + 1 :]:
            if other.candidate is None:
                found = self._density_said_behind(heads, item, other)
            else:
                in_another = other.inline and in_later_section(item, other)
                if not (other.candidate.late or in_another):
                    continue
                key = key_of(head_of(other.candidate.left))
                defined = (h for h in heads if h.definition is not None)
                found = next((h for h in defined if key_of_head(self.elab, h) == key), None)
                if found is not None and in_another and not other.candidate.late:
                    why = why or f"line {other.place} says what {text(found)} is"
                    elsewhere.add(found)
                    continue
            if found is not None:
                return f"line {other.place} says what {text(found)} is", set()
        return why, elsewhere

    def takes_a_value(self, terms: Sequence[Expr], heads: Sequence[Head], item: Item) -> str:
        """A symbol with a definition that words before a row in its section give a number, "for the
        weight λ(t) = 1"; or a letter that is in what such a symbol is, w of γ = 1 + w.

        Args:
            terms: the sides of the row.
            heads: what is in them, and where they come from.
        """
        letters = {v for term in terms for v in free_vars(term) if v.sort is Sort.REAL}
        for other in self.items[: item.index]:
            left, right = other.left, other.right
            if not (other.inline and isinstance(left, t.Sym | t.Call) and isinstance(right, t.Num)):
                continue
            if is_at_an_end(left) or other.row.relation not in ("=", ":="):
                continue
            if other.source is not item.source or in_later_section(other, item):
                continue
            key = key_of(head_of(left))
            for head in heads:
                named = head.definition is not None and key_of_head(self.elab, head) == key
                if named and self._may_apply(left, head) and not _is_number(head, right.value):
                    return f"line {other.place} gives {text(head)} a value"
            inside = letters & self._letters_in(left) if isinstance(left, t.Sym) else set()
            if inside:
                return f"line {other.place} gives {min(v.name for v in inside)} a value"
        return ""

    def _may_apply(self, node: t.Node, head: Head) -> bool:
        """Whether f(x), as it is understood, may be of this symbol of the same letter: p(t) is none
        of p_t(x)."""
        if not isinstance(node, t.Call):
            return True
        try:
            term = self.elab.term(node)
        except (NotYet, SortError, FmproofError):
            return True
        return isinstance(term, Apply) and term.head == head

    def _letters_in(self, symbol: t.Sym) -> set[Var]:
        """The letters in what a symbol is by its definition."""
        if not self.elab.candidates.get(key_of(symbol)):
            return set()
        try:
            value = self.elab.term(symbol)
        except (NotYet, SortError, FmproofError):
            return set()
        return set() if isinstance(value, Var) else set(free_vars(value))

    def _density_said_behind(self, heads: Sequence[Head], item: Item, other: Item) -> Head | None:
        """A density without a definition of which words behind a display say what it is, "for
        k(x | y) = N(x; y, I)"."""
        left, right = other.left, other.right
        if not (other.inline and isinstance(left, t.Call) and isinstance(right, t.Normal)):
            return None
        if other.source is not item.source or in_later_section(item, other):
            return None
        unknown = (h for h in heads if h.definition is None)
        return next(
            (h for h in unknown if key_of_head(self.elab, h) == key_of(head_of(left))), None
        )


def _is_number(head: Head, value: Fraction) -> bool:
    """Whether a symbol is a number by its definition: p(t) = 1 says nothing new of a uniform t."""
    known = head.definition
    return known is not None and is_number(known) and fraction(known) == value
