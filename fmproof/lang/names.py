"""Names: which are allowed, and how they are read (stem, subscript, primes).

A name is printed as it stands, so it must not be able to look like a formula or like another
name: letters and digits, with at most one subscript and primes, and all letters of one script.
"""

from __future__ import annotations

import re
from typing import Any
from unicodedata import name as unicode_name

from fmproof.errors import SortError

_PARTS = re.compile(r"(?P<stem>.*?)(?:_(?P<sub>[^_']+)|(?P<digits>\d+))?(?P<primes>'*)")
_NAME = re.compile(r"[^\W\d_][^\W_]*(_[^\W_]+)?'*")
_IMITATES = re.compile(r"d|d[a-z]|E|argmin")
_LIKE_LATIN = frozenset("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονϲϳ")  # Greek letters that look like Latin ones
_ACCENTED = re.compile(r"LATIN (SMALL|CAPITAL) LETTER [A-Z] WITH .*")
_SCRIPTS = ("GREEK", "CJK", "HIRAGANA", "KATAKANA", "HANGUL")


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
    if _IMITATES.fullmatch(name) and not (name == "d" and role == "a variable"):
        raise SortError(
            f"not a name for {role}: {name!r} is how a differential, an expectation or argmin is "
            f"written"
        )
    for part in re.split(r"[_\d']+", name):
        scripts = {_script(letter) for letter in part}
        if len(scripts) > 1 or None in scripts:
            raise SortError(
                f"not a name for {role}: {name!r} has letters that look like others; write it in "
                f"Latin letters, or spell a Greek one out ('theta')"
            )
    return name


def _script(letter: str) -> str | None:
    """Latin, or a script whose letters are not taken for Latin ones; None for any other."""
    if letter.isascii():
        return "LATIN"
    called = unicode_name(letter, "")
    if _ACCENTED.fullmatch(called):
        return "LATIN"
    script = called.split(" ")[0]
    return script if script in _SCRIPTS and letter not in _LIKE_LATIN else None
