r"""Words, code and mathematics as LaTeX source that prints them and does nothing else."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from fmproof.report.document import printable, spans
from fmproof.report.inline import with_formulas
from fmproof.report.model import Formula, Prose

# Words that TeX cannot hyphenate: very long ones, and long ones with signs among the letters.
# They may be broken after signs that open nothing, and after every four of many letters in a row.
_LONG_WORD = re.compile(r"\S{25,}|(?=\S*[^\w\s.,;:()–-])\S{12,}")
_PIECE = re.compile(r"[^\W_]{13,}|(?:[\\([{<]*[^\W_]+)?(?:[\W_]|$)")
_OPENING_QUOTE = re.compile(r"(?<![^\s([{=])'(?=\S)")
_SPECIAL = re.compile(r"[^A-Za-z0-9 .,:;()/=+*!?@'-]")
_SPECIAL_IN_CODE = re.compile(r"[^A-Za-z0-9.,:;()/=+*!?@]")


class Tex(str):
    """LaTeX source, as opposed to text that must be escaped."""

    __slots__ = ()


def escape(text: str) -> Tex:
    """Any text as LaTeX that prints it and does nothing else."""
    marked = _OPENING_QUOTE.sub(_QUOTE, _LONG_WORD.sub(_breakable, printable(text)))
    return Tex(_SPECIAL.sub(lambda char: _written(char[0]), marked))


def code(text: str) -> Tex:
    """Lines of a program or a file, as they are; a long one may be broken after a space."""
    return Tex(r"\newline ".join(rf"\texttt{{{_code(line)}}}" for line in text.splitlines()))


def _code(line: str) -> str:
    marked = _LONG_WORD.sub(_breakable, printable(line))
    return _SPECIAL_IN_CODE.sub(lambda char: _CODE.get(char[0]) or _written(char[0]), marked)


_BREAK, _QUOTE = "\ue000", "\ue001"  #: stand for a place to break at and for an opening quote
_OURS = {
    _BREAK: r"\hspace{0pt}",
    _QUOTE: "`",
    "`": r"\textasciigrave{}",
    "|": r"\textbar{}",
    "–": r"{\textendash}\hspace{0pt}",
    "√": r"\ensuremath{\sqrt{\vphantom{x}}}",
}


def _breakable(word: re.Match[str]) -> str:
    pieces = (
        re.findall(".{1,4}", piece) if len(piece) > 12 else [piece]
        for piece in _PIECE.findall(word[0])
    )
    return _BREAK.join(part for found in pieces for part in found if part)


_CODE = {
    " ": r"~\allowbreak{}",
    "-": "{-}",
    "'": r"\textquotesingle{}",
    '"': r"{\char34}",
}


@lru_cache(maxsize=10_000)
def _written(char: str) -> str:
    """A character that is not plain, as LaTeX."""
    return _OURS.get(char) or str(_encoder().unicode_to_latex(char))


def prose(text: str) -> Tex:
    """Words in which what stands between backticks is code."""
    return Tex("".join(code(piece) if is_code else escape(piece) for is_code, piece in spans(text)))


def mathematics(formula: Formula | str) -> Tex:
    """A formula's LaTeX with letters beyond ASCII spelled out."""
    latex = formula if isinstance(formula, str) else formula.latex
    return Tex(re.sub(r"[^\x00-\x7f]", lambda char: _in_mathematics(char[0]), latex))


_ACCENTS = {
    "\u0300": "grave",
    "\u0301": "acute",
    "\u0302": "hat",
    "\u0303": "tilde",
    "\u0304": "bar",
    "\u0306": "breve",
    "\u0307": "dot",
    "\u0308": "ddot",
    "\u030c": "check",
}


def _in_mathematics(char: str) -> str:
    """A letter beyond ASCII in a formula; one with an accent is a symbol with that accent."""
    letter, accent = normalize("NFD", char)[:1], normalize("NFD", char)[1:]
    if letter.isascii() and accent in _ACCENTS:
        return rf"{{\{_ACCENTS[accent]}{{{letter}}}}}"
    return rf"\text{{{escape(char)}}}"


def inline(formula: Formula) -> Tex:
    """A formula within a line."""
    return Tex(f"${mathematics(formula)}$")


def plain(text: str) -> Tex:
    """``text`` reduced to what a PDF bookmark can show, letters without their accents."""
    return Tex(re.sub(r"[^A-Za-z0-9 .,:;()=+-]", "", normalize("NFKD", text)))


def _unknown(char: str) -> str:
    return rf"\fmproofchar{{{ord(char):04X}}}"


# What the encoder writes but a plain TeX Live does not know, or only in math mode.
_UNDEFINED = re.compile(
    r"\\(?:(?:CYR|cyr)[A-Za-z]*|DownArrowUpArrow|VDash|allequal|approxnotequal|arrowwave(?:left|right)"
    r"|clockoint|clwintegral|dblarrowupdown|estimates|forcesextra|hermitconjmatrix|homothetic|image"
    r"|lazysinv|mathscr|nolinebreak|notgreaterless|notlessgreater|nument|original|precedesnotsimilar"
    r"|quarternote|recorder|rightangle|rightanglearc|sqrint|starequal|surfintegral|textfrac"
    r"|textglotstop|texthvlig|textnrleg|textphi|textschwa|textturnk|tildetrpl|truestate|udots"
    r"|varperspcorrespond|verymuchgreater|verymuchless|volintegral)(?![A-Za-z])"
    r"|^\\(?:varepsilon|Upsilon|acute|flat|natural|sharp)(?![A-Za-z])"
)


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from pylatexenc.latexencode import (
        RULE_DICT,
        UnicodeToLatexConversionRule,
        UnicodeToLatexEncoder,
        get_builtin_uni2latex_dict,
    )

    known = get_builtin_uni2latex_dict()
    undefined = {n: _unknown(chr(n)) for n, latex in known.items() if _UNDEFINED.search(latex)}
    return UnicodeToLatexEncoder(
        conversion_rules=[UnicodeToLatexConversionRule(RULE_DICT, undefined), "defaults"],
        replacement_latex_protection="braces-all",
        unknown_char_policy=_unknown,
        unknown_char_warning=False,
    )


def said(prose: Prose | str) -> Tex:
    """Words with formulas among them."""
    pieces = with_formulas(prose)
    return Tex("".join(escape(p) if isinstance(p, str) else inline(p) for p in pieces))
