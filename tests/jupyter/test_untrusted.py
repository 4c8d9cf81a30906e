"""What is left of a cell's output where the notebook is not trusted.

Style sheets and scripts are then dropped, and the tags of MathML and SVG (their text stays);
``hidden`` is kept if it has a value.
"""

from html.parser import HTMLParser

from fmproof import check
from fmproof.derivations import load
from fmproof.jupyter.magic import Settings, _rows
from fmproof.models import load_problem
from fmproof.report.plots import pictures
from fmproof.report.plots.slider import slider

LEFT_OUT = ("style", "script")


class Sanitised(HTMLParser):
    """The text that such a notebook shows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if self.hidden or tag in LEFT_OUT or dict(attributes).get("hidden"):
            self.hidden += tag not in ("wbr", "br", "input")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(self.hidden - 1, 0)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.shown.append(data)


def seen(html: str) -> str:
    return " ".join(" ".join(Sanitised(html).shown).split())


def test_a_report_keeps_its_formulas() -> None:
    shown = seen(check([load("fm-cfm")])._repr_html_())
    assert "L_FM(θ) = L_CFM(θ) + C" in shown
    assert "‖u_t^θ(x) − u_t(x)‖²]" in shown
    assert "‖2" not in shown
    assert "∥" not in shown


def test_rows_keep_what_was_written() -> None:
    rows = _rows("\\|a - b\\|^2 &= \\|a\\|^2 - 2 a^\\top b + \\|b\\|^2", Settings(numeric=False))
    assert r"\| a - b \| ^ 2 = \| a \| ^ 2 - 2 a ^ \top b" in seen(rows._repr_html_())


def test_pictures_say_that_they_are_not_shown() -> None:
    problem = load_problem("docs/examples/two-gaussians.toml")
    for shown in (slider(problem), pictures(problem)[0]):
        html = shown._repr_html_()
        assert "This notebook is not trusted" in seen(html)
        assert ".fmproof-untrusted { display: none; }" in html
