"""What differs between two formulas: which of their pieces, and the smallest part with all of it.

A formula is a sequence of units that a reader takes in at a glance: a symbol with its scripts, a
fraction, an operator with its law, a bracket, a sign. Units are compared, not letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fmproof.report.breaking import tokenised

_BRACED = re.compile(r"\\(?:[a-zA-Z]*frac|sqrt|math[a-z]+|text|operatorname\*?)$")
_SIZES = re.compile(r"\\(?:big|Big|bigg|Bigg)[lr]$")


def symbol_ranges(latex: Sequence[str]) -> list[tuple[int, int]]:
    """The ranges of the tokens that make up each unit, in order; spaces are left out."""
    found: list[tuple[int, int]] = []
    i = 0
    while i < len(latex):
        if latex[i].isspace() or latex[i] in (r"\,", r"\;", r"\!"):
            i += 1
            continue
        start, i = i, _symbol(latex, i)
        i = _scripts(latex, i)
        call = _call(latex, start, i)
        i = _scripts(latex, call) if call else i
        found.append((start, i))
    return found


def _scripts(latex: Sequence[str], i: int) -> int:
    while i < len(latex) and latex[i] in ("_", "^"):
        i = _symbol(latex, i + 1)
    return i


def _call(latex: Sequence[str], start: int, i: int) -> int | None:
    """The end of the arguments that follow a symbol at once, unless they are a sum."""
    if i >= len(latex) or latex[i] != "(" or not re.match(r"[A-Za-z\\]", latex[start]):
        return None
    depth = 0
    for end in range(i, len(latex)):
        depth += {"(": 1, ")": -1}.get(latex[end], 0)
        if latex[end] in ("+", "-", "="):
            return None
        if not depth:
            return end + 1
    return None


def _symbol(latex: Sequence[str], i: int) -> int:
    """The end of the symbol at ``i``: with the arguments of a command, or the whole of a group."""
    while i < len(latex) and latex[i].isspace():
        i += 1
    if i >= len(latex):
        return i
    if latex[i] == "{":
        return _group(latex, i)
    if _SIZES.match(latex[i]):
        return min(i + 2, len(latex))
    takes = _BRACED.match(latex[i])
    i += 1
    while takes and i < len(latex) and latex[i] == "{":
        i = _group(latex, i)
    return i


def _group(latex: Sequence[str], i: int) -> int:
    depth = 0
    while i < len(latex):
        depth += {"{": 1, "}": -1}.get(latex[i], 0)
        i += 1
        if not depth:
            break
    return i


Ranges = list[tuple[int, int]]


def changed(before: str, after: str) -> tuple[Ranges, Ranges]:
    """The tokens of ``before`` that are not in ``after``, and those of ``after`` that are new."""
    from difflib import SequenceMatcher

    sides = tokenised(before), tokenised(after)
    found = symbol_ranges(sides[0]), symbol_ranges(sides[1])
    spelled = [
        ["".join(side[a:b]) for a, b in there] for side, there in zip(sides, found, strict=True)
    ]
    gone: Ranges = []
    new: Ranges = []
    for kind, a, b, c, d in SequenceMatcher(
        None, spelled[0], spelled[1], autojunk=False
    ).get_opcodes():
        if kind != "equal":
            gone += found[0][a:b]
            new += found[1][c:d]
    return gone, new


# --- plain text -----------------------------------------------------------------------

_WORD = re.compile(r"\s+|E_\{[^}]*\}|\w[\w^]*(?:\([^()+−=]*\))?|.", re.DOTALL)
_OPENING, _CLOSING = "([{", ")]}"
ELLIPSIS = "…"


def smallest(one: str, other: str) -> tuple[str, str]:
    """The smallest pieces of two formulas, in plain text, outside of which they are the same.

    A piece is a run of whole summands within one bracket, with an ellipsis where something is
    left out.
    """
    words = _WORD.findall(one), _WORD.findall(other)
    shortest = min(map(len, words))
    start = 0
    while start < shortest and words[0][start] == words[1][start]:
        start += 1
    end = 0
    while end < shortest - start and words[0][-1 - end] == words[1][-1 - end]:
        end += 1
    depths = [_depths(side) for side in words]
    # How deep the innermost bracket is that holds all of the difference, on both sides.
    level = min(
        min(found[start : len(side) - end + 1]) for side, found in zip(words, depths, strict=True)
    )
    left = _first(words[0], depths[0], start, level)
    right = _last(words[0], depths[0], len(words[0]) - end, level)
    kept = len(words[0]) - right
    return _piece(words[0], left, kept), _piece(words[1], left, kept)


def _depths(words: Sequence[str]) -> list[int]:
    """How many brackets are open before each word, and after the last."""
    depths = [0]
    in_norm = False
    for word in words:
        step = (word in _OPENING) - (word in _CLOSING)
        if word == "‖":
            step, in_norm = (-1 if in_norm else 1), not in_norm
        depths.append(depths[-1] + step)
    return depths


_SIGNS = ("+", "−", "-", "=", "≤", "≥")


def _first(words: Sequence[str], depths: Sequence[int], at: int, level: int) -> int:
    """Where the summand begins that ``at`` is in: at its sign, or after the bracket."""
    for i in range(min(at, len(words) - 1), -1, -1):
        if i == 0 or depths[i] < level:
            return i if i == 0 else i + 1
        if depths[i] == level and words[i - 1] in _OPENING + "‖" and depths[i - 1] < level:
            return i
        if depths[i] == level and words[i] in _SIGNS and words[i - 1].isspace():
            return i
    return 0


def _last(words: Sequence[str], depths: Sequence[int], at: int, level: int) -> int:
    """Where the summand ends that stands before ``at``."""
    for i in range(at, len(words)):
        if depths[i + 1] < level:
            return i
        if depths[i] == level and words[i].isspace() and words[i + 1] in _SIGNS:
            return i
    return len(words)


def _piece(words: Sequence[str], left: int, right: int) -> str:
    piece = "".join(words[left : len(words) - right]).strip()
    return f"{f'{ELLIPSIS} ' if left else ''}{piece}{f' {ELLIPSIS}' if right else ''}"


def runs(ranges: Ranges, gap: Sequence[str]) -> Ranges:
    """Neighbouring ranges joined where nothing but spaces stands between them."""
    joined: Ranges = []
    for start, end in ranges:
        if joined and "".join(gap[joined[-1][1] : start]).strip(r"\,;! ") == "":
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
