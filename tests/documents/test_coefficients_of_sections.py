"""Coefficients by what a document says of them: reciprocals, growth, products, logarithms; and the
moments of a law with a name."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text, "x", ".md").rows if not row.inline]


def displayed(*rows: str) -> str:
    return "".join(f"$$\n{row}\n$$\n\n" for row in rows)


RECIPROCAL = displayed(r"\frac{1}{h_t} = \frac{a_t}{b_t} + \frac{1}{d_t}")
GROWTH = displayed(
    r"s'(t) = f(t)\, s(t), \qquad \frac{d}{dt} \sigma(t)^2 = 2 f(t)\, \sigma(t)^2 + g(t)^2"
)
SCHEDULE = GROWTH + "With $f(t) = -\\frac12 \\beta(t)$ and $g(t) = \\sqrt{\\beta(t)}$ we have\n\n"
PRODUCT = (
    "Put $\\alpha_t = 1 - \\beta_t$, $\\bar\\alpha_t = \\prod_{s=1}^t \\alpha_s$ and "
    "$\\rho(t) = \\bar\\alpha_t / (1 - \\bar\\alpha_t)$.\n\n"
)
LOGARITHM = "Let $\\lambda_t = \\log (a_t^2 / b_t^2)$.\n\n"
ANGLES = "Let $a_t = \\cos(\\pi t / 2)$ and $b_t = \\sin(\\pi t / 2)$.\n\n"
PROBES = (
    "Let $v \\sim p_v$ be independent with $\\mathbb E[v] = 0$ and $\\mathbb E[v v^\\top] = I$.\n\n"
)
SLOPES = "Let $\\mu_t = \\log \\frac{(1 - t)^2}{t^2}$ for $0 < t < 1$.\n\n"

TRUE = {
    "a reciprocal": (RECIPROCAL, r"h_t = \frac{b_t d_t}{a_t d_t + b_t}"),
    "how it grows": (GROWTH, r"f(t) = \frac{s'(t)}{s(t)}"),
    "a case of how it grows": (
        SCHEDULE,
        r"\frac{d}{dt} \sigma(t)^2 = \beta(t) (1 - \sigma(t)^2)",
    ),
    "a step before": (
        PRODUCT,
        r"\frac{\bar\alpha_{t-1}\, \beta_t}{(1 - \bar\alpha_{t-1}) (1 - \bar\alpha_t)}"
        r" = \rho(t-1) - \rho(t)",
    ),
    "an exponential of a logarithm": (LOGARITHM, r"e^{-\lambda_t} = \frac{b_t^2}{a_t^2}"),
    "a tangent": (ANGLES, r"\log \frac{a_t}{b_t} = -\log \tan(\pi t / 2)"),
    "half an angle": (ANGLES, r"\frac{1}{a_t b_t} = \frac{2}{\sin(\pi t)}"),
    "a probe": (PROBES, r"\mathbb E_v [(v^\top u)^2] = \|u\|^2"),
    "the slope of a logarithm": (SLOPES, r"\frac{d \mu_t}{dt} = -\frac{2}{1 - t} - \frac{2}{t}"),
}
FALSE = {
    "a reciprocal": r"h_t = \frac{b_t d_t}{a_t d_t - b_t}",
    "how it grows": r"f(t) = -\frac{s'(t)}{s(t)}",
    "a step before": r"\frac{\bar\alpha_{t-1}\, \beta_t}{(1 - \bar\alpha_{t-1})"
    r" (1 - \bar\alpha_t)} = \rho(t) - \rho(t-1)",
    "an exponential of a logarithm": r"e^{-\lambda_t} = \frac{a_t^2}{b_t^2}",
    "a tangent": r"\log \frac{a_t}{b_t} = \log \tan(\pi t / 2)",
    "half an angle": r"\frac{1}{a_t b_t} = \frac{1}{\sin(\pi t)}",
    "a probe": r"\mathbb E_v [(v^\top u)^2] = 2 \|u\|^2",
    "the slope of a logarithm": r"\frac{d \mu_t}{dt} = -\frac{2}{1 - t} + \frac{2}{t}",
}


@pytest.mark.parametrize("name", TRUE)
def test_what_follows_is_proved(name: str) -> None:
    before, row = TRUE[name]
    assert verdicts(before + displayed(row))[-1] == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_what_does_not_is_not(name: str) -> None:
    before = TRUE[name][0]
    assert verdicts(before + displayed(FALSE[name]))[-1] in ("refuted", "open", "hypothesis")


def test_the_trace_by_probes_is_no_error() -> None:
    row = r"\mathbb E_v [v^\top \nabla s(x)\, v] = \nabla \cdot s(x)"
    assert verdicts(PROBES + displayed(row))[-1] != "refuted"
    assert verdicts(PROBES + displayed(row.replace(r"= \nabla", r"= 2 \nabla")))[-1] != "proved"
