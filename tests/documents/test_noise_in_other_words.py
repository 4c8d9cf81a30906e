"""Noise and kernels as documents write them: in words, by formulas, under integrals."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text).rows if not row.inline]


# --- an average over noise is an integral against a Gaussian kernel ---------------------------

NOISY = (
    "Let $y \\sim q$ and $n \\sim \\mathcal{N}(0, s^2 I)$ be independent, $s > 0$. "
    "For any $F_\\theta$\n\n$$ \\mathbb{E}_{y, n} \\|F_\\theta(y + n) - y\\|^2 = "
)
KERNELS = {
    "a double integral": (
        "\\int \\int \\mathcal{N}(x; y, s^2 I)\\, q(y)\\, \\| F_\\theta(x) - y \\|^2\\, dy\\, dx",
        "proved",
    ),
    "an average of an integral": (
        "\\mathbb{E}_{y} \\int \\mathcal{N}(x; y, s^2 I)\\, \\| F_\\theta(x) - y \\|^2\\, dx",
        "proved",
    ),
    "another variance": (
        "\\int \\int \\mathcal{N}(x; y, s I)\\, q(y)\\, \\| F_\\theta(x) - y \\|^2\\, dy\\, dx",
        "refuted",
    ),
    "another mean": (
        "\\int \\int \\mathcal{N}(x; 0, s^2 I)\\, q(y)\\, \\| F_\\theta(x) - y \\|^2\\, dy\\, dx",
        "refuted",
    ),
    "a density that is missing": (
        "\\int \\mathcal{N}(x; y, s^2 I)\\, \\| F_\\theta(x) - y \\|^2\\, dx",
        "wrong",
    ),
}


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_under_an_integral(name: str) -> None:
    right, due = KERNELS[name]
    found = verdicts(f"{NOISY}{right} . $$\n")[-1]
    assert found in WRONG if due == "wrong" else found == due


@pytest.mark.parametrize("order", ["y-x", "x-y"])
def test_the_formula_of_a_kernel_is_the_density_at_its_argument(order: str) -> None:
    text = (
        "Let $x \\sim q$, and $k(y \\mid x) = (2\\pi\\tau^2)^{-d/2} "
        f"\\exp(-\\frac{{\\|{order}\\|^2}}{{2\\tau^2}})$.\n\n"
        "$$ f(y) = \\int k(y \\mid x)\\, q(x)\\, dx . $$\n\n"
        "$$ \\nabla f(y) = \\int \\nabla_y k(y \\mid x)\\, q(x)\\, dx . $$\n\n"
        "$$ \\nabla f(y) = \\int k(y \\mid x)\\, \\frac{y - x}{\\tau^2}\\, q(x)\\, dx . $$\n"
    )
    assert verdicts(text) == ["definition", "proved", "refuted"]


# --- two paths with one noise -----------------------------------------------------------------

SLOPES = (
    "Let $z_t = (1 - t)\\, x + t\\, e$ and $v_t = e - x$, where $x \\sim q$ and "
    "$e \\sim \\mathcal{{N}}(0, I)$ are independent. With "
    "$v(z,t) = \\mathbb{{E}}[v_t \\mid z_t = z]$,\n\n"
    "$$ v(z,t) = \\mathbb{{E}}[e\\mid z_t=z] - \\mathbb{{E}}[x\\mid z_t=z] "
    "= \\frac{{z {} \\mathbb{{E}}[x\\mid z_t=z]}}{{t}} . $$\n"
)


@pytest.mark.parametrize(("sign", "verdict"), [("-", "proved"), ("+", "refuted")])
def test_a_slope_may_be_made_of_the_noise_of_the_path(sign: str, verdict: str) -> None:
    assert verdicts(SLOPES.format(sign)) == ["proved", verdict]


TRAJECTORY = (
    "Let $z_t = (1 - t)\\, x + t\\, e$, where $x \\sim q$ and $e \\sim \\mathcal{{N}}(0, I)$ are "
    "independent, and $v(z,t) = \\mathbb{{E}}[e - x \\mid z_t = z]$. Along a trajectory\n\n"
    "$$ \\frac{{d}}{{dt}} z_t = v(z_t, t) $$\n\nwe have\n\n"
    "$$ z_t - z_r = {} \\int_r^t v(z_s, s)\\, ds . $$\n\n"
    "$$ v(z,t) = \\mathbb{{E}}[e\\mid z_t=z] - \\mathbb{{E}}[x\\mid z_t=z] . $$\n"
)


@pytest.mark.parametrize(
    ("factor", "verdicts_due"), [("", ("proved",)), ("2", ("open", "refuted"))]
)
def test_what_was_drawn_follows_a_differential_equation(
    factor: str, verdicts_due: tuple[str, ...]
) -> None:
    first, second, third = verdicts(TRAJECTORY.format(factor))
    assert first == "hypothesis"
    assert second in verdicts_due
    assert third == "proved"


# --- words and letters ------------------------------------------------------------------------

STANDARD = {
    "before": "Let $x \\sim q$. With a standard normal $\\epsilon$ that is independent of $x$,",
    "behind": "Let $x \\sim q$, and $\\epsilon$ is standard normal and independent of $x$.",
    "Dutch": "Zij $x \\sim q$, en zij $\\epsilon$ standaard normaal verdeeld.",
    "German": "Sei $x \\sim q$ und $\\epsilon$ standardnormalverteilt.",
}


@pytest.mark.parametrize("name", STANDARD)
def test_a_standard_normal_in_words(name: str) -> None:
    average = "\\mathbb{E}_{x, \\epsilon}\\|x + \\epsilon\\|^2"
    row = f"{STANDARD[name]}\n\n$$ {average} = \\mathbb{{E}}\\|x\\|^2 + "
    assert verdicts(f"{row}d . $$\n")[-1] == "proved"
    assert verdicts(f"{row}2d . $$\n")[-1] == "refuted"


def test_a_density_of_standard_normal_is_no_draw() -> None:
    text = "The standard normal density $\\varphi$ is even.\n\n$$ \\varphi(x) = \\varphi(-x) . $$\n"
    assert verdicts(text)[-1] not in WRONG


@pytest.mark.parametrize(("sign", "verdict"), [("1 - w", "proved"), ("1 + w", "refuted")])
def test_a_label_behind_a_bar_is_no_constant(sign: str, verdict: str) -> None:
    text = (
        "$$ g_w(x, c) := (1 - w) \\nabla_x \\log p(x) + w \\nabla_x \\log p(x \\mid c) . $$\n\n"
        f"$$ g_w(x, c) - w \\nabla_x \\log p(x \\mid c) = ({sign}) \\nabla_x \\log p(x) . $$\n"
    )
    assert verdicts(text)[-1] == verdict


def test_the_name_of_an_operator_around_an_expectation_is_no_letter() -> None:
    text = (
        "$$ \\operatorname*{\\mathbb{E}}_{x \\sim p} \\int k(y \\mid x) f(y)\\, dy "
        "= \\mathbb{E}_{x \\sim p} \\int k(y \\mid x) f(y)\\, dy . $$\n"
    )
    assert verdicts(text) == ["proved"]


def test_a_random_letter_has_the_density_of_the_small_one() -> None:
    text = (
        "Let $X$ be a random vector, $\\eta \\sim \\mathcal{N}(0, I)$ and $Y = X + \\eta$. "
        "The density of $Y$ is $f(y) = \\int \\mathcal{N}(y; x, I)\\, \\pi(x)\\, dx$.\n\n"
        "$$ \\mathbb{E}\\|X\\|^2 = \\int \\|x\\|^2 \\pi(x)\\, dx . $$\n\n"
        "$$ \\mathbb{E}\\|Y\\|^2 = \\int \\|x\\|^2 \\pi(x)\\, dx . $$\n"
    )
    assert verdicts(text) == ["proved", "refuted"]
