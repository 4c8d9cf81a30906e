"""How documents write the expectation: whether a plain E is one, or an energy; and E by a macro.

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


_BOLTZMANN = re.compile(
    r"e\^\{?-\s*E\b|e\^\{?-\s*E_|\\exp\s*(?:\\left|\\[bB]igg?l?)?\s*[\[({]?\s*-\s*E(?![A-Za-z])"
)
_BRACKETS = re.compile(rf"(?<![A-Za-z\\{{])E\s*(?:\\[,;!:]\s*)*{_SIZES}\[")


def averages_by_letter(texts: Iterable[str]) -> bool:
    """Whether a plain E is the expectation in ``texts``."""
    found = list(texts)
    return any(map(_AVERAGE.search, found)) and not any(map(_ENERGY.search, found))


def energies_by_letter(texts: Iterable[str]) -> bool:
    """Whether a plain E is an energy in ``texts``: e^{-E(x)}, beside no E […]."""
    found = list(texts)
    return any(map(_BOLTZMANN.search, found)) and not any(map(_BRACKETS.search, found))


def with_energies(tokens: Sequence[Token]) -> list[Token]:
    """``tokens`` with every plain E as an italic letter, which is no operator."""
    return _in_words(tokens, ("\\mathit", "{", "E", "}"))


def with_operator(tokens: Sequence[Token]) -> list[Token]:
    """``tokens`` with every plain E as an operator."""
    return _in_words(tokens, ("\\operatorname", "{", "E", "}"))


def _in_words(tokens: Sequence[Token], parts: Sequence[str]) -> list[Token]:
    """``tokens`` with ``parts`` for every plain E; an E in a font stays what it is."""
    made: list[Token] = []
    for i, token in enumerate(tokens):
        before = [one.text for one in tokens[max(0, i - 2) : i]]
        in_font = any(text in FONTS for text in (before if before[-1:] == ["{"] else before[-1:]))
        if token.text != "E" or in_font:
            made.append(token)
            continue
        made += [Token(part, token.at, "", token.end, token.glued) for part in parts]
    return made


def without_operators(tokens: Sequence[Token]) -> list[Token]:
    """``tokens`` with \\mathbb{E} for \\operatorname*{\\mathbb{E}}: no other letter."""
    made: list[Token] = []
    depth: list[int] = []  # of the braces in such operators that are open
    texts = [token.text for token in tokens]
    for i, token in enumerate(tokens):
        if texts[i] in _NAMED and texts[i + 1 : i + 2] == ["{"] and _in_font(texts[i + 2 :]):
            depth.append(-1)
            continue
        if depth and depth[-1] == -1 and token.text == "{":
            depth[-1] = 0
            continue
        if depth:
            depth[-1] += (token.text == "{") - (token.text == "}")
            if depth[-1] < 0:
                depth.pop()
                continue
        made.append(token)
    return made


_NAMED = ("\\operatorname", "\\operatorname*")
_LETTER_IN_FONT = ("\\mathbb", "\\mathbf", "\\mathsf", "\\mathcal", "\\bm", "\\boldsymbol")


def _in_font(texts: Sequence[str]) -> bool:
    """Whether all up to the closing brace is one letter in a font."""
    inner = texts[: texts.index("}")] if "}" in texts else texts
    return [*inner[:1]] != [] and inner[0] in _LETTER_IN_FONT and inner[-1] == "E"
