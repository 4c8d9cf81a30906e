"""A report as one HTML file: MathML, one small script of its own, nothing loaded from anywhere."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any

from fmproof.report.breaking import piece_bounds, tokenised
from fmproof.report.changes import Ranges, changed, symbol_ranges
from fmproof.report.document import (
    LISTED,
    Chain,
    anchor,
    heading,
    printable,
    report_sections,
    spans,
    unmet,
    with_definition,
)
from fmproof.report.model import Formula, Report, RuleEntry
from fmproof.report.paper.align import SIGNS, align, plain_rows, rows
from fmproof.report.rules import entries
from fmproof.report.templating import environment
from fmproof.report.tex import escape
from fmproof.report.words import COQ_MARK

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
        rules: the catalogue of rules, for an appendix; by default those that are used.
        pictures: plots of a concrete problem (:func:`fmproof.report.plots.pictures`).
        problem: that problem in words.
    """
    template = _environment().get_template("page.html")
    shown = rules or entries(_used(report))
    script = _script()
    return str(
        template.render(
            report=report,
            sections=report_sections(report),
            title=heading(report),
            command=command,
            rules=shown,
            all_rules=bool(rules),
            codes={rule.name: rule.code for rule in shown},
            script=script,
            digest=b64encode(sha256(script.encode()).digest()).decode(),
            pictures=pictures,
            problem=problem,
        )
    )


def _used(report: Report) -> list[str]:
    """The names of the rules that steps name, in alphabetical order."""
    steps = (step for derivation in report.derivations for step in derivation.steps)
    return sorted({name for step in steps for name in step.rule.split(", ")})


def _script() -> str:
    """The page's only script; it works on what is there, and the page is whole without it."""
    from markupsafe import Markup

    source = resources.files("fmproof.report") / "templates" / "page.js"
    return Markup(source.read_text(encoding="utf-8"))


def page_part(template: str, **values: Any) -> str:
    """A template of this package with its values escaped and put in."""
    return str(_environment().get_template(template).render(**values))


def cell(report: Report) -> str:
    """``report`` as a piece of a page, for the output of a notebook's cell."""
    return str(_environment().get_template("cell.html").render(sections=report_sections(report)))


def prose(text: str) -> str:
    """Words in which what stands between backticks is code."""
    from markupsafe import Markup

    code = Markup("<code>{}</code>")
    shown = ((printable(piece), is_code) for is_code, piece in spans(text))
    return Markup().join(code.format(piece) if is_code else piece for piece, is_code in shown)


def mathematics(
    formula: Formula,
    relation: str = "",
    before: Formula | None = None,
    after: Formula | None = None,
) -> str:
    """A formula as MathML, in pieces between which a narrow page may break it.

    What the converter does not know is shown as the formula's plain text.

    Args:
        relation: written before the formula.
        before: the line before; what is new since then gets the class "new".
        after: the line after; what is gone there gets the class "gone".
    """
    from markupsafe import Markup

    sign = Markup('<span class="relation">{}</span>').format(relation) if relation else ""
    new = changed(before.latex, formula.latex)[1] if before else []
    gone = changed(formula.latex, after.latex)[0] if after else []
    try:
        first, *rest = _pieces(formula.latex, new, gone)
        # The empty group keeps the spaces of a sign or relation that begins a piece.
        more = [Markup("<wbr>") + Markup(_mathml("{}" + piece)) for piece in rest]
        begun = Markup(_mathml(first))
    except ValueError:
        begun, more = Markup('<span class="text">{}</span>').format(printable(formula.text)), []
    begun = Markup('<span class="together">{}{}</span>').format(sign, begun) if sign else begun
    return Markup('<span class="formula">{}</span>').format(begun + Markup().join(more))


# Colours stand for classes on the way through the converter: no formula has one of its own.
_COLOURS = {"new": "red", "gone": "blue", "new gone": "teal"}
_CLASSES = {
    'style="color:#FF0000;"': 'class="new"',
    'style="color:#0000FF;"': 'class="gone"',
    'style="color:#008080;"': 'class="new gone"',
}


def _pieces(latex: str, new: Ranges, gone: Ranges) -> list[str]:
    """The pieces of a formula, with what is new or gone in colours."""
    tokens = tokenised(latex)
    marks = [""] * len(tokens)
    for name, ranges in (("new", new), ("gone", gone)):
        for start, end in ranges:
            marks[start:end] = [f"{mark} {name}".strip() for mark in marks[start:end]]
    whole = symbol_ranges(tokens)
    written = []
    for start, end in piece_bounds(tokens):
        piece, i = "", start
        while i < end:
            mark, run = marks[i], i
            while run < end and marks[run] == mark:
                # A unit is coloured as a whole, or it would lose its scripts.
                run = next((b for a, b in whole if a <= run < b), run + 1)
            run = min(run, end)
            text = "".join(tokens[i:run])
            piece += _coloured(text, _COLOURS[mark], tokens[:i]) if mark else text
            i = run
        written.append(piece.strip())
    return written


def inline(formula: Formula) -> str:
    """A formula within a line, as MathML, or its plain text where the converter gives up."""
    from markupsafe import Markup

    try:
        return Markup('<span class="inline">{}</span>').format(Markup(_mathml(formula.latex)))
    except ValueError:
        return Markup('<span class="text">{}</span>').format(printable(formula.text))


def twofold(formula: Formula, relation: str = "") -> str:
    """A formula for the output of a notebook's cell: MathML, and the plain text beside it.

    A notebook that is not trusted is shown without MathML and without style sheets. What is left of
    MathML there reads ‖a‖² as ‖a‖2, so it is hidden until a style sheet (``cell.css``) says that
    it is understood; the plain text is shown until then. An empty attribute would be dropped.
    """
    from markupsafe import Markup

    plain = printable(f"{relation} {formula.text}".strip())
    return Markup(
        '<span class="typeset" hidden="hidden">{}</span><span class="plain">{}</span>'
    ).format(mathematics(formula, relation), plain)


_ROOM = 40.0  #: em of a line of what is copied


def chain_latex(chain: Chain) -> str:
    """A part as ``align*``, to be copied."""
    written = plain_rows(chain.part.start.latex, _ROOM)
    for link in chain.links:
        step = link.step
        written += rows("", SIGNS[step.relation], step.claim.latex, _ROOM, indent=r"\quad ")
        written[-1] += rf" \tag*{{({escape(step.id)})}}"
    return align(written)


def _coloured(latex: str, colour: str, before: Sequence[str]) -> str:
    """A run in its colour; a sign that begins it keeps the space of an operation."""
    last = next((token for token in reversed(before) if not token.isspace()), "(")
    sign = latex[:1] if latex[:1] in "+-" and last not in "([{=" else ""
    first = rf"\mathbin{{\textcolor{{{colour}}}{{{sign}}}}}" if sign else ""
    rest = latex.removeprefix(sign)
    return first + (rf"\textcolor{{{colour}}}{{{rest}}}" if rest.strip() else rest)


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
        written = str(_converter().convert_with_local_state(spelled, displaystyle=True))
    except LatexError as error:
        raise ValueError(latex) from error
    for style, name in _CLASSES.items():
        written = written.replace(style, name)
    return written


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
        "twofold": twofold,
        "chain_latex": chain_latex,
        "prose": prose,
        "defined": with_definition,
        "anchor": lambda name: anchor(name, set()),
    }
    made = environment(
        Markup, lambda text: escaped(printable(text)), inline, filters, autoescape=True
    )
    made.globals["LISTED"] = LISTED
    made.globals["unmet"] = unmet
    made.globals["COQ_MARK"] = COQ_MARK
    return made
