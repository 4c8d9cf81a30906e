"""Wrong rows of which little is known: another variable, means that are multiplied."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG, RowReport


def last(text: str) -> RowReport:
    return check_text(text, "x", ".md").rows[-1]


DENSITIES = {
    "the wrong variable integrated out": (
        r"\rho(y) = \int \rho(x, y) \,dx",
        r"\rho(y) = \int \rho(x, y) \,dy",
    ),
    "the mean in another variable": (
        r"q(a_t \mid a_0) = \mathcal N(a_t; k_t a_0, s_t^2 I)",
        r"q(a_t \mid a_0) = \mathcal N(a_t; k_t a_{t-1}, s_t^2 I)",
    ),
}
SAID = (
    "Let $\\|a_0\\|$ and $\\|a_{t-1}\\|$ be bounded, $x \\sim \\rho$, and "
    "$q(a_t \\mid a_{t-1}) = \\mathcal N(a_t; a_{t-1}, I)$.\n\n"
)


@pytest.mark.parametrize("name", DENSITIES)
def test_a_density_has_its_own_argument(name: str) -> None:
    right, wrong = DENSITIES[name]
    assert last(f"{SAID}$$\n{right}\n$$\n").verdict not in WRONG
    assert last(f"{SAID}$$\n{wrong}\n$$\n").verdict == "scope"


def test_an_abbreviation_is_no_missing_argument() -> None:
    text = (
        "Let $z = (x_0, x_1)$ with $x_0 \\sim q$, $\\|x_1\\| < 1$.\n\n"
        "$$\nk(x \\mid z) = \\mathcal N(x; x_1, s^2 I)\n$$\n"
    )
    assert last(text).verdict not in WRONG


MEANS = r"\mathbb E[ f(X)^\top g(X, Z) ] = "


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (r"\mathbb E[ f(X) ]^\top \mathbb E[ g(X, Z) ]", True),
        (r"\mathbb E[ g(X, Z)^\top f(X) ]", False),
    ],
)
def test_means_of_one_variable_are_not_multiplied(row: str, wrong: bool) -> None:
    text = "For random vectors $X$, $Z$ with $\\|f\\|, \\|g\\|$ bounded:\n\n$$\n" + MEANS + row
    assert (last(text + "\n$$\n").verdict in WRONG) is wrong


def test_means_of_independent_variables_may_be() -> None:
    text = (
        "For independent random vectors $X$, $Z$ with $\\|f\\|, \\|g\\|$ bounded:\n\n$$\n"
        r"\mathbb E[ f(X)^\top g(Z) ] = \mathbb E[ f(X) ]^\top \mathbb E[ g(Z) ]"
        "\n$$\n"
    )
    assert last(text).verdict not in WRONG
