"""Schedules that are exponentials of integrals, α = exp(−½ ∫ β), and their slopes, in a document
that says of α by β and of β by α."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

KERNEL = r"""The kernel is Gaussian,

$$ p_{0t}(x(t)\mid x(0))=\mathcal{N}(x(t);\,\alpha(t)\,x(0),\,\sigma(t)^2\,I), \qquad
\alpha(t)=\exp\Bigl(-\tfrac12\int_0^t\beta(s)\,ds\Bigr), \qquad \sigma(t)^2=1-\alpha(t)^2. $$

"""
SLOPE = r"$$ \frac{d\alpha(t)}{dt}=-\tfrac12\beta(t)\,\alpha(t) $$"
VARIANCE = (
    r"$$ \frac{d\sigma(t)^2}{dt}=-2\,\alpha(t)\,\frac{d\alpha(t)}{dt}=\beta(t)\,\alpha(t)^2"
    r"=\beta(t)(1-\sigma(t)^2) $$"
)
RATIO = (
    r"With $\lambda(t)=\log\frac{\alpha(t)^2}{\sigma(t)^2}$:"
    "\n\n"
    r"$$ \frac{d\lambda(t)}{dt}=-\beta(t)-\frac{\beta(t)\,\alpha(t)^2}{\sigma(t)^2}"
    r"=-\frac{\beta(t)}{\sigma(t)^2} $$"
)
WHOLE = f"{KERNEL}{SLOPE}\n\n{VARIANCE}\n\n{RATIO}\n"
WRONG = {
    "a half": (r"=-\tfrac12\beta(t)\,\alpha(t) $$", r"=-\beta(t)\,\alpha(t) $$"),
    "a sign": (r"=-2\,\alpha(t)", r"=2\,\alpha(t)"),
    "a factor": (r"=\beta(t)\,\alpha(t)^2=", r"=2\beta(t)\,\alpha(t)^2="),
    "a square": (r"=\beta(t)(1-\sigma(t)^2)", r"=\beta(t)(1-\sigma(t))"),
    "a sign in a sum": (r"=-\beta(t)-\frac", r"=-\beta(t)+\frac"),
    "a root": (r"=-\frac{\beta(t)}{\sigma(t)^2}", r"=-\frac{\beta(t)}{\sigma(t)}"),
}


def verdicts(text: str) -> dict[str, str]:
    rows = [row for row in check_text(text).rows if not row.inline]
    return {row.latex: row.verdict for row in rows[3:]}


def test_the_slopes_are_proved() -> None:
    assert set(verdicts(WHOLE).values()) == {"proved"}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_slope_is_refuted(name: str) -> None:
    right, wrong = WRONG[name]
    assert WHOLE.count(right) == 1
    before, after = verdicts(WHOLE), verdicts(WHOLE.replace(right, wrong))
    (changed,) = set(after) - set(before)
    assert after[changed] == "refuted"
    assert all(after[row] not in ("refuted", "scope", "constant") for row in before if row in after)
