"""An evaluation as a piece of HTML, for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fmproof.report.evaluation.words import (
    answers,
    cells_by_method,
    contradictions,
    describe,
    gradient_lines,
    remarks,
    verdicts,
)

if TYPE_CHECKING:
    from fmproof.losses.findings import Findings


def render_html(findings: Findings) -> str:
    """What contradicts itself, the answer, and a table of each quantity by each method."""
    from markupsafe import Markup, escape

    head, *rows = cells_by_method(findings)
    cell = Markup('<td style="text-align:left;white-space:nowrap">{}</td>').format
    name = Markup('<th scope="{}" style="text-align:left">{}</th>').format
    lines = [Markup("<tr>") + Markup().join(name("col", text) for text in head) + Markup("</tr>")]
    for label, *cells in rows:
        body = Markup().join(map(cell, cells))
        lines.append(Markup("<tr>") + name("row", label) + body + Markup("</tr>"))
    first = [*map(Markup("<b>{}</b>").format, contradictions(findings))]
    first += map(Markup("<b>{}</b>").format, answers(findings))
    first += map(escape, [*verdicts(findings), describe(findings.problem)])
    last = [f"{label} = {vector}" for label, vector in gradient_lines(findings)] + remarks(findings)
    scrolled = Markup('<div style="overflow-x:auto"><table>{}</table></div>')
    return str(
        Markup("<div><p>{}</p>{}<p>{}</p></div>").format(
            Markup("<br>").join(first),
            scrolled.format(Markup().join(lines)),
            Markup("<br>").join(last),
        )
    )
