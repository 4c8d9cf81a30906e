"""Verdicts: a true document is proved, and every single edit is caught at its own row."""

from __future__ import annotations

from pathlib import Path

import pytest

from fmproof.documents.check import check_documents, check_text
from fmproof.documents.context import Memory
from fmproof.documents.model import WRONG, DocumentReport
from fmproof.reading.document.read import read_text
from fmproof.reading.document.source import DocumentError

EXAMPLE = (Path(__file__).parents[2] / "docs" / "examples" / "regression.tex").read_text("utf-8")


def verdicts(text: str, ending: str = ".tex", **options: bool) -> list[tuple[str, str]]:
    return [
        (r.line, r.verdict) for r in check_text(text, "x", ending, **options).rows if not r.inline
    ]


@pytest.fixture(scope="module")
def memory() -> Memory:
    """So that an edited row alone costs time."""
    return Memory()


@pytest.fixture(scope="module")
def right(memory: Memory) -> DocumentReport:
    return check_documents("x", read_text(EXAMPLE, "x", ".tex"), memory=memory)


def test_a_true_document_is_proved(right: DocumentReport) -> None:
    assert [row.verdict for row in right.rows] == ["definition"] * 4 + ["proved"] * 8
    assert all(row.needs for row in right.rows if row.verdict == "proved")
    assert not right.problems


def test_the_notation_says_why(right: DocumentReport) -> None:
    symbols = {s.symbol: s for s in right.symbols}
    assert symbols["θ"].reading == "parameters of a model"
    assert symbols["v_t^θ(x)"].reading == "the model"
    assert symbols["p_t(x)"].line == "13"
    assert symbols["x"].guessed


