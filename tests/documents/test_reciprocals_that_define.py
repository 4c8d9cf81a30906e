"""1/c_t = …, 1/σ_t² = …: such a row says what a coefficient is, as σ_t² = … does."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEFORE = (
    "Let $\\beta_t \\in (0, 1)$ and $r_t > 0$, and let $m_t$ and $n_t$ be vectors. Precisions "
    "add up:\n\n$$\n%s = \\frac{1}{\\beta_t} + \\frac{1}{r_t}\n$$\n\n"
)
FORMS = {
    "a reciprocal": (r"\frac{1}{\tilde\beta_t}", r"\tilde\beta_t"),
    "one of a square": (r"\frac{1}{\tilde\sigma_t^2}", r"\tilde\sigma_t^2"),
}


def verdicts(name: str, row: str) -> list[str]:
    left, variance = FORMS[name]
    text = f"{BEFORE % left}$$\n{row % variance}\n$$\n"
    return [one.verdict for one in check_text(text, "x", ".md").rows[-2:]]


@pytest.mark.parametrize("name", FORMS)
def test_what_is_said_of_a_reciprocal_is_put_in(name: str) -> None:
    row = r"%s \Big( \frac{m_t}{\beta_t} + \frac{n_t}{r_t} \Big) = "
    row += r"\frac{r_t\, m_t + \beta_t\, n_t}{r_t + \beta_t}"
    assert verdicts(name, row) == ["definition", "proved"]
    assert verdicts(name, row.replace("+ \\beta_t\\, n", "- \\beta_t\\, n")) == [
        "definition",
        "refuted",
    ]
