"""Remarks beside a formula that have formulas of their own: "(merge e_1 and e_2)"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fmproof.reading.document.tokens import Token

_GIVES_MEANING = re.compile(r"\W*(?:where|with|wobei|mit|với|其中)\b", re.IGNORECASE)
"""Behind these a symbol gets its meaning, so that what follows is read."""


def remark_end(tokens: Sequence[Token], depths: Sequence[int], i: int) -> int:
    """Where a remark ends that begins with the words at ``i``; ``i`` where they begin none.

    It is in parentheses that its words open, or in a column of its own, the last, and begins with
    several words.
    """
    words = tokens[i].words
    if _GIVES_MEANING.match(words):
        return i
    line = _line_end(tokens, depths, i)
    if words.lstrip().startswith("("):
        return _closed(tokens, i, line)
    columns = [token.text for token in tokens[i - 1 : line] if token.text == "&"]
    own_column = columns == ["&"] and tokens[i - 1].text == "&"
    return line if own_column and len(words.split()) > 1 else i


def _line_end(tokens: Sequence[Token], depths: Sequence[int], i: int) -> int:
    behind = range(i, len(tokens))
    ends = (n for n in behind if depths[n] == 0 and tokens[n].text in ("\\\\", "\\end"))
    return next(ends, len(tokens))


def _closed(tokens: Sequence[Token], i: int, line: int) -> int:
    """Behind the parenthesis that closes the one at ``i``; ``i`` if none in this line does, or if
    the words themselves do."""
    deep = 0
    for n in range(i, line):
        text = tokens[n].words if tokens[n].text == "\\text" else tokens[n].text
        deep += text.count("(") - text.count(")")
        if deep <= 0:
            return n + 1 if n > i else i
    return i
