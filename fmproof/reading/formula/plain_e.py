"""Whether a plain E is the expectation in a document, or an energy.

E [X], E_x and E |X|² are averages by what follows the letter. A document that has one of them means
the same by E (X) and E X, unless it speaks of energies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from fmproof.reading.document.tokens import Token
from fmproof.reading.formula.alphabet import FONTS

_SIZES = r"(?:\\(?:left|[bB]igg?l?)\s*)?"
_AVERAGE = re.compile(
    rf"(?<![A-Za-z\\{{])E\s*(?:\\[,;!:]\s*)*{_SIZES}(?:\[|\\?\||\\[lr]?[vV]ert|_\w|_\{{)"
)
_ENERGY = re.compile(
    r"E_\{?\\(?:theta|phi|psi)|e\^\{?-\s*E\b|\\exp\s*(?:\\left)?[\[({]?\s*-\s*E\b|\benerg(?:y|ie)\b",
    re.I,
)


def averages_by_letter(texts: Iterable[str]) -> bool:
    """Whether a plain E is the expectation in ``texts``."""
    found = list(texts)
    return any(map(_AVERAGE.search, found)) and not any(map(_ENERGY.search, found))


def with_operator(tokens: Sequence[Token]) -> list[Token]:
    """``tokens`` with every plain E as an operator; an E in a font stays what it is."""
    made: list[Token] = []
    for i, token in enumerate(tokens):
        before = [one.text for one in tokens[max(0, i - 2) : i]]
        in_font = any(text in FONTS for text in (before if before[-1:] == ["{"] else before[-1:]))
        if token.text != "E" or in_font:
            made.append(token)
            continue
        parts = ("\\operatorname", "{", "E", "}")
        made += [Token(part, token.at, "", token.end, token.glued) for part in parts]
    return made
