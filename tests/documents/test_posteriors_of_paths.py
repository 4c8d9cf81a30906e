"""Averages over q(x_0|x_t), where x_t is a path that x_0 is in: conditional expectations."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

PATH = (
    "Let $x_1 \\sim q$ and $x_0 \\sim \\mathcal N(0, I)$ be independent, "
    "$x_t = (1-t) x_0 + t x_1$, and $p_{1|t}(x_1 | x)$ the posterior. We write\n\n"
    "$$ u_t(x) := \\mathbb{E}[x_1 - x_0 \\mid x_t = x] . $$\n\n"
)
MEAN = r"\mathbb{E}[x_1 - x_0 \mid x_t]"
SLOPE = r"\left[ \frac{x_1 - x_t}{1 - t} \right]"

RIGHT_AND_WRONG = {
    "a law behind a tilde": (
        MEAN + r" = \mathbb{E}_{x_1 \sim p(\cdot | x_t)}" + SLOPE,
        MEAN + r" = \mathbb{E}_{x_1 \sim p(\cdot | x_t)}\left[ \frac{x_1 - x_t}{t} \right]",
    ),
    "a density below the sign": (
        MEAN + r" = \mathbb{E}_{p(x_1 | x_t)}" + SLOPE,
        MEAN + r" = \mathbb{E}_{p(x_1 | x_t)}\left[ \frac{x_t - x_1}{1 - t} \right]",
    ),
    "a bar alone": (
        MEAN + r" = \mathbb{E}_{x_1 | x_t}" + SLOPE,
        MEAN + r" = \mathbb{E}_{x_1 | x_t}\left[ x_1 - x_t \right]",
    ),
    "the other end": (
        MEAN + r" = \mathbb{E}_{p(x_0 | x_t)}\left[ \frac{x_t - x_0}{t} \right]",
        MEAN + r" = \mathbb{E}_{p(x_0 | x_t)}\left[ \frac{x_t - x_0}{1 - t} \right]",
    ),
    "both ends": (
        MEAN + r" = \mathbb{E}_{p(x_0, x_1 | x_t)}[x_1 - x_0]",
        MEAN + r" = \mathbb{E}_{p(x_0, x_1 | x_t)}[x_1 + x_0]",
    ),
    "a value": (
        r"u_t(x) = \mathbb{E}_{x_1 \sim p(x_1 | x_t = x)}\left[ \frac{x_1 - x}{1 - t} \right]",
        r"u_t(x) = \mathbb{E}_{x_1 \sim p(x_1 | x_t = x)}\left[ \frac{x_1 + x}{1 - t} \right]",
    ),
    "times of both": (
        r"u_t(x) = \mathbb{E}_{x_1 \sim p_{1|t}(\cdot | x)}\left[ \frac{x_1 - x}{1 - t} \right]",
        r"u_t(x) = \mathbb{E}_{x_1 \sim p_{1|t}(\cdot | x)}\left[ \frac{x_1 - x}{t} \right]",
    ),
    "an integral": (
        r"u_t(x) = \int \frac{x_1 - x}{1 - t}\, p_{1|t}(x_1 | x)\, dx_1",
        r"u_t(x) = \int \frac{x_1 - x}{t}\, p_{1|t}(x_1 | x)\, dx_1",
    ),
    "the density in front": (
        r"u_t(x) = \int p(x_1 | x_t = x)\, \frac{x_1 - x}{1 - t}\, dx_1",
        r"u_t(x) = \int p(x_1 | x_t = x)\, \frac{x_1 - x}{1 + t}\, dx_1",
    ),
    "a variance": (
        r"\mathbb{E}_{p(x_1|x_t)} \|x_1 - \mathbb{E}[x_1|x_t]\|^2"
        r" = \mathbb{E}[\|x_1\|^2|x_t] - \|\mathbb{E}[x_1|x_t]\|^2",
        r"\mathbb{E}_{p(x_1|x_t)} \|x_1 - \mathbb{E}[x_1|x_t]\|^2"
        r" = \mathbb{E}[\|x_1\|^2|x_t] + \|\mathbb{E}[x_1|x_t]\|^2",
    ),
}


def last(row: str, words: str = PATH) -> str:
    return check_text(f"{words}$$ {row} $$\n").rows[-1].verdict


@pytest.mark.parametrize("name", RIGHT_AND_WRONG)
def test_a_posterior_of_a_path_is_what_is_given_it(name: str) -> None:
    right, wrong = RIGHT_AND_WRONG[name]
    assert last(right) == "proved"
    assert last(wrong) == "refuted"


def test_a_score_by_the_posterior_of_a_kernel() -> None:
    words = (
        "Let $x_0 \\sim q(x_0)$, $x_t = \\alpha_t x_0 + \\sigma_t \\epsilon$ with "
        "$\\epsilon \\sim \\mathcal N(0, I)$, so that "
        "$q(x_t | x_0) = \\mathcal N(x_t; \\alpha_t x_0, \\sigma_t^2 I)$ and\n\n"
        "$$ q(x_t) = \\int q(x_t | x_0) q(x_0) \\, dx_0 . $$\n\n"
    )
    score = r"\nabla_{x_t} \log q(x_t) = "
    slope = r"\mathbb{E}_{q(x_0 | x_t)}[ \nabla_{x_t} \log q(x_t | x_0) ]"
    assert last(score + slope, words) == "proved"
    assert last(score + "2 " + slope, words) == "refuted"
    by_score = r"\frac{x_t %s \sigma_t^2 \nabla_{x_t} \log q(x_t)}{\alpha_t}"
    mean = r"\mathbb{E}_{q(x_0|x_t)}[x_0] = " + by_score
    assert last(mean % "+", words) == "proved"
    assert last(mean % "-", words) == "refuted"


def test_a_prior_and_a_posterior_that_is_said_are_no_such_thing() -> None:
    assert last(MEAN + r" = \mathbb{E}_{p(x_1)}" + SLOPE) == "open"
    said = PATH + "Let $p(x_1 | x_t) = \\mathcal N(x_1; 0, I)$.\n\n"
    assert last(r"\mathbb{E}_{p(x_1 | x_t)}[x_1] = \mathbb{E}[x_1 | x_t]", said) != "proved"
