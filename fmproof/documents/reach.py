"""How far what a row says holds: its paragraph, its section, its point of a list, or the rest."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from math import inf

from fmproof.documents.items import Item, Reading
from fmproof.reading.document.source import Source
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import spelled
from fmproof.reading.notation.words import (
    opens_a_case,
    restricts,
)


def holds_until(reading: Reading, item: Item) -> float:
    """The last row for which an item holds that is assumed.

    One that picks a case holds in its paragraph and the displays right behind it; one that
    restricts a section holds in it.
    """
    if item.picked:
        return _last_before(reading, item, _NEXT_PARAGRAPH)
    if restricts(item.source.text, item.piece.start):
        return _last_before(reading, item, _NEXT_SECTION)
    return inf


def section_end(reading: Reading, item: Item) -> int:
    """The last row before the next heading."""
    return _last_before(reading, item, _NEXT_SECTION)


def _last_before(reading: Reading, item: Item, end: re.Pattern[str]) -> int:
    """The last row before words in which ``end`` is found."""
    pieces = [
        (piece, text, rows) for source, piece, text, rows in reading.pieces if source is item.source
    ]
    at = next(i for i, (piece, _, _) in enumerate(pieces) if piece is item.piece)
    last = max(item.index, *pieces[at][2])
    for piece, text, rows in pieces[at + 1 :]:
        if piece.kind == "prose" and end.search(text):
            break
        last = max((last, *rows))
    return last


def opens_case_behind_heading(items: Sequence[Item], item: Item, names: Collection[str]) -> bool:
    """Whether a sentence that begins like a special case, "take x_t = …", says something of letters
    that displays use before, in another section."""
    return opens_a_case(item.source.text, item.piece.start) and used_before_heading(
        items[: item.index], names, item.source, item.piece.start
    )


def used_before_heading(
    items: Sequence[Item], names: Collection[str], source: Source, at: int
) -> bool:
    """Whether the first display that has a letter of ``names`` stands in another section."""
    for item in items:
        sides = [side for side in (item.left, item.right) if side is not None]
        used = any(isinstance(n, t.Sym) and spelled(n) in names for s in sides for n in t.walk(s))
        if used and not item.inline:
            start = item.piece.stop if item.source is source else 0
            return _HEADING.search(source.text[start:at]) is not None
    return False


_HEADING = re.compile(r"^\s*#{1,6}\s|\\(?:sub)*section|\\paragraph", re.MULTILINE)


def in_later_section(item: Item, other: Item) -> bool:
    """Whether another row stands behind a heading behind ``item``."""
    between = item.source.text[item.piece.stop : other.piece.start]
    return other.source is item.source and _HEADING.search(between) is not None


def in_other_points(said: Item, item: Item) -> bool:
    """Whether what a line of words says stands in a point of a list that ends before ``item``."""
    if said.source is not item.source:
        return False
    text = said.source.text
    paragraph = re.split(r"\n\s*\n", text[: said.piece.start])[-1]
    listed = _BULLET.search(paragraph) is not None
    between = text[said.piece.stop : item.piece.start]
    return listed and (
        _BULLET.search(between) is not None or _LIST_ENDS.search(between) is not None
    )


_BULLET = re.compile(r"^[ \t>]*(?:[-*+]|\d+[.)])[ \t]|\\item\b", re.MULTILINE)


_LIST_ENDS = re.compile(r"^#{1,6}\s|\\end\{(?:itemize|enumerate|description)\}", re.MULTILINE)


_ANOTHER_CASE = (
    r"For|In general|Otherwise|Without|If|When|However|But|In contrast|Generally|Conversely|Else"
    r"|Für|Im Allgemeinen|Sonst|Ohne|Falls|Wenn|Aber|Jedoch|Pour|En général|Sinon|Sans|Si|Mais"
    r"|Para|En general|Sin|Pero|Em geral|Sem|Mas|In generale|Altrimenti|Senza|Ma|Per"
)


_NEXT_PARAGRAPH = re.compile(
    rf"(?:^|[.!?])\W*(?:{_ANOTHER_CASE})\b|(?:^|[。！？])\s*(?:对于|一般|否则|若|当|但)|"
    r"\n\s*\n\s*(?!\$\$|\\\[|\\begin|```)\S|\\(?:sub)*section|\\par\b"
    r"|\\end\{(?!equation|align|gather|multline|eqnarray|flalign|displaymath|dmath|math)"
)
"""Another case, words behind a blank line, a heading, the end of a theorem; no display."""


_NEXT_SECTION = re.compile(r"^\s*#{1,6}\s|\\(?:sub)*section", re.MULTILINE)
