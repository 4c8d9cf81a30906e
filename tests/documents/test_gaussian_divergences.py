"""Divergences, entropies and cross entropies of Gaussians, and where their densities are said."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

KL = r"\mathrm{KL}(q \| p) = d \log \frac{r}{s} - \frac d2 + \frac{d s^2 + \|m - n\|^2}{2 r^2}"
TO_STANDARD = (
    r"\mathrm{KL}(\mathcal N(m, s^2 I) \| \mathcal N(0, I))"
    r" = \frac12 ( \|m\|^2 + d s^2 - d - d \log s^2 )"
)
ENTROPY = r"- \mathbb E_{q(x)} [ \log q(x) ] = \frac d2 \log (2 \pi e s^2)"
CROSS = (
    r"- \mathbb E_{q(x)} [ \log p(x) ]"
    r" = \frac d2 \log (2 \pi r^2) + \frac{d s^2 + \|m - n\|^2}{2 r^2}"
)
STEP = (
    r"\mathrm{KL}( q(y | x, z) \| p_\theta(y | x) ) = \frac{1}{2 b} \| u(x, z) - w_\theta(x) \|^2"
)
SAID = {
    "in a line": r"Let $q(x) = \mathcal N(m, s^2 I)$ and $p(x) = \mathcal N(n, r^2 I)$.",
    "at a point": r"For $q(x) = \mathcal N(x; m, s^2 I)$ and $p(x) = \mathcal N(x; n, r^2 I)$:",
    "by name": r"Let $q = \mathcal N(m, s^2 I)$ and $p = \mathcal N(n, r^2 I)$.",
    "in words": r"Let $q$ be the density of $\mathcal N(m, s^2 I)$ and $p$ that of"
    r" $\mathcal N(n, r^2 I)$.",
}
ROWS = {
    "to the standard one": ("", TO_STANDARD, TO_STANDARD.replace(r"- d \log", r"+ d \log")),
    "an entropy": (SAID["in a line"], ENTROPY, ENTROPY.replace("e s^2", "s^2")),
    "a cross entropy": (SAID["in a line"], CROSS, CROSS.replace("{2 r^2}", "{r^2}")),
    "of a step": (
        r"Here $q(y | x, z) = \mathcal N(y; u(x, z), b I)$ and"
        r" $p_\theta(y | x) = \mathcal N(y; w_\theta(x), b I)$.",
        STEP,
        STEP.replace("{2 b}", "{b}"),
    ),
}


def last(before: str, row: str) -> str:
    return check_text(f"{before}\n\n$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("said", SAID)
def test_a_divergence(said: str) -> None:
    assert last(SAID[said], KL) == "proved"
    assert last(SAID[said], KL.replace("r}{s", "s}{r")) == "refuted"


@pytest.mark.parametrize("row", ROWS)
def test_averages_of_logarithms(row: str) -> None:
    before, right, wrong = ROWS[row]
    assert last(before, right) == "proved"
    assert last(before, wrong) == "refuted"


def test_the_mean_of_a_vector_is_one_whatever_stands_below_it() -> None:
    said = r"Let $q_\phi(z | x) = \mathcal N(z; \mu_\phi(x), s^2 I)$, $p(z) = \mathcal N(z; 0, I)$."
    kl = r"\mathrm{KL}(q_\phi(z | x) \| p(z))"
    row = rf"{kl} = \frac12 ( \|\mu_\phi(x)\|^2 + d s^2 - d - d \log s^2 )"
    assert last(said, row) == "proved"
    assert last(said, row.replace("d s^2 - d", "d s^2")) == "refuted"


def test_another_dimension_refutes_nothing() -> None:
    """z in d dimensions and x in D: numbers take all vectors in one space."""
    said = r"Let $p(x | z) = \mathcal N(x; g(z), b^2 I)$ and $q(z) = \mathcal N(z; m, s^2 I)$."
    norm = r"$$ \mathbb E_{q(z)} \|z\|^2 = \|m\|^2 + d s^2 $$"
    row = r"\log p(x | z) = - \frac{1}{2 b^2} \|x - g(z)\|^2 - \frac D2 \log (2 \pi b^2)"
    assert last(f"{said}\n\n{norm}", row) not in ("refuted", "scope")
    assert last(said, row) == "proved"  # where no other space is spoken of, D is the dimension
    assert last(said, row.replace(r"\frac D2", "D")) != "proved"


def test_a_name_for_a_law_beside_two_densities_of_its_letter_is_none() -> None:
    """p(x) and p(z) are two densities, and p = N(0, I) does not say which of them it is."""
    said = r"Let $p = \mathcal N(0, I)$, beside $p(x) = \int p(x | z) p(z)\, dz$."
    assert last(said, r"\mathbb E_{p(x)} \|x\|^2 = d") != "proved"
