"""A report as one HTML file: MathML, no script, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fmproof.report.breaking import pieces
from fmproof.report.document import (
    LISTED,
    anchor,
    defined,
    heading,
    printable,
    sections,
    spans,
    unmet,
)
from fmproof.report.model import Formula, Report, RuleEntry
from fmproof.report.templating import environment

if TYPE_CHECKING:
    from fmproof.report.plots import Picture


def render(
    report: Report,
    command: str = "",
    rules: Sequence[RuleEntry] = (),
    pictures: Sequence[Picture] = (),
    problem: str = "",
) -> str:
    """``report`` as a page of its own.

    Args:
        command: the command line that produced it, for the note at its end.
        rules: the catalogue of rules, for an appendix.
        pictures: plots of a concrete problem (:func:`fmproof.report.plots.pictures`).
        problem: that problem in words.
    """
    template = _environment().get_template("page.html")
    return str(
        template.render(
            report=report,
            sections=sections(report),
            title=heading(report),
            command=command,
            rules=rules,
            codes={rule.name: rule.code for rule in rules},
            pictures=pictures,
            problem=problem,
        )
    )


def cell(report: Report) -> str:
    """``report`` as a piece of a page, for the output of a notebook's cell."""
    return str(_environment().get_template("cell.html").render(sections=sections(report)))


def prose(text: str) -> str:
    """Words in which what stands between backticks is code."""
    from markupsafe import Markup

    code = Markup("<code>{}</code>")
    shown = ((printable(piece), is_code) for is_code, piece in spans(text))
    return Markup().join(code.format(piece) if is_code else piece for piece, is_code in shown)


def mathematics(formula: Formula, relation: str = "") -> str:
    """A formula as MathML, in pieces between which a narrow page may break it.

    What the converter does not know is shown as the formula's plain text.

    Args:
        relation: written before the formula.
    """
    from markupsafe import Markup

    sign = Markup('<span class="relation">{}</span>').format(relation) if relation else ""
    try:
        first, *rest = pieces(formula.latex)
        # The empty group keeps the spaces of a sign or relation that begins a piece.
        more = [Markup("<wbr>") + Markup(_mathml("{}" + piece)) for piece in rest]
        begun = Markup(_mathml(first))
    except ValueError:
        begun, more = Markup('<span class="text">{}</span>').format(printable(formula.text)), []
    begun = Markup('<span class="together">{}{}</span>').format(sign, begun) if sign else begun
    return Markup('<span class="formula">{}</span>').format(begun + Markup().join(more))


def inline(formula: Formula) -> str:
    """A formula within a line, as MathML, or its plain text where the converter gives up."""
    from markupsafe import Markup

    try:
        return Markup('<span class="inline">{}</span>').format(Markup(_mathml(formula.latex)))
    except ValueError:
        return Markup('<span class="text">{}</span>').format(printable(formula.text))


@lru_cache(maxsize=20_000)
def _mathml(latex: str) -> str:
    """MathML of a piece of a formula.

    Raises:
        ValueError: the converter does not know a command.
    """
    from math_core import LatexError

    # As two signs they would stand apart.
    spelled = latex.replace(":=", r"\mathrel{:=}")
    try:
        return str(_converter().convert_with_local_state(spelled, displaystyle=True))
    except LatexError as error:
        raise ValueError(latex) from error


@lru_cache(maxsize=1)
def _converter() -> Any:
    from math_core import LatexToMathML

    return LatexToMathML(fancy_error=False)


@lru_cache(maxsize=1)
def _environment() -> Any:
    from markupsafe import Markup
    from markupsafe import escape as escaped

    filters: dict[str, Callable[..., Any]] = {
        "math": mathematics,
        "inline_math": inline,
        "prose": prose,
        "defined": defined,
        "anchor": lambda name: anchor(name, set()),
    }
    made = environment(
        Markup, lambda text: escaped(printable(text)), inline, filters, autoescape=True
    )
    made.globals["LISTED"] = LISTED
    made.globals["unmet"] = unmet
    return made
