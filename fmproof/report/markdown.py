"""A report as GitHub-flavoured Markdown with mathematics between dollar signs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from fmproof.report.breaking import lines
from fmproof.report.document import heading, printable, report_sections, spans, with_definition
from fmproof.report.model import Formula, Report, RuleEntry
from fmproof.report.templating import environment
from fmproof.report.words import sentence

ROOM = 44.0  #: em of a display on GitHub's pages
_SPECIAL = re.compile(r"[\\`*_\[\]#|$~]")
# Markdown takes a backslash before punctuation for its own, so these spellings avoid it.
_SPELLINGS = {
    r"\,": r"\thinspace ",
    r"\;": r"\enspace ",  # \thickspace is unknown to MathJax 3
    r"\!": r"\negthinspace ",
    r"\operatorname*": r"\operatorname",
    "<": r"\lt ",
}
_SPELLED = re.compile(rf"({'|'.join(map(re.escape, _SPELLINGS))}) *")


class Markdown(str):
    """Markdown source, as opposed to text that must be escaped."""

    __slots__ = ()


def render(report: Report, command: str = "", rules: Sequence[RuleEntry] = ()) -> str:
    """``report`` as a Markdown document.

    Args:
        command: the command line that produced it, for the note at its end.
        rules: the catalogue of rules, for an appendix.
    """
    return fill(
        "document.md",
        report=report,
        sections=report_sections(report),
        title=heading(report),
        command=command,
        rules=rules,
    )


def fill(template: str, **values: Any) -> str:
    """One of the Markdown templates with its values escaped and put in."""
    written = str(_environment().get_template(template).render(**values))
    return re.sub(r"\n{3,}", "\n\n", written).strip() + "\n"


def escape(text: str) -> Markdown:
    """Any text as Markdown that shows it and does nothing else."""
    plain = printable(text).replace("&", "&amp;").replace("<", "&lt;")
    return Markdown(_SPECIAL.sub(lambda char: "\\" + char[0], plain))


def display(formula: Formula, relation: str = "") -> Markdown:
    """A formula in a display of its own, broken where it is long."""
    sign = {"": "", "=": "=", "≤": r"\le", "≥": r"\ge"}[relation]
    first, *rest = lines(formula.latex, ROOM)
    if not rest:
        return Markdown(f"$$\n{sign} {_spelled(first.latex)}\n$$".replace("\n ", "\n"))
    rows = [rf"{sign}{{}} & {_spelled(first.latex)}"]
    rows += ["& " + r"\quad" * line.indent + f" {{}}{_spelled(line.latex)}" for line in rest]
    body = " \\cr\n".join(rows)
    return Markdown(f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$")


def inline(formula: Formula) -> Markdown:
    """A formula within a line, for a table."""
    return Markdown(f"${_spelled(formula.latex)}$".replace("|", r"\vert "))


def code(text: str) -> Markdown:
    """A line of a program, as it is."""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    padding = " " if "`" in text else ""
    return Markdown(f"{ticks}{padding}{printable(text)}{padding}{ticks}")


def prose(text: str) -> Markdown:
    """Words in which what stands between backticks is code."""
    shown = (code(piece) if is_code else escape(piece) for is_code, piece in spans(text))
    return Markdown("".join(shown))


def indented(text: str) -> Markdown:
    """Lines of a file as an indented block of code."""
    return Markdown("\n".join("    " + printable(line) for line in text.splitlines()))


def _spelled(latex: str) -> str:
    return _SPELLED.sub(lambda found: _SPELLINGS[found[1]], latex)


@lru_cache(maxsize=1)
def _environment() -> Any:
    filters: dict[str, Callable[..., Any]] = {
        "display": display,
        "inline": inline,
        "defined": with_definition,
        "code": code,
        "prose": prose,
        "sentence": sentence,
        "indented": indented,
    }
    return environment(Markdown, escape, inline, filters)
