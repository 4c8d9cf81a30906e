"""A missing ∇, a swapped conditional law: parts that are of different sorts, whatever their letters
are; and rows beside them that are right."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

KNOWN = (
    "Let $q(y)$ be a density, $k(x \\mid y)$ a kernel, $p(x) = \\int k(x \\mid y) q(y) dy$, and "
    "$s_\\theta(x)$ a model in $\\mathbb R^d$. Then\n\n$$ {} $$\n"
)


def verdict(row: str) -> str:
    return check_text(KNOWN.format(row), "x", ".md").rows[-1].verdict


GRADIENTS = (
    r"\int p(x) \langle s_\theta(x), \nabla \log p(x) \rangle dx"
    r" = \int p(x) \langle s_\theta(x), {}\log p(x) \rangle dx",
    r"\mathbb E_{{x \sim p}} \| s_\theta(x) - \nabla \log p(x) \|^2"
    r" = \mathbb E_{{x \sim p}} \| {}\log p(x) - s_\theta(x) \|^2",
    r"\nabla_x \log q(y \mid x) = \nabla_x \log k(x \mid y) - {}\log p(x)",
)


@pytest.mark.parametrize("row", GRADIENTS)
def test_a_nabla_that_is_missing(row: str) -> None:
    assert verdict(row.format(r"\nabla_x ")) == "proved"
    assert verdict(row.format("")) == "scope"


@pytest.mark.parametrize(
    "row",
    [
        r"\log p(x) + f(x) = f(x) + \log p(x)",
        r"\nabla ( \log p(x) + f(x) ) = \nabla \log p(x) + \nabla f(x)",
        r"\langle p, \log p \rangle = \int p(x) \log p(x) dx",  # an integral
    ],
)
def test_logarithms_among_numbers(row: str) -> None:
    assert verdict(row) not in ("scope", "refuted")


@pytest.mark.parametrize(
    ("law", "said"),
    [
        (r"k(x \mid y)", "proved"),
        (r"k(\cdot \mid y)", "proved"),
        (r"k(y \mid \cdot)", "scope"),
        (r"k(y \mid x)", "scope"),
    ],
)
def test_a_draw_from_a_law_that_is_given_it(law: str, said: str) -> None:
    draws = rf"\mathbb E_{{y \sim q,\, x \sim {law}}}[ f(x) ]"
    assert verdict(rf"\mathbb E_{{x \sim p}}[ f(x) ] = {draws}") == said


def test_a_draw_by_another_letter_is_none() -> None:
    row = r"\mathbb E_{x \sim p}[ f(x) ] = \mathbb E_{y \sim q,\, z \sim k(x \mid y)}[ f(z) ]"
    assert verdict(row) not in ("scope", "refuted")
