"""Tweedie's formula and its kin in the notation of DDPM: noise of variance 1 − ᾱ, points x_t."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

GIVEN = (
    "We draw $x_0 \\sim q$ and $\\epsilon \\sim \\mathcal{N}(0, I)$ and set "
    "$x_t = \\sqrt{\\bar\\alpha_t}\\, x_0 + \\sqrt{1-\\bar\\alpha_t}\\, \\epsilon$.\n\n"
)
SCORE = "\\nabla_{x_t} \\log p(x_t)"
ROOT = "\\sqrt{1-\\bar\\alpha_t}"
DATA = "\\sqrt{\\bar\\alpha_t}\\, \\mathbb{E}[x_0 \\mid x_t]"
ROWS = {
    "Tweedie": f"{DATA} = x_t + (1-\\bar\\alpha_t) {SCORE}",
    "Tweedie, solved": f"\\mathbb{{E}}[x_0 | x_t] = \\frac{{x_t + (1-\\bar\\alpha_t) {SCORE}}}"
    "{\\sqrt{\\bar\\alpha_t}}",
    "at a point": "\\mathbb{E}[x_0 | x_t = x] = \\frac{x + (1-\\bar\\alpha_t) \\nabla \\log p_t(x)}"
    "{\\sqrt{\\bar\\alpha_t}}",
    "the score of the data": f"{SCORE} = \\frac{{{DATA} - x_t}}{{1-\\bar\\alpha_t}}",
    "the score of the noise": f"{SCORE} = -\\frac{{\\mathbb{{E}}[\\epsilon | x_t]}}{{{ROOT}}}",
    "the noise": f"\\mathbb{{E}}[\\epsilon | x_t] = -{ROOT}\\, {SCORE}",
}


def verdict(row: str) -> str:
    return [r.verdict for r in check_text(f"{GIVEN}$$ {row} . $$\n").rows if not r.inline][-1]


@pytest.mark.parametrize("name", ROWS)
def test_it_is_proved(name: str) -> None:
    assert verdict(ROWS[name]) == "proved"


@pytest.mark.parametrize("name", ROWS)
def test_with_a_root_for_what_is_none_it_is_wrong(name: str) -> None:
    row = ROWS[name]
    wrong = row.replace("(1-\\bar\\alpha_t)", ROOT) if "(1-" in row else row.replace(ROOT, "2")
    if "data" in name:
        wrong = row.replace("{1-\\bar\\alpha_t}", f"{{{ROOT}}}")
    assert wrong != row
    assert verdict(wrong) == "refuted"


NAMED = r"""Data $x_1 \sim LAW, noise $\epsilon \sim \mathcal N(0, I)$ independent of $x_1$, and
$x_t = \alpha_t x_1 + \sigma_t \epsilon$, so that
$p_t(x \mid x_1) = \mathcal N(x; \alpha_t x_1, \sigma_t^2 I)$.

"""
LAWS = ["q(x_1)$", r"q(x_1 \mid y)$ with a label $y$"]
BESIDE_A_KERNEL = {
    r"\nabla \log p_t(x) = \mathbb E[\nabla_x \log p_t(x \mid x_1) \mid x_t = x]": "proved",
    r"\mathbb E[\epsilon \mid x_t = x] = -\sigma_t \nabla \log p_t(x)": "proved",
    r"\mathbb E[\epsilon \mid x_t = x] = \sigma_t \nabla \log p_t(x)": "refuted",
    r"\nabla_x \log p_t(x_t \mid x_1) = -\frac{\epsilon}{\sigma_t}": "proved",
    r"\nabla_x \log p_t(x_t \mid x_1) = -\frac{\epsilon}{\sigma_t^2}": "refuted",
}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("row", BESIDE_A_KERNEL)
def test_where_the_kernel_has_a_name_and_its_path_another(row: str, law: str) -> None:
    found = check_text(f"{NAMED.replace('LAW', law)}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict
    due = BESIDE_A_KERNEL[row]
    assert found == due or (law != LAWS[0] and due == "refuted" and found == "open")
