"""Powers of numbers whose exponent is no integer, r^t."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

ROWS = {
    "a power of a quotient": (
        r"\frac{d}{dt} \Big( \sigma_{\min} \big(\frac{a}{b}\big)^{t} \Big)^2",
        r"2 \sigma_{\min}^2 \big(\frac{a}{b}\big)^{2t} \log \frac{a}{b}",
        r"3 \sigma_{\min}^2 \big(\frac{a}{b}\big)^{2t} \log \frac{a}{b}",
    ),
    "a power of a bracket behind a letter": (
        r"\alpha (\alpha + \beta)^2",
        r"\alpha^3 + 2 \alpha^2 \beta + \alpha\beta^2",
        r"\alpha^4 + 2 \alpha^3 \beta + \alpha^2\beta^2",
    ),
    "half the dimension": (
        r"\nabla_x \big( (2\pi s^2)^{-d/2} e^{-\|x\|^2/(2 s^2)} \big)",
        r"-\frac{x}{s^2} (2\pi s^2)^{-d/2} e^{-\|x\|^2/(2 s^2)}",
        r"-\frac{x}{s} (2\pi s^2)^{-d/2} e^{-\|x\|^2/(2 s^2)}",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_true_and_false(name: str) -> None:
    before, true, false = ROWS[name]
    said = "<!-- fmproof: a real; b real; s real; sigma_min real; alpha real; beta real -->\n\n"
    found = [
        check_text(f"{said}$$ {before} = {right} $$").rows[-1].verdict for right in (true, false)
    ]
    assert found[0] == "proved"
    assert found[1] not in ("proved", "agrees")
