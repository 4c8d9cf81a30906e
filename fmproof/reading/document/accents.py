r"""Letters of words that LaTeX writes by commands: \"u, \'{e}, \~n, \c{c}, \ss.

Words are looked up as they are spelled, "für" and "heiße", so such letters are put in when a text
is read; what they take less room by is kept for the columns.
"""

from __future__ import annotations

import re
from unicodedata import normalize

_MARKS = {'"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303"}
_ACCENTED = r"""\\(?P<mark>["'`^~])\s?(?:\{(?P<braced>\\?[A-Za-z])\}|(?P<bare>\\?[A-Za-z]))"""
_DOTLESS = {"\\i": "i", "\\j": "j"}
_SHARP = r"(?<=[A-Za-z}])\\ss(?:\{\}|[ ]|(?![A-Za-z]))"
_CEDILLA = r"(?<=[A-Za-z])\\c(?:\{(?P<c>[cCsStT])\}|[ ](?P<d>[cCsStT]))"
_LETTER = re.compile(rf"(?<!\\)(?:{_ACCENTED}|(?P<sharp>{_SHARP})|{_CEDILLA})")
_OWN = re.compile(r"\\(?:newcommand|renewcommand|providecommand|def)\*?\s*\{?\s*\\c\b")


def with_letters(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """``text`` with these letters, and (offset behind one of them, characters that it saved)."""
    own_cedilla = _OWN.search(text) is not None
    out: list[str] = []
    saved: list[tuple[int, int]] = []
    done = length = 0
    for found in _LETTER.finditer(text):
        letter = _letter(found, own_cedilla)
        if letter is None:
            continue
        out += [text[done : found.start()], letter]
        length += found.start() - done + 1
        done = found.end()
        saved.append((length, found.end() - found.start() - 1))
    return "".join([*out, text[done:]]), tuple(saved)


def _letter(found: re.Match[str], own_cedilla: bool) -> str | None:
    if found["sharp"]:
        return "ß"
    below = found["c"] or found["d"]
    if below:
        return None if own_cedilla else normalize("NFC", below + "\u0327")
    base = found["braced"] or found["bare"]
    whole = normalize("NFC", _DOTLESS.get(base, base) + _MARKS[found["mark"]])
    return whole if len(whole) == 1 else None
