"""What an evaluation found: the answer first, then every quantity by every method."""

from fmproof.report.evaluation.html import render_html
from fmproof.report.evaluation.json import render_json
from fmproof.report.evaluation.text import render_text
from fmproof.report.evaluation.words import describe, number

__all__ = ["describe", "number", "render_html", "render_json", "render_text"]