EDITS = {
    "sign of the mixed term": (r"\sq{v_t^\theta(x)} - 2\, v", r"\sq{v_t^\theta(x)} + 2\, v", "27"),
    "factor lost": (r"\sq{v_t^\theta(x)} - 2\, v", r"\sq{v_t^\theta(x)} - v", "27"),
    "sign of the last term": ("\n      + \\sq{u_t(x)}", "\n      - \\sq{u_t(x)}", "27"),
    "a constant that hides θ": (
        r"- 2\, \E_{t,\, x \sim p_t} [ v_t^\theta(x) \cdot u_t(x) ] + C_1", "+ C_1", "29",
    ),
    "a density lost": (r"u_t(x)\, p_t(x) \dd x", r"u_t(x)\, \dd x", "35"),
    "a density twice": (r"u_t(x)\, p_t(x) \dd x", r"u_t(x)\, p_t(x) p_t(x) \dd x", "35"),
    "the prior lost": (r"p_t(x \mid z)\, q(z)" + "\n", r"p_t(x \mid z)" + "\n", "36"),
    "sign of an integral": (r"&= \int_0^1 \int \int", r"&= - \int_0^1 \int \int", "36"),
    "a draw forgotten": (r"\E_{t,\, z,\, x \sim", r"\E_{t,\, x \sim", "38"),
    "the factor in the sum": (
        "      - 2\\, v_t^\\theta(x) \\cdot u_t(x \\mid",
        "      - v_t^\\theta(x) \\cdot u_t(x \\mid",
        "42",
    ),
    "sign of the constant": (r"u_t(x \mid z) \big] + C_1", r"u_t(x \mid z) \big] - C_1", "42"),
    "sign of the second constant": (r"M(\theta) - \E", r"M(\theta) + \E", "44"),
    "a factor on the loss": (r"&= M(\theta) - \E", r"&= 2 M(\theta) - \E", "44"),
    "a gradient forgotten": (r"&= \nabla_\theta M", r"&= M", "45"),
    "sign of a gradient": (r"&= \nabla_\theta M", r"&= - \nabla_\theta M", "45"),
    "the other loss": (r"&= M(\theta) - \E", r"&= L(\theta) - \E", "44"),
    "factor lost outside": (r"- 2\, \E_{t,\, x \sim p_t} [ v", r"- \E_{t,\, x \sim p_t} [ v", "29"),
    "sign outside": (r"- 2\, \E_{t,\, x \sim p_t} [ v", r"+ 2\, \E_{t,\, x \sim p_t} [ v", "29"),
    "factor on an integral": (r"&= \int_0^1 \int v", r"&= 2 \int_0^1 \int v", "35"),
    "a draw that forgets z": (
        r"x \sim p_t(\cdot \mid z)} [ v", r"x \sim p_t} [ v", "38",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_every_single_edit_is_caught_at_its_row(
    name: str, right: DocumentReport, memory: Memory
) -> None:
    assert not right.wrong
    old, new, line = EDITS[name]
    assert EXAMPLE.count(old) == 1
    edited = read_text(EXAMPLE.replace(old, new), "x", ".tex")
    report = check_documents("x", edited, memory=memory)
    wrong = [row.line for row in report.rows if row.verdict in WRONG]
    assert wrong == [line]


def test_a_right_row_near_a_wrong_one_is_proposed_when_it_is_proved() -> None:
    old, new, _ = EDITS["sign of the mixed term"]
    (row,) = check_text(EXAMPLE.replace(old, new), "x", ".tex").wrong
    assert row.suggestion == "−2 v_t^θ(x)·u_t(x), not +2 v_t^θ(x)·u_t(x): that is proved"
    assert row.numeric is not None
    assert "[data]" in row.numeric.counterexample


def test_equal_up_to_a_constant_shows_the_constant() -> None:
    text = EXAMPLE.replace(r"- \E_{t, z, x} \sq{u_t(x \mid z)} + C_1", r"+ C_1")
    (row,) = check_text(text, "x", ".tex").wrong
    assert row.verdict == "constant"
    assert "‖u_t(x|z)‖²" in row.message


def test_nothing_is_proved_without_hypotheses_and_nothing_refuted() -> None:
    found = [verdict for _, verdict in verdicts(EXAMPLE, natural=False)]
    assert not set(found) & set(WRONG)
    assert found.count("proved") < 8


def test_strict_guesses_nothing() -> None:
    assert not {verdict for _, verdict in verdicts(EXAMPLE, strict=True)} & set(WRONG)


POSTS = {
    "bare algebra": ("$$\n\\|a - b\\|^2 = \\|a\\|^2 - 2 a^\\top b + \\|b\\|^2\n$$", ["proved"]),
    "an approximation": ("$$\nL \\approx M\n$$", ["skip"]),
    "an ellipsis": ("$$\na = b + \\dots\n$$", ["skip"]),
    "no claim": ("$$\np(x) \\propto q(x)\n$$", ["skip"]),
    "unread": ("$$\na = \\foo\n$$", ["unread"]),
    "a derivative": (
        "$$\n\\partial_t p_t(x) = - \\operatorname{div}(p_t u_t)(x)\n$$",
        ["hypothesis"],
    ),
}


@pytest.mark.parametrize("name", POSTS)
def test_rows_of_other_kinds(name: str) -> None:
    text, due = POSTS[name]
    assert [verdict for _, verdict in verdicts(text, ".md")] == due


def test_what_can_be_read_around_a_broken_display_is_read() -> None:
    report = check_text("$$\n\\frac{1}{2 = x\n$$\n\n$$\nf(x) = g(x)\n$$\n", "x", ".md")
    assert [row.line for row in report.rows] == ["6"]
    assert report.problems == (("2", "a brace is never closed"),)


def test_the_author_can_correct_the_notation() -> None:
    text = "<!-- fmproof: w vector; m vector -->\n\n$$\n(w - m)^2 = w^2 - 2 w \\cdot m + m^2\n$$\n"
    assert verdicts(text, ".md") == [("4", "proved")]
    with pytest.raises(DocumentError, match=r"x:1: fmproof: 'w wavelet' is not understood"):
        check_text(text.replace("w vector", "w wavelet"), "x", ".md")


def test_a_document_without_mathematics_is_refused() -> None:
    with pytest.raises(DocumentError, match="no mathematics"):
        check_text("Only words.", "x", ".md")


def test_a_known_special_case_is_no_definition() -> None:
    """ "At w = 0" must not make 0 of w before it, and so prove a wrong row."""
    text = "$$\nb + w^2 s = b - w^2 r\n$$\n\nand at $w = 0$ it is the same.\n"
    assert ("2", "proved") not in verdicts(text, ".md")
