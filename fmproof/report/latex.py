r"""A report as LaTeX: an article of its own, or a fragment to ``\input``.

The article compiles with pdflatex and with lualatex. A fragment needs amsmath, amssymb, amsthm
and graphicx in the document that it is put into, and defines the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal

from fmproof.report.document import anchor, heading, report_sections
from fmproof.report.model import Report, RuleEntry
from fmproof.report.paper import Typesetter
from fmproof.report.paper.evidence import displayed_formula
from fmproof.report.templating import environment
from fmproof.report.tex import Tex, code, escape, inline, mathematics, plain, prose
from fmproof.report.words import count, sentence

Style = Literal["proof", "full", "statements"]
STYLES: tuple[Style, ...] = ("proof", "full", "statements")
PAGE = 40.0  #: em of a line of the article
HANDOUT = 54.0  #: em of a line of the statements alone
COLUMN = {1: 31.0, 2: 21.0}  #: em of a line where a fragment goes: in one column, in two


def render(
    report: Report,
    command: str = "",
    rules: Sequence[RuleEntry] = (),
    fragment: bool = False,
    style: Style = "full",
    columns: int = 1,
    tagged: bool = False,
) -> str:
    r"""``report`` as LaTeX.

    Args:
        command: the command line that produced it, for the note at its end.
        rules: the catalogue of rules, for an appendix.
        fragment: only the body, for ``\input``.
        style: a proof as in a paper; the full evidence, with every condition and number; or the
            statements alone. What is not proved is shown in full whatever the style.
        columns: of the page that a fragment is for, 1 or 2.
        tagged: of an article, for lualatex: with the structure that a screen reader follows.
    """
    found = report_sections(report)
    room = COLUMN[columns] if fragment else HANDOUT if style == "statements" else PAGE
    full = style == "full"
    several = len(found) > 1
    typesetter = Typesetter(room, brief=style == "statements", full=full)
    template = _environment().get_template("fragment.tex" if fragment else "article.tex")
    typeset = [typesetter.section(s) for s in found]
    return str(
        template.render(
            report=report,
            notation=typesetter.notation_rows(found),
            typeset=typeset,
            evidence=[(p.section, p.evidence) for p in typeset if p.evidence is not None],
            statements=style == "statements",
            full=full,
            fragment=fragment,
            tagged=tagged,
            title="Theorems" if several and style == "statements" else heading(report),
            command=command,
            rules=rules,
            room=room,
        )
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
    "display": lambda formula, room: Tex(displayed_formula(formula, room)),
    "anchor": lambda name: Tex(anchor(name, set())),
}
