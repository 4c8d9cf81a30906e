r"""A report as LaTeX: an article of its own, or a fragment to ``\input``.

The article compiles with pdflatex and with lualatex. A fragment needs amsmath, amssymb, amsthm
and graphicx in the document that it is put into, and defines the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from fmproof.report.breaking import lines, width
from fmproof.report.document import anchor, heading, printable, sections, spans
from fmproof.report.model import Constant, Formula, Report, RuleEntry, Symbol
from fmproof.report.templating import environment
from fmproof.report.words import count, sentence

# Widths in em, for a4 paper with margins of 25 mm at 11 pt.
ROOM = 38.0  #: a display of its own
ROOM_STEP = 31.0  #: a step, beside its reason
ROOM_NOTATION = 29.0  #: a definition, beside its meaning
ROOM_TABLE = 25.8  #: a side condition, beside what it was derived from

BLOCK = 12  #: lines that stay together on a page

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


def render(
    report: Report, command: str = "", rules: Sequence[RuleEntry] = (), fragment: bool = False
) -> str:
    r"""``report`` as LaTeX.

    Args:
        command: the command line that produced it, for the note at its end.
        rules: the catalogue of rules, for an appendix.
        fragment: only the body, for ``\input``.
    """
    template = _environment().get_template("fragment.tex" if fragment else "article.tex")
    return str(
        template.render(
            report=report,
            sections=sections(report),
            title=heading(report),
            command=command,
            rules=rules,
        )
    )


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
    return Tex(re.sub(r"[^\x00-\x7f]", lambda char: escape(char[0]), latex))


def inline(formula: Formula) -> Tex:
    """A formula within a line."""
    return Tex(f"${mathematics(formula)}$")


def display(
    formula: Formula, room: float, relation: str = "", name: Formula | None = None
) -> tuple[Tex, ...]:
    """A formula in ``aligned`` blocks, broken to ``room`` em; one block unless it is very long.

    Args:
        relation: written before the formula.
        name: written before the relation.
    """
    sign = {"": "", "=": "=", "≤": r"\le", "≥": r"\ge"}[relation]
    before = f"{mathematics(name) if name else ''}{sign}{{}}" if sign else ""
    first, *rest = lines(formula.latex, room - width(before))
    rows = [f"{before} & {mathematics(first.latex)}"]
    rows += ["& " + r"\quad" * line.indent + f" {{}}{mathematics(line.latex)}" for line in rest]
    return tuple(map(_aligned, _batched(rows, BLOCK)))


def _aligned(rows: Sequence[str]) -> Tex:
    body = " \\\\\n    ".join(rows)
    return Tex(f"\\fmproofmath{{\\begin{{aligned}}[t]\n    {body}\n  \\end{{aligned}}}}")


def _batched(rows: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (rows[i : i + size] for i in range(0, len(rows), size))


def _display(shown: Formula | Constant) -> Tex:
    """A formula, or a constant with its definition, on lines of its own."""
    blocks = display(shown, ROOM) if isinstance(shown, Formula) else _defined(shown, ROOM)
    return Tex("\n".join(rf"\fmproofdisplay{{{block}}}" for block in blocks))


def _defined(item: Symbol | Constant, room: float) -> tuple[Tex, ...]:
    if item.definition is None:
        return display(item.name, room)
    return display(item.definition, room, "=", item.name)


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


@lru_cache(maxsize=1)
def _environment() -> Any:
    return environment(
        Tex,
        escape,
        inline,
        _FILTERS,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )


_FILTERS: dict[str, Callable[..., Any]] = {
    "math": mathematics,
    "code": code,
    "prose": prose,
    "count": count,
    "sentence": sentence,
    "plain": plain,
    "display": _display,
    "step": lambda formula, relation="": display(formula, ROOM_STEP, relation),
    "defined": lambda symbol: _defined(symbol, ROOM_NOTATION),
    "cell": lambda formula: display(formula, ROOM_TABLE),
    "anchor": lambda name: Tex(anchor(name, set())),
}
