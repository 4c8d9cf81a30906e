"""Mathematics that an author writes among words: "the mean of α_t z" has a formula in it.

Words come as text where a formula cannot be given, as in the meaning of a hypothesis. A letter
that stands alone is a symbol there, "a" and "I" apart; so is what has an index.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from fmproof.report.model import Formula, Prose

_CAPITALS = "ΓΔΘΛΞΠΣΥΦΨΩ"  #: the others look like Latin letters, and LaTeX has no name for them
_LETTER = rf"[b-zB-HJ-Zα-ρσ-ω{_CAPITALS}]"
_INDEXED = r"[A-Za-zα-ω](?:_[A-Za-zα-ω0-9]+|[₀-₉]+)"
_ARGUMENTS = r"(?:\([^\s()]{1,9}(?:, ?[^\s()]{1,9})*\)|\^\d|[²³])?"
_ATOM = rf"(?<![\w'’.^])(?:{_INDEXED}|{_LETTER}){_ARGUMENTS}(?![\w'’^]|\.\w)"
_TERM = rf"(?:{_ATOM}|(?<![\w.^])\d+(?![\w.]\w))"
_SIGN = "[-+−·×=<>≤≥∈]"
_GROUP = rf"(?:\({_TERM}(?: {_SIGN} {_TERM})*\)|{_TERM})"
_FORMULA = re.compile(rf"\[\d+, ?\d+\]|{_GROUP}(?: (?:{_SIGN} )?{_GROUP})*")
_SYMBOL = re.compile(_ATOM)

_SIGNS = {
    "−": "-",
    "·": r"\cdot ",
    "×": r"\times ",
    "≤": r"\le ",
    "≥": r"\ge ",
    "∈": r"\in ",
    "²": "^2",
    "³": "^3",
}
_INDEX = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def with_formulas(prose: Prose | str) -> Prose:
    """Words with what is mathematics among them as formulas; formulas stay as they are."""
    pieces = (prose,) if isinstance(prose, str) else prose
    return tuple(
        found
        for piece in pieces
        for found in (_split(piece) if isinstance(piece, str) else (piece,))
    )


@lru_cache(maxsize=2_000)
def _split(text: str) -> Prose:
    found: list[str | Formula] = []
    end = 0
    for match in _FORMULA.finditer(text):
        if not (match[0].startswith("[") or _SYMBOL.search(text, match.start(), match.end())):
            continue  # a number is a word
        found += [text[end : match.start()], Formula(match[0], _latex(match[0]))]
        end = match.end()
    return tuple(piece for piece in (*found, text[end:]) if piece != "")


def _latex(text: str) -> str:
    indexed = re.sub(r"_([A-Za-zα-ω0-9]+)|([₀-₉]+)", _lowered, text)
    spaced = re.sub(r"(?<=[\w)}]) (?=[\w(])", r" \\, ", indexed)
    return "".join(_SIGNS.get(char) or _greek(char) for char in spaced).strip()


def _lowered(index: re.Match[str]) -> str:
    lower = index[1] or index[2].translate(_INDEX)
    return f"_{{{lower}}}" if len(lower) == 1 or lower.isdigit() else rf"_{{\mathrm{{{lower}}}}}"


def _greek(char: str) -> str:
    if char.isascii():
        return char
    *_, name = unicodedata.name(char).lower().replace("lamda", "lambda").split()
    return rf"\{name if char.islower() else name.capitalize()} "
