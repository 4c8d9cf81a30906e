"""Rows with quotients, derivatives, Gaussians and conditional expectations, beside wrong ones."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.context import Memory
from fmproof.documents.model import WRONG
from fmproof.documents.prove import FirstWitness
from fmproof.documents.smoothness import smoothness
from fmproof.lang.nodes import Log, Normal, Real, Scalar, Vec
from fmproof.lang.props import ForAll
from fmproof.lang.scope import free_vars

PATH = "Let $X_t = (1-t) X_0 + t X_1$.\n\n"
PAIRS = {
    "a quotient": (
        "",
        r"\frac{x_1 - x}{1-t} + x = \frac{x_1 - t x}{1-t}",
        r"\frac{x_1 - x}{1-t} + x = \frac{x_1 + t x}{1-t}",
    ),
    "two denominators": (
        "",
        r"\frac{a_t}{b_t} + \frac{b_t}{a_t} = \frac{a_t^2 + b_t^2}{a_t b_t}",
        r"\frac{a_t}{b_t} + \frac{b_t}{a_t} = \frac{a_t + b_t}{a_t b_t}",
    ),
    "the derivative of a logarithm": (
        "",
        r"\nabla_x \log p(x) = \frac{\nabla_x p(x)}{p(x)}",
        r"\nabla_x \log p(x) = \nabla_x p(x)",
    ),
    "the score of a Gaussian": (
        "",
        r"\nabla_x \log \mathcal N(x; m, \sigma^2 I) = -\frac{x - m}{\sigma^2}",
        r"\nabla_x \log \mathcal N(x; m, \sigma^2 I) = \frac{x - m}{\sigma^2}",
    ),
    "linearity, given the path": (
        PATH,
        r"\mathbb E[X_1 - X_0 \mid X_t = x]"
        r" = \mathbb E[X_1 \mid X_t = x] - \mathbb E[X_0 \mid X_t = x]",
        r"\mathbb E[X_1 - X_0 \mid X_t = x]"
        r" = \mathbb E[X_1 \mid X_t = x] + \mathbb E[X_0 \mid X_t = x]",
    ),
    "the path, given itself": (
        PATH,
        r"x = (1-t)\, \mathbb E[X_0 \mid X_t = x] + t\, \mathbb E[X_1 \mid X_t = x]",
        r"x = t\, \mathbb E[X_0 \mid X_t = x] + (1-t)\, \mathbb E[X_1 \mid X_t = x]",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_right_row_is_proved_and_its_neighbour_is_not(name: str) -> None:
    words, right, wrong = PAIRS[name]
    verdicts = [
        check_text(f"{words}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict for row in (right, wrong)
    ]
    assert verdicts[0] == "proved"
    assert verdicts[1] not in ("proved", "agrees")


def test_what_could_be_false_is_not_assumed_for_every_value() -> None:
    t, (x, m) = Real("t"), Vec("x m")
    s = Scalar("s", sub=t)
    found = smoothness([Log((1 - t) * s(t)), Normal(x, m, s(t) ** 2)])
    assert found
    for prop in found:  # 1 − t is positive at the time of the row, at most
        assert isinstance(prop, ForAll) != bool(free_vars(prop))
        assert "−t + 1 > 0 for every" not in str(prop)


def test_a_density_of_numbers_is_no_false_alarm() -> None:
    text = "$$\n\\mathbb E[X_1 \\mid X_t = x] = \\mathbb E[X_0 \\mid X_t = x]\n$$\n"
    assert not {row.verdict for row in check_text(text, "x", ".md").rows} & set(WRONG)


def test_words_say_that_a_row_is_assumed() -> None:
    text = "We assume that $a_t^2 + b_t^2 = 1$ from here on.\n\n$$\na_t b_t = b_t a_t\n$$\n"
    rows = check_text(text, "x", ".md").rows
    assert [row.verdict for row in rows] == ["hypothesis", "proved"]
    claimed = check_text(text.replace("We assume that", "Clearly"), "x", ".md").rows
    assert claimed[0].verdict == "open"


def test_what_was_found_is_kept_for_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    from fmproof.documents.check import check_documents
    from fmproof.reading.document.read import read_text

    calls = []
    prove = FirstWitness._directly
    monkeypatch.setattr(
        FirstWitness,
        "_directly",
        lambda self, *given: calls.append(given) or prove(self, *given),  # type: ignore[func-returns-value]
    )
    memory = Memory()
    text = "$$\n\\|a - b\\|^2 = \\|a\\|^2 - 2 a^\\top b + \\|b\\|^2\n$$\n"
    for edited in (text, text, text + "\n$$\n\\|a\\|^2 = a^\\top a\n$$\n"):
        report = check_documents("x", read_text(edited, "x", ".md"), memory=memory)
        assert all(row.verdict == "proved" for row in report.rows)
    assert len(calls) == 2
