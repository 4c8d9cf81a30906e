"""σ²(t) is a function of t, not σ² times t: nobody multiplies by one letter in brackets."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEGIN = r"""
Let $\alpha_t$ be numbers in $(0, 1)$ with $\bar\alpha_t = \prod_{s=1}^t \alpha_s$, and
$$ \sigma_q^2(t) = \frac{(1-\alpha_t)(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}. $$
For a number $\tau > 0$, let $\tau^2(s) = \tau^2 s + 1$.
"""
TRUE = {
    "its inverse": r"\frac{1}{2\sigma_q^2(t)} = \frac{1-\bar\alpha_t}"
    r"{2(1-\alpha_t)(1-\bar\alpha_{t-1})}",
    "beside a function without its square": r"\lambda(t)\,h^2(t) = \lambda(t)\,h(t)^2",
    "beside a number of the same letter": r"\tau^2(s) + \tau^2 = \tau^2\,(s + 1) + 1",
}
FALSE = {
    "its inverse": r"\frac{1}{2\sigma_q^2(t)} = \frac{1-\bar\alpha_t}"
    r"{(1-\alpha_t)(1-\bar\alpha_{t-1})}",
    "beside a function without its square": r"\lambda(t)\,h^2(t) = \lambda(t)\,h(t)",
    "beside a number of the same letter": r"\tau^2(s) + \tau^2 = \tau^2\,(s + 1)",
}


@pytest.mark.parametrize("name", TRUE)
def test_true_rows_are_proved(name: str) -> None:
    assert check_text(f"{BEGIN}\n$$ {TRUE[name]} $$").rows[-1].verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_neighbours_are_not_proved(name: str) -> None:
    assert check_text(f"{BEGIN}\n$$ {FALSE[name]} $$").rows[-1].verdict in ("refuted", "open")
