"""``%%fmproof`` in a real IPython: rows of LaTeX, scripts, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from fmproof.errors import InputError
from fmproof.jupyter.magic import Settings, settings
from fmproof.jupyter.rows import CellRows
from fmproof.report.model import Report

ROWS = r"""
\mathbb{E}_{t, x \sim p_t}\|u^\theta_t(x) - u_t(x)\|^2
  &= \mathbb{E}_{t, x \sim p_t}\|u^\theta_t(x)\|^2
     - 2\,\mathbb{E}_{t, x \sim p_t}[u^\theta_t(x)^\top u_t(x)]
     + \mathbb{E}_{t, x \sim p_t}\|u_t(x)\|^2 \\
  &= 3
"""
SCRIPT = """
from fmproof import *

x = Vec("x")
p, u, v = Density("p", x), Field("u", x), Field("v", x)
a, b = u(x), v(x)
mine = Derivation(
    name="mine",
    hypotheses=[
        Hypothesis("H1", Integrable(norm2(a), p(x))),
        Hypothesis("H2", Integrable(norm2(b), p(x))),
    ],
    start=Expect(norm2(a - b), p(x)),
    steps=[Step("1", Expect(norm2(a) - 2 * Inner(a, b) + norm2(b), p(x)), by="square")],
)
"""
Cell = Callable[..., Any]


@pytest.fixture(scope="module")
def shell() -> Iterator[Any]:
    interactive = pytest.importorskip("IPython.core.interactiveshell")
    made = interactive.InteractiveShell.instance()
    made.run_line_magic("load_ext", "fmproof")
    yield made
    interactive.InteractiveShell.clear_instance()


@pytest.fixture
def cell(shell: Any) -> Cell:
    """Runs a cell; gives what it shows."""
    return lambda text, line="": shell.run_cell_magic("fmproof", line, text)


class Loads(HTMLParser):
    """What a piece of HTML would load from elsewhere."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href")]


def test_rows_of_latex_get_verdicts(cell: Cell) -> None:
    found = cell(ROWS)
    assert isinstance(found, CellRows)
    assert [row.verdict for row in found.report.rows] == ["proved", "refuted"]
    # Lines count as in the cell, whose first line is empty.
    shown = found._repr_html_()
    assert shown.count("<tr>") == 2
    assert shown.count("<math") > 2
    assert Loads(shown).found == []
    assert "refuted" in shown
    assert "the claim 3" in shown
    assert "1 proved, 1 refuted" in str(found)


def test_rows_without_line_ends_are_a_line_each(cell: Cell) -> None:
    found = cell("a + b &= b + a\n&= 2 a + b - a\n")
    assert len(found.report.rows) == 2
    assert {row.verdict for row in found.report.rows} <= {"proved", "agrees"}


def test_a_passage_with_displays_is_read_as_it_is(cell: Cell) -> None:
    found = cell("Let $a$ be real. Then\n\\[ a + a = 3 a \\]\n", "--no-numeric")
    assert [row.verdict for row in found.report.rows if not row.inline] == ["open"]


def test_a_script_is_run_and_what_it_assigns_is_checked(cell: Cell, shell: Any) -> None:
    found = cell(SCRIPT, "--no-numeric")
    assert isinstance(found, Report)
    assert found.status == "proved"
    assert [d.name for d in found.derivations] == ["mine"]
    assert shell.user_ns["mine"].name == "mine"  # later cells have it
    assert all(step.numeric is None for step in found.derivations[0].steps)
    both = cell(SCRIPT)
    assert all(step.numeric is not None for step in both.derivations[0].steps)
    wrong = cell(SCRIPT.replace("- 2 * Inner", "- 3 * Inner"))
    assert wrong.status == "failed"
    assert "<math" in wrong._repr_html_()


def test_a_report_shows_itself_as_text_in_a_terminal(cell: Cell, shell: Any) -> None:
    found = cell(SCRIPT, "--no-numeric")
    plain = shell.display_formatter.format(found)[0]["text/plain"]
    assert plain == str(found)
    assert "✓ 1  = " in plain


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("x", "--no-numerik", "there is no option '--no-numerik'; did you mean '--no-numeric'?"),
        ("x", "--seed", "--seed: expected a number, 0 or more"),
        (" \n", "", "the cell is empty"),
        ("k = int('3')", "", "the cell defines no derivation; assign a Derivation"),
        ("words alone", "", "no row in this cell claims anything"),
    ],
)
def test_what_cannot_be_checked(cell: Cell, text: str, line: str, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("?", r"\?").replace("(", r"\(")):
        cell(text, line)


def test_options() -> None:
    assert settings("") == Settings()
    assert settings("--no-numeric --seed 7 --strict") == Settings(False, True, 7)


def test_an_error_shows_the_authors_line_and_not_ours(
    shell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell(SCRIPT)
    capsys.readouterr()
    shell.run_cell("y = 1\nz = a + Inner(a, b)\n")
    said = capsys.readouterr()
    lines = (said.out + said.err).strip().splitlines()
    assert lines == [
        "line 2: z = a + Inner(a, b)",
        "SortError: cannot add a vector and a real: u(x) (vector) + u(x)·v(x) (real)",
    ]
    shell.run_cell("%%fmproof\nq = Derivation(name='q', hypotheses=[], start=1, steps=[])\n")
    said = capsys.readouterr()
    assert (said.out + said.err).strip().splitlines() == [
        "line 1: q = Derivation(name='q', hypotheses=[], start=1, steps=[])",
        "InputError: part 'q' has no steps",
    ]


def test_a_slip_of_python_is_shown_by_python(
    shell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    shell.run_cell("%%fmproof\nq = Derivation(name='q', hypotheses=[)\n")
    said = capsys.readouterr()
    assert "SyntaxError" in said.out + said.err
