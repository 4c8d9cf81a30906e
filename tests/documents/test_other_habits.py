"""Habits of authors, each with a true row that is proved and a false neighbour that is not.

Each was found in the documents of eight authors who had not seen the reader, as an undecided row,
a true one called wrong, or one that could not be read.
"""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG, RowReport
from fmproof.reading.formula.plain_e import averages_by_letter


def displayed(row: str) -> str:
    return f"$$\n{row}\n$$\n\n"


def rows(text: str, ending: str = ".md") -> list[RowReport]:
    return [row for row in check_text(text, "x", ending).rows if not row.inline]


def last(text: str, ending: str = ".md") -> RowReport:
    return rows(text, ending)[-1]


KEPT = displayed(r"z_t = \alpha_t x + \sigma_t \epsilon, \quad \alpha_t^2 + \sigma_t^2 = 1") + (
    "with data $x$ and noise $\\epsilon \\sim \\mathcal N(0, I)$.\n\n"
)
V = KEPT + displayed(r"v = \alpha_t \epsilon - \sigma_t x")
NOISY = (
    "Let $X$ have density $p$, let $N \\sim \\mathcal N(0, I)$ be independent of $X$, and let "
    "$Y = X + \\sigma N$ with $\\sigma > 0$; $q$ is the density of $Y$.\n\n"
)
BEST = NOISY + displayed(r"R(D) = E\,|D(Y) - X|^2") + displayed(r"D^*(y) = E[X \mid Y = y]")
TWO = NOISY + displayed(r"B(S) = E\,\left|S(Y) + \frac{N}{\sigma}\right|^2")
CLASSES = (
    "A pair $(z, c) \\sim \\pi(z, c)$ has $\\pi(c)$ and $\\pi(z \\mid c)$.\n\n"
    + displayed(r"\rho_t(x \mid c) = \int \rho_t(x \mid z)\, \pi(z \mid c) \,dz")
    + displayed(r"J = \mathbb E_{t, c} \mathbb E_{x \sim \rho_t(\cdot \mid c)} \|f(x, c)\|^2")
)
ENDS = (
    "Let $(x_0, x_1) \\sim \\gamma$, $x_t = (1-t) x_0 + t x_1$ and "
    "$b(t, x) = \\mathbb E[x_1 - x_0 \\mid x_t = x]$.\n"
    "Put $m_0(t, x) = \\mathbb E[x_0 \\mid x_t = x]$ and "
    "$m_1(t, x) = \\mathbb E[x_1 \\mid x_t = x]$.\n\n"
)
NESTED = r"\mathbb E_{y \sim p} \mathbb E_{x \sim k(\cdot \mid y)} [f(x) \cdot g(x, y)]"

