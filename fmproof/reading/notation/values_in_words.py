"""A number that words give a symbol: "σ is kept at one", "set σ to 1", "for unit σ"."""

from __future__ import annotations

import re
from typing import NamedTuple

from fmproof.reading.notation.words import words_of

_FAR = 60
"""Letters behind a symbol in which its number may stand."""
_MATHS = re.compile(r"\$|\\\(|\\\)")

_OF = re.compile(rf"(?:{words_of('of').pattern})(?:\s+\S+){{0,3}}$", re.IGNORECASE)
_VALUE_OF = re.compile(r"\b(?:value|level|size|choice) of(?= |$)", re.IGNORECASE)
_OTHERS = re.compile(r",?\s*(?:or|oder|ou|o|или)\b")


class NumberSaid(NamedTuple):
    """A number, and the offsets between which it is written."""

    value: int
    start: int
    stop: int


def number_said(text: str, start: int, stop: int) -> NumberSaid | None:
    """The number that words give the symbol ``text[start:stop]``; None where the sentence goes on
    with something that may be another matter, as in "σ is one of the levels"."""
    ahead = _MATHS.sub(" ", text[max(0, start - _FAR) : start]).rstrip()
    unit = next((m for m in words_of("unit").finditer(ahead) if m.end() == len(ahead)), None)
    if unit is not None:
        at = text.rfind(unit.group(0), 0, start)
        return NumberSaid(1, at, at + len(unit.group(0)))
    if _OF.search(_VALUE_OF.sub("", ahead)):
        return None  # the mean of x is zero
    behind = _MATHS.sub(lambda m: " " * len(m.group(0)), text[stop : stop + _FAR])
    first = stop
    behind, first = _without_blanks(behind, first)
    linked = False
    while (link := words_of("amounts").match(behind)) is not None and link.end():
        linked = True
        behind, first = _without_blanks(behind[link.end() :], first + link.end())
    number = _number(behind)
    if number is None:
        return None
    value, length = number
    rest, _ = _without_blanks(behind[length:], 0)
    last = words_of("amounts_behind").match(rest)  # "da σ eins ist"
    if last is not None:
        linked, (rest, _) = True, _without_blanks(rest[last.end() :], 0)
    if _OTHERS.match(rest) or _number(rest.lstrip(", ")) is not None:
        return None  # σ is one, two or three
    ends = not rest or rest[0] in ".,;:)!。，；：" or behind[length:].lstrip(" ")[:2] == "\n\n"
    if not linked or not (ends or words_of("amounts_end").match(rest)):
        return None
    return NumberSaid(value, first, first + length)


def _without_blanks(words: str, at: int) -> tuple[str, int]:
    left = words.lstrip()
    return left, at + len(words) - len(left)


def _number(words: str) -> tuple[int, int] | None:
    """The number at the beginning of words, and how long it is."""
    digits = re.match(r"\d{1,3}(?![\d.,]*\d|\w|\s*[-/+*^\\])", words)
    if digits is not None:
        return int(digits.group(0)), len(digits.group(0))
    for value, group in enumerate(("number_zero", "number_one", "number_two")):
        found = words_of(group).match(words)
        if found is not None and not words[found.end() :].startswith("-"):
            return value, len(found.group(0))
    return None
