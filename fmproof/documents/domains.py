"""Conditions that stand beside a row without an "if": "z(s) = 1, s > 0", "w(t) = 2, t ∈ [½, 1]".

Most say the whole domain, t ∈ [0, 1] or x ∈ ℝⁿ, and restrict nothing. Others pick a part of it:
what the row says there defines nothing elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fmproof.documents.items import Item, equated_with
from fmproof.reading.document.tokens import Token
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import conventional, spelled

_ORDER = ("<", ">", "≤", "≥", "≠")
_SIGNS = {
    "\\le": "≤", "\\leq": "≤", "\\leqslant": "≤", "\\ge": "≥", "\\geq": "≥", "\\geqslant": "≥",
    "\\lt": "<", "\\gt": ">", "\\ne": "≠", "\\neq": "≠", "\\in": "∈", "\\infty": "∞",
    "\\lbrace": "{", "\\rbrace": "}", "\\{": "{", "\\}": "}",
}  # fmt: skip
_LAYOUT = (
    "{",
    "}",
    "\\left",
    "\\right",
    "\\;",
    "\\,",
    "\\ ",
    "~",
    "&",
    ".",
    ";",
    "\\quad",
    "\\qquad",
)
_LETTER = r"(?P<letter>\\?[A-Za-z]+)(?:_\w+)?"
_ONE_SIDED = re.compile(rf"{_LETTER}(?P<sign>[<>≤≥≠∈])(?P<rest>.+)")
_TWO_SIDED = re.compile(rf"(?P<low>[^<≤]+)[<≤]{_LETTER}[<≤](?P<high>.+)")
_WHOLE = re.compile(
    r"[\[(\]][01],(?:1|[A-Z]|∞|\+∞)[\])\[]|\\mathbb\w.*|\\R.*|\\(?:mathcal|mathbf)\w.*|ℝ.*|ℕ"
    r"|\{?[01],(?:\d,)*(?:\\[lc]?dots,|…,)?[A-Z1](?:-1)?\}?"
)
"""Behind ∈: the unit interval, [0, T], a space, 1, …, T."""
_ENDS = re.compile(r"1|[A-Z]|∞|\+∞")


@dataclass(frozen=True)
class _Condition:
    letter: str
    whole: bool  #: the usual domain of a time, or of an index
    half: bool  #: s > 0


def picks_a_part(items: Sequence[Item], item: Item) -> bool:
    """Whether a condition beside a row restricts it to a part of where its symbols live."""
    left, right = equated_with(items, item), item.right
    if left is None or right is None:
        return False
    of = {spelled(n).lstrip("\\") for n in t.walk(left) if isinstance(n, t.Sym)}
    inside = {spelled(n) for n in t.walk(right) if isinstance(n, t.Sym)}
    said_twice = _pieces(items, left) > 1
    for one in _conditions(items, item):
        if one.letter not in of | inside or (one.whole and conventional("times", one.letter)):
            continue
        usual = (one.whole or one.half) and one.letter in inside and not said_twice
        if not usual:
            return True
    return False


def _pieces(items: Sequence[Item], left: t.Node) -> int:
    """For how many conditions displayed rows say what a left side is."""
    return sum(
        other.left is not None
        and not other.inline
        and spelled(other.left) == spelled(left)
        and any(_conditions(items, other))
        for other in items
        if isinstance(left, t.Call | t.Sym) and isinstance(other.left, t.Call | t.Sym)
    )


def _conditions(items: Sequence[Item], item: Item) -> Iterator[_Condition]:
    """What stands beside a row in its line."""
    for tokens in item.row.beside:
        yield from _condition(_joined(tokens))
    written = ""
    for other in items[item.index + 1 :]:
        if other.piece is not item.piece or other.row.relation not in _ORDER:
            break
        if other.row.left is not None:
            yield from _condition(written)
            written = _joined(other.row.left)
        written += other.row.relation + _joined(other.row.right)
    yield from _condition(written)


def _condition(written: str) -> Iterator[_Condition]:
    if written[:1] == "(" and written[-1:] == ")" and not written.startswith(("(0,", "(1,")):
        written = written[1:-1]
    two, one = _TWO_SIDED.fullmatch(written), _ONE_SIDED.fullmatch(written)
    if two is not None:
        whole = two["low"] in ("0", "1") and _ENDS.fullmatch(two["high"]) is not None
        yield _Condition(two["letter"].lstrip("\\"), whole, False)
    elif one is not None:
        rest, sign = one["rest"], one["sign"]
        whole = sign == "∈" and _WHOLE.fullmatch(rest) is not None
        half = sign in ">≥" and rest in ("0", "1")
        yield _Condition(one["letter"].lstrip("\\"), whole, half)


def _joined(tokens: Sequence[Token]) -> str:
    return "".join(_SIGNS.get(one.text, one.text) for one in tokens if one.text not in _LAYOUT)
