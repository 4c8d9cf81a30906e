"""What the symbols stand for: in sentences before a theorem, or in one table for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fmproof.report.breaking import formula_width, lines
from fmproof.report.document import Section, anchor
from fmproof.report.model import Formula, Symbol
from fmproof.report.paper.align import align, fit_to, rows, series
from fmproof.report.tex import Tex, escape, mathematics, said

# Variables of these sorts need no introduction, and abbreviations stand with the constants.
_VECTORS = "vectors, of any dimension d"
_TOLD_ELSEWHERE = frozenset(
    ("real numbers", "parameters of the model", "abbreviation", "the number 3.14159…")
)

NAME_COLUMN = 6.5  #: em of the names in the table


def setting(new: Iterable[Symbol], room: float) -> Tex:
    """Sentences that introduce symbols: "Given are …", and the definitions in a display."""
    new = [s for s in new if s.meaning not in _TOLD_ELSEWHERE]
    simple = [s for s in new if s.definition is None or _is_number(s.definition)]
    defined = [s for s in new if s not in simple]
    words = ""
    if simple:
        vectors = [s for s in simple if s.meaning == _VECTORS]
        given = series(_introduced(s) for s in simple if s not in vectors)
        where = "".join(rf"for ${mathematics(s.name)} \in \mathbb{{R}}^d$" for s in vectors)
        if given:
            verb = "is" if len(simple) - len(vectors) == 1 else "are"
            words = f"Given {verb} {given}{', ' if where else ''}{where}.\n"
    if defined:
        are = "is" if len(defined) == 1 else "are"
        names = series(_named(s) for s in defined)
        definitions = [
            row
            for i, s in enumerate(defined)
            for row in rows(
                mathematics(s.name),
                ":=",
                _of(s.definition),
                room - max(formula_width(mathematics(s.name)) for s in defined),
                "." if i == len(defined) - 1 else ",",
            )
        ]
        words += f"{names[:1].upper()}{names[1:]} {are}\n{align(definitions)}\n"
    return Tex(words)


def _introduced(symbol: Symbol) -> str:
    value = "" if symbol.definition is None else f" = {mathematics(symbol.definition)}"
    # The author's words must not hide what is assumed.
    assumed = r" \ge 0" if symbol.words and symbol.meaning.startswith("nonnegative") else ""
    return _named(symbol, value or assumed)


def _named(symbol: Symbol, value: str = "") -> str:
    """ "the model u(x)", "the density p(z) of the data", "a vector field f(x)"."""
    meaning = symbol.words or symbol.meaning
    shown = f"${mathematics(symbol.name)}{value}$"
    if meaning.startswith("what "):
        return f"{shown} ({said(meaning)})"
    if not re.match(_DETERMINED, meaning):
        meaning = "a " + re.sub(r" in \S+(, \S+)*?(?= on |$)", "", meaning)
    called, _, aside = meaning.partition(": ")
    split = re.fullmatch(rf"(.*?)((?:{_FURTHER}.*)?)", called)
    noun, further = split.groups()  # type: ignore[union-attr]
    return f"{said(noun)} {shown}{said(further)}" + (f" ({said(aside)})" if aside else "")


_DETERMINED = "(the|an?|any|one|another|every|each|all|some|points) "
# What follows a noun: the symbol stands before it.
_FURTHER = ",? (?:of|on|with|that|which|such as|given|from|in|against) "


def _is_number(definition: Formula) -> bool:
    return re.fullmatch(r"-?[\d./]+", definition.text) is not None


def _of(definition: Formula | None) -> str:
    return "" if definition is None else mathematics(definition)


def abbreviations(found: Sequence[tuple[str, str]]) -> Tex:
    """A sentence that says what each operator is short for."""
    if not found:
        return Tex("")
    parts = [
        rf"${mathematics(short)}$ for ${mathematics(long)}$".replace(r",\, ", r",\,\allowbreak ")
        for long, short in found
    ]
    return Tex(f"We write {series(parts)}.\n")


# --- the table ------------------------------------------------------------------------


@dataclass(frozen=True)
class NotationRow:
    """A row of the table of notation."""

    name: Tex
    meaning: Tex


def notation_rows(sections: Sequence[Section], room: float) -> tuple[NotationRow, ...]:
    """Every symbol of a document once, with what it is.

    Variables of one sort share a row. A symbol that is not the same in all derivations has a row
    for each meaning, which says where it has it.

    Args:
        room: the width of a line, in em.
    """
    found: dict[Symbol, list[Section]] = {}
    for section in sections:
        for symbol in _apart(section.derivation.symbols):
            found.setdefault(symbol, []).append(section)
    meanings: dict[str, int] = {}
    for symbol in found:
        meanings[symbol.name.latex] = meanings.get(symbol.name.latex, 0) + 1
    entries: list[NotationRow] = []
    variables: dict[str, list[Symbol]] = {}
    for symbol in found:
        if _is_variable(symbol):
            variables.setdefault(symbol.meaning, []).append(symbol)
    for alike in variables.values():
        names = sorted(dict.fromkeys(symbol.name.latex for symbol in alike))
        together = replace(alike[0], name=Formula(", ".join(names), ", ".join(names)))
        entries.append(_entry(together, "", room))
    for symbol, where in found.items():
        if not _is_variable(symbol):
            several = meanings[symbol.name.latex] > 1
            entries.append(_entry(symbol, _places(where) if several else "", room))
    return tuple(entries)


_VARIABLES = re.compile("real numbers|vectors|parameters|points of any")


def _is_variable(symbol: Symbol) -> bool:
    return symbol.definition is None and bool(_VARIABLES.match(symbol.meaning))


def _apart(symbols: Iterable[Symbol]) -> Iterable[Symbol]:
    """The variables one by one, the others as they are."""
    for symbol in symbols:
        if not _is_variable(symbol):
            yield symbol
            continue
        names = symbol.name.text.split(", "), symbol.name.latex.split(", ")
        for text, latex in zip(*names, strict=True):
            yield replace(symbol, name=Formula(text, latex))


def _places(where: Sequence[Section]) -> str:
    labels = [rf"\ref{{fmproof:{anchor(s.anchor, set())}:theorem}}" for s in where]
    return f" (in Theorem{'s' if len(labels) > 1 else ''}~{series(labels)})"


def _described(symbol: Symbol) -> str:
    """What a symbol is, the variables of a density as mathematics."""
    if symbol.meaning == _VECTORS:
        return escape(_VECTORS).replace("dimension d", "dimension $d$")
    before, found, after = symbol.described.partition(" density in ")
    if not found:
        return said(before)
    names = re.split(r"(, | on .*)", after)
    latex = dict(zip(_arguments(symbol.name.text), _arguments(symbol.name.latex), strict=False))
    shown = (f"${latex[name]}$" if name in latex else escape(name) for name in names)
    return f"{escape(before + found)}{''.join(shown)}"


def _arguments(name: str) -> list[str]:
    """The arguments of a symbol: x and z of p_t(x | z)."""
    inside = name.partition("(")[2].rpartition(")")[0]
    return re.split(r"\s*(?:,|\\mid|\|)\s*", inside)


def _entry(symbol: Symbol, where: str, room: float) -> NotationRow:
    free = room - NAME_COLUMN
    words = f"{_described(symbol)}{where}"
    name = mathematics(symbol.name)
    wide = formula_width(name) > NAME_COLUMN - 0.5
    if symbol.definition is None:
        # A name that is wider than its column has a line of its own.
        return NotationRow(Tex(f"${name}$"), Tex((r"\mbox{}\\ " if wide else "") + words))
    definition = str(mathematics(symbol.definition))
    if wide:
        definition = f"{name} := {definition}"
    else:
        definition = f":= {definition}"
    first, *rest = lines(definition, free - 1)
    if rest:
        body = r" \\ ".join(
            [
                rf"& {fit_to(first.latex, free)}",
                *(
                    "& " + r"\quad" * line.indent + f" {{}}{fit_to(line.latex, free)}"
                    for line in rest
                ),
            ]
        )
        shown = rf"$\begin{{aligned}}[t] {body} \end{{aligned}}$"
    else:
        shown = rf"$\displaystyle {fit_to(first.latex, free)}$"
    return NotationRow(Tex("" if wide else f"${name}$"), Tex(rf"{shown}\\ {words}"))
