r"""A report as LaTeX: an article of its own, or a fragment to ``\input``.

The article compiles with pdflatex and with lualatex. A fragment needs amsmath, amssymb, amsthm
and graphicx in the document that it is put into, and defines the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal

from fmproof.report.breaking import lines, width
from fmproof.report.document import anchor, heading, sections
from fmproof.report.model import Constant, Formula, Report, RuleEntry, Symbol
from fmproof.report.proof import Typesetter
from fmproof.report.templating import environment
from fmproof.report.tex import Tex, code, escape, inline, mathematics, plain, prose
from fmproof.report.words import count, sentence

# Widths in em, for a4 paper with margins of 25 mm at 11 pt.
ROOM = 38.0  #: a display of its own
ROOM_STEP = 31.0  #: a step, beside its reason
ROOM_NOTATION = 29.0  #: a definition, beside its meaning
ROOM_TABLE = 25.8  #: a side condition, beside what it was derived from

Style = Literal["proof", "full", "statements"]
STYLES: tuple[Style, ...] = ("proof", "full", "statements")
PAGE = 40.0  #: em of a line of the article
COLUMN = {1: 31.0, 2: 21.0}  #: em of a line where a fragment goes: in one column, in two

BLOCK = 12  #: lines that stay together on a page


def render(
    report: Report,
    command: str = "",
    rules: Sequence[RuleEntry] = (),
    fragment: bool = False,
    style: Style = "full",
    columns: int = 1,
) -> str:
    r"""``report`` as LaTeX.

    Args:
        command: the command line that produced it, for the note at its end.
        rules: the catalogue of rules, for an appendix.
        fragment: only the body, for ``\input``.
        style: a proof as in a paper; the full evidence, with every condition and number; or the
            statements alone. What is not proved is shown in full whatever the style.
        columns: of the page that a fragment is for, 1 or 2.
    """
    found = sections(report)
    typesetter = Typesetter(COLUMN[columns] if fragment else PAGE, brief=style == "statements")
    template = _environment().get_template("fragment.tex" if fragment else "article.tex")
    return str(
        template.render(
            report=report,
            sections=found,
            typeset=[] if style == "full" else [typesetter.section(s) for s in found],
            statements=style == "statements",
            style=style,
            fragment=fragment,
            title=heading(report),
            command=command,
            rules=rules,
        )
    )


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