PAIRS = {
    "coefficients that are tied by a row": (
        KEPT,
        r"\|\alpha_t z_t - \sigma_t (\alpha_t \epsilon - \sigma_t x) - w\|^2 = \|x - w\|^2",
        r"\|\alpha_t z_t - \sigma_t (\alpha_t \epsilon - \sigma_t x) - w\|^2 = 2 \|x - w\|^2",
    ),
    "a rotation": (
        V,
        r"\epsilon = \sigma_t z_t + \alpha_t v",
        r"\epsilon = \sigma_t z_t - \alpha_t v",
    ),
    "the density of a path given what it is made of, by its argument": (
        KEPT,
        r"\nabla_{z_t} \log q(z_t \mid x) = -\frac{z_t - \alpha_t x}{\sigma_t^2}",
        r"\nabla_{z_t} \log q(z_t \mid x) = -\frac{z_t - \alpha_t x}{\sigma_t}",
    ),
    "a plain E": (
        BEST,
        r"E\,(D(Y) - D^*(Y)) \cdot (D^*(Y) - X) = 0",
        r"E\,(D(Y) - D^*(Y)) \cdot (D^*(Y) + X) = 0",
    ),
    "a risk of one function and of another": (
        BEST,
        r"R(D) - R(D^*) = E\,|D(Y) - D^*(Y)|^2",
        r"R(D) - R(D^*) = 2 E\,|D(Y) - D^*(Y)|^2",
    ),
    "moments of the noise": (
        NOISY,
        r"E\,|Y|^2 = E\,|X|^2 + \sigma^2 d",
        r"E\,|Y|^2 = E\,|X|^2 + \sigma d",
    ),
    "noise that nothing depends on": (
        NOISY,
        r"E\,[X \cdot Y] = E\,|X|^2",
        r"E\,[N \cdot Y] = E\,|X|^2",
    ),
    "a class and a point behind the bar": (
        CLASSES,
        r"\mathbb E_{x \sim \rho_t(\cdot \mid c)} \|f(x, c)\|^2"
        r" = \mathbb E_{z \sim \pi(\cdot \mid c)} \mathbb E_{x \sim \rho_t(\cdot \mid z)}"
        r" \|f(x, c)\|^2",
        r"\mathbb E_{x \sim \rho_t(\cdot \mid c)} \|f(x, c)\|^2"
        r" = \mathbb E_{z \sim \pi(\cdot \mid c)} \mathbb E_{x \sim \rho_t(\cdot \mid c)}"
        r" \|f(x, z)\|^2",
    ),
    "a joint law and its parts": (
        CLASSES,
        r"J = \mathbb E_{t, c} \mathbb E_{z \sim \pi(\cdot \mid c)}"
        r" \mathbb E_{x \sim \rho_t(\cdot \mid z)} \|f(x, c)\|^2",
        r"J = \mathbb E_{t, c} \mathbb E_{z \sim \pi(\cdot \mid c)}"
        r" \mathbb E_{x \sim \rho_t(\cdot \mid z)} f(x, c)",
    ),
    "functions with numbers": (
        ENDS,
        r"x - t\, b(t, x) = m_0(t, x)",
        r"x - t\, b(t, x) = m_1(t, x)",
    ),
    "moments at every outer value": (
        "",
        r"\int \int f(x) \cdot g(x, y)\, k(x \mid y)\, p(y) \,dy \,dx = " + NESTED,
        r"\int \int f(x) \cdot g(x, y)\, k(x \mid y) \,dy \,dx = " + NESTED,
    ),
    "a divergence of densities": (
        "",
        r"D_{\mathrm{KL}}\bigl( q(x \mid z) \,\|\, p_\theta(x \mid z) \bigr)"
        r" = \mathbb E_{q(x \mid z)} \left[ \log \frac{q(x \mid z)}{p_\theta(x \mid z)} \right]",
        r"D_{\mathrm{KL}}\bigl( q(x \mid z) \,\|\, p_\theta(x \mid z) \bigr)"
        r" = \mathbb E_{q(x \mid z)} \left[ \log \frac{p_\theta(x \mid z)}{q(x \mid z)} \right]",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_true_row_is_proved_and_its_false_neighbour_is_not(name: str) -> None:
    before, true, false = PAIRS[name]
    found = last(before + displayed(true))
    assert found.verdict == "proved", found.message
    assert last(before + displayed(false)).verdict not in ("proved", "agrees")


REFUTED = (
    "coefficients that are tied by a row",
    "a plain E",
    "a risk of one function and of another",
    "moments of the noise",
    "a divergence of densities",
    "the density of a path given what it is made of, by its argument",
)


@pytest.mark.parametrize("name", REFUTED)
def test_what_is_known_of_these_refutes_the_false_row(name: str) -> None:
    before, _, false = PAIRS[name]
    assert last(before + displayed(false)).verdict in WRONG


def test_coefficients_are_tied_once_and_not_again() -> None:
    again = rows(KEPT + displayed(r"\alpha_t^2 + 2 \sigma_t^2 = 1"))
    assert again[1].verdict == "hypothesis"
    assert again[-1].verdict not in ("hypothesis", "proved")


def test_weights_that_sum_to_one_are_said_to() -> None:
    text = "Let $p(x) = \\sum_{k=1}^K \\pi_k p_k(x)$ with weights $\\sum_{k=1}^K \\pi_k = 1$.\n\n"
    found = check_text(text + displayed("a = a"), "x", ".md").rows
    assert [row.verdict for row in found if row.latex == "1"] == ["hypothesis"]


LOSS = r"F(\theta) = \mathbb E_{x \sim q_\tau} \|s_\theta(x) - g(x)\|^2"
OPENED = (
    r"F(\theta) = \mathbb E_{x \sim q_\tau} \|s_\theta(x)\|^2"
    r" - 2 \mathbb E_{x \sim q_\tau} [s_\theta(x) \cdot g(x)]"
    r" + \mathbb E_{x \sim q_\tau} \|g(x)\|^2"
)
LATER = displayed(r"L(\theta) = \mathbb E_{\tau \sim \omega} [\lambda(\tau) F_\tau(\theta)]")


def test_a_noise_level_that_is_drawn_later_is_fixed_before() -> None:
    assert rows(displayed(LOSS) + displayed(OPENED) + LATER)[1].verdict == "proved"
    wrong = OPENED.replace("- 2", "+ 2")
    assert rows(displayed(LOSS) + displayed(wrong) + LATER)[1].verdict == "refuted"


def test_a_time_that_was_drawn_before_is_missed() -> None:
    first = displayed(r"L(\theta) = \mathbb E_{t, x \sim p_t} \|v_\theta(x, t)\|^2")
    second = displayed(r"L(\theta) = \mathbb E_{x \sim p_t} \|v_\theta(x, t)\|^2")
    assert rows(first + second)[1].verdict == "scope"


SCORED = TWO + displayed(r"E\,S(Y) \cdot \nabla \log q(Y) = -\frac{1}{\sigma} E\,S(Y) \cdot N")


def test_a_loss_of_a_score_is_the_loss_with_the_score_put_in() -> None:
    true = r"B(\nabla \log q) = \frac{d}{\sigma^2} - E\,|\nabla \log q(Y)|^2"
    assert last(SCORED + displayed(true)).verdict in ("proved", "agrees")
    assert last(SCORED + displayed(true.replace("- E", "+ E"))).verdict == "refuted"
    assert last(SCORED + displayed(r"B(2 S) = B(S)")).verdict not in (*WRONG, "proved", "agrees")


def test_an_energy_is_no_expectation() -> None:
    assert averages_by_letter(["$E |x|^2$ and $E (x)$"])
    assert not averages_by_letter(["$E (x)$ and $E X$"])
    assert not averages_by_letter(["$E |x|^2$ with the energy $E_\\theta(x)$"])


def test_a_letter_that_is_compared_with_a_number_is_a_number() -> None:
    text = "With a scale $w \\ge 0$ put\n\n"
    row = r"a(x) + w (b(x) - a(x)) = (1 - w) a(x) + w b(x)"
    assert last(text + displayed(r"\|a(x)\|^2 \ge 0") + displayed(row)).verdict == "proved"


def test_another_form_of_a_definition_is_no_new_equation() -> None:
    text = NOISY + "As $X = Y - \\sigma N$, \n\n"
    found = check_text(text + displayed(r"E\,[X] = 2 E\,[X]"), "x", ".md").rows
    assert [row.verdict for row in found if row.latex == "Y - \\sigma N"] == ["proved"]
    assert found[-1].verdict == "refuted"


def test_then_the_density_satisfies_is_a_claim() -> None:
    claim = "Suppose now that $a$ is given. Then, for $t < 1$, the field $f$ satisfies\n\n"
    row = displayed(r"\mathbb E_{x \sim p} \|f(x)\|^2 = \mathbb E_{x \sim p} \|2 f(x)\|^2")
    assert last(claim + row).verdict == "refuted"
    assumed = displayed(r"\mathbb E_{x \sim p} \|f(x)\|^2 = \mathbb E_{x \sim p} \|g(x)\|^2")
    assert last("Suppose that the field $f$ satisfies\n\n" + assumed).verdict == "hypothesis"


def test_densities_that_may_be_one_law_hold_numbers_back() -> None:
    text = "Draw $(z, c) \\sim \\pi(z, c)$, and labels from $\\pi(c)$.\n\n"
    row = r"\mathbb E_{(z, c) \sim \pi(z, c)} \|g(c)\|^2 = \mathbb E_{c \sim \pi(c)} \|g(c)\|^2"
    assert last(text + displayed(row)).verdict not in WRONG


def test_what_a_density_is_from_some_row_on_is_not_what_it_was_in_a_loss_before() -> None:
    loss = r"L(\theta) = \mathbb E_{y \sim p} \mathbb E_{x \sim q(\cdot \mid y)} \|s_\theta(x)\|^2"
    later = r"L(\theta) = \mathbb E_{y \sim p, u \sim \mathcal N(0, I)} \|s_\theta(y + \tau u)\|^2"
    since = "Take $q(x \\mid y) = \\mathcal N(x; y, \\tau^2 I)$.\n\n"
    assert last(displayed(loss) + since + displayed(later)).verdict not in WRONG
    assert last(displayed(loss) + displayed(later)).verdict == "refuted"


def test_data_may_be_drawn_from_their_points() -> None:
    mean = r"\mathbb E_{y \sim p} \|f(y)\|^2 = \frac1K \sum_{i=1}^K \|f(y_i)\|^2"
    assert last("Let $y_1, \\dots, y_K$ be the data.\n\n" + displayed(mean)).verdict not in WRONG
    other = mean.replace("f(y_i)", "f(z_i)")
    assert last(displayed(other)).verdict == "refuted"
