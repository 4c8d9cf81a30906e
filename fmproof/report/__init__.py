"""Reports: what a check found as data (``model``), and its renderers.

A report shows itself (``str(report)``, in a notebook) by the renderers that are named here. The
data do not know them: this module, which comes before any other of the package, tells them.
"""

from __future__ import annotations

from fmproof.report import model


def _text(report: model.Report) -> str:
    from fmproof.report import text

    return text.render(report)


def _html(report: model.Report) -> str:
    from fmproof.report import html

    return html.cell(report)


def _markdown(report: model.Report) -> str:
    from fmproof.report import markdown

    return markdown.render(report)


model.Report.shown_by(text=_text, html=_html, markdown=_markdown)
