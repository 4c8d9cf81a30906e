"""Names: which are allowed, and how they are read (stem, subscript, primes).

A name is printed as it stands, so it must not be able to look like a formula or like another
name: letters and digits, with at most one subscript and primes, and all letters of one script.
"""

from __future__ import annotations

import re
from typing import Any
from unicodedata import normalize

from fmproof.errors import SortError

_PARTS = re.compile(r"(?P<stem>.*?)(?:_(?P<sub>[^_']+)|(?P<digits>[0-9]+))?(?P<primes>'*)")
_NAME = re.compile(r"[^\W\d_][^\W_]*(_[^\W_]+)?'*")
_IMITATES = re.compile(r"d|d[a-z]|argmin|exp|log|div")
_GREEK = frozenset("αβγδεζηθικλμξπρσςτφχψωΓΔΘΛΞΠΣΦΨΩ")  # those that look like no Latin letter
_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030c")  # above a letter


def split_name(name: str) -> tuple[str, str, str]:
    """``"x0'"`` is x with subscript 0 and a prime; ``"p_data"`` is p with subscript data."""
    match = _PARTS.fullmatch(name)
    if match is None:
        return name, "", ""
    return match["stem"], match["sub"] or match["digits"] or "", match["primes"]


def require_name(name: Any, role: str) -> str:
    """``name`` if it can be one; a look-alike of text could answer ``==`` as it likes.

    Raises:
        SortError: it is not text, or could be taken for a formula or for another name.
    """
    if type(name) is not str:
        raise SortError(f"the name of {role} must be text such as 'x', found {type(name).__name__}")
    if not _NAME.fullmatch(name):
        raise SortError(
            f"not a name for {role}: {name!r}; expected a letter, then letters or digits, "
            f"with at most one subscript, such as 'x', 'p_data' or \"x0'\""
        )
    stem, _, _ = split_name(name)
    imitates = name == "E" or _IMITATES.fullmatch(stem)
    if imitates and not (name == "d" and role == "a variable"):
        raise SortError(
            f"not a name for {role}: {name!r} is how a differential, an expectation, a function or "
            f"an operator is written"
        )
    strange = [letter for letter in name if not _is_plain(letter)]
    mixed = any(
        len({letter in _GREEK for letter in part if letter.isalpha()}) > 1
        for part in re.split(r"[_']+", name)
    )
    if strange or mixed:
        raise SortError(
            f"not a name for {role}: {name!r} has letters that look like others; write it in "
            f"Latin letters, or spell a Greek one out ('theta')"
        )
    return name


def require_name_of_number(name: Any, role: str) -> str:
    """``name`` if it can be one of what is written without arguments: no d and no π, which are
    numbers already.

    Raises:
        SortError: it cannot.
    """
    if require_name(name, role) in ("d", "pi", "π"):
        raise SortError(f"not a name for {role}: {name!r} is a number of its own")
    return str(name)


def _is_plain(letter: str) -> bool:
    """A Latin letter, with an accent above or without, a digit, a Greek letter, or a mark."""
    if letter.isascii() or letter in _GREEK:
        return True
    base, *marks = list(normalize("NFD", letter))
    return base.isascii() and base.isalpha() and len(marks) == 1 and marks[0] in _MARKS
