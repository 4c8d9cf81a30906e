"""Rows that hold only if something is 0 that is not, or that contradict a row one edit away.

Each wrong row has a true twin, and a true twin by a hypothesis that is said elsewhere.
"""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG, RowReport


def last(text: str) -> RowReport:
    """The report of the last display of a document."""
    return [row for row in check_text(text, "x", ".md").rows if not row.inline][-1]


def display(*rows: str) -> str:
    return "".join(f"$$\n{row}\n$$\n\n" for row in rows)


# --- mixtures of two fields ---------------------------------------------------------------

MIXED = "We steer with a label $y$ and weight $k$.\n\n" + display(
    r"g(z, s \mid y) = k\, h(z, s \mid y) + (1 - k)\, h(z, s)"
)
WRONG_MIXTURES = (
    r"g(z, s \mid y) = h(z, s) + k ( h(z, s) - h(z, s \mid y) )",
    r"g(z, s \mid y) = h(z, s \mid y) + k ( h(z, s \mid y) - h(z, s) )",
    r"g(z, s \mid y) = (1 + k)\, h(z, s \mid y) - k\, h(z, s)",
)


@pytest.mark.parametrize("wrong", WRONG_MIXTURES)
def test_other_weights_of_the_same_two_fields_are_wrong(wrong: str) -> None:
    assert last(MIXED + display(wrong)).verdict == "refuted"


def test_the_same_weights_in_another_order_are_proved() -> None:
    right = r"g(z, s \mid y) = h(z, s) + k ( h(z, s \mid y) - h(z, s) )"
    assert last(MIXED + display(right)).verdict == "proved"


def test_weights_that_words_tie_are_not_called_wrong() -> None:
    words = "With $k = 1 + m$ this is\n\n"
    right = r"g(z, s \mid y) = h(z, s \mid y) + m ( h(z, s \mid y) - h(z, s) )"
    assert last(MIXED + words + display(right)).verdict not in WRONG


def test_two_fields_that_a_row_equates_may_have_other_weights() -> None:
    words = "Without a label nothing is steered,\n\n" + display(r"h(z, s \mid y) = h(z, s)")
    row = last(MIXED + words + display(WRONG_MIXTURES[2]))
    assert row.verdict not in WRONG, row.message


def test_a_field_that_is_said_to_vanish_may_be_left_out() -> None:
    words = "Far away $h(z, s) = 0$.\n\n"
    row = last(
        MIXED + words + display(r"g(z, s \mid y) = k\, h(z, s \mid y) + 2 (1 - k)\, h(z, s)")
    )
    assert row.verdict not in WRONG, row.message


SCORES = display(
    r"r(z, c) := \nabla_z \log q_t(z) + b\, \nabla_z \log q_t(c \mid z)",
)


def test_scores_of_one_density_with_other_weights() -> None:
    bayes = display(
        r"\nabla_z \log q_t(z \mid c) = \nabla_z \log q_t(z) + \nabla_z \log q_t(c \mid z)"
    )
    wrong = r"r(z, c) = (1 + b) \nabla_z \log q_t(z) + b \nabla_z \log q_t(z \mid c)"
    right = r"r(z, c) = (1 - b) \nabla_z \log q_t(z) + b \nabla_z \log q_t(z \mid c)"
    assert last(bayes + SCORES + display(wrong)).verdict == "refuted"
    assert last(bayes + SCORES + display(right)).verdict not in WRONG


# --- what the section says, put in --------------------------------------------------------

NOISY = (
    r"Let $z = y + \kappa\, n$ with $y \sim q$ and $n \sim \mathcal N(0, I)$. The network is "
    r"$S_\theta(z) = -N_\theta(z)/\kappa$." + "\n\n"
)
LOSS = r"\mathbb E_{y, n} \| S_\theta(y + \kappa n) + \frac{n}{\kappa} \|^2"


def test_a_loss_with_another_power_of_the_noise() -> None:
    wrong = LOSS + r" = \frac{1}{\kappa}\, \mathbb E_{y, n} \| n - N_\theta(y + \kappa n) \|^2"
    right = LOSS + r" = \frac{1}{\kappa^2}\, \mathbb E_{y, n} \| n - N_\theta(y + \kappa n) \|^2"
    assert last(NOISY + display(wrong)).verdict == "refuted"
    assert last(NOISY + display(right)).verdict not in WRONG


def test_noise_of_size_one_mends_that() -> None:
    one = r"From here on $\kappa = 1$." + "\n\n"
    row = LOSS + r" = \frac{1}{\kappa}\, \mathbb E_{y, n} \| n - N_\theta(y + \kappa n) \|^2"
    assert last(NOISY + one + display(row)).verdict not in WRONG
    later = display(row) + r"The size of the noise is $\kappa = 1$ throughout." + "\n"
    assert last(NOISY + later).verdict not in WRONG


def test_another_section_is_another_case() -> None:
    text = (
        "## Straight\n\nHere $a_t = 1 - t$.\n\n"
        + display(r"f_t(x) := a_t\, g(x)")
        + "## Round\n\nNow $a_t = \\cos t$.\n\n"
        + display(r"f_t(x) = \cos(t)\, g(x)")
    )
    assert last(text).verdict not in WRONG


# --- one edit away ------------------------------------------------------------------------

BRIDGE = (
    r"With $x = m + \sigma w$ and $w \sim \mathcal N(0, I)$ the densities differ."
    + "\n\n"
    + display(r"k_t := (1 - t) a + t b")
)


def test_another_denominator() -> None:
    wrong = r"b - a - \frac{x - k_t}{1 - t} = \frac{b - x}{t}"
    right = r"b - a - \frac{x - k_t}{1 - t} = \frac{b - x}{1 - t}"
    assert last(BRIDGE + display(wrong)).verdict == "refuted"
    assert last(BRIDGE + display(right)).verdict == "proved"


def test_in_the_middle_both_denominators_are_one() -> None:
    row = r"b - a - \frac{x - k_t}{1 - t} = \frac{b - x}{t}"
    assert last(BRIDGE + r"At $t = 1/2$" + "\n\n" + display(row)).verdict not in WRONG


def test_noise_in_a_line_of_words_ties_no_point() -> None:
    words = r"We observe $x = y + n$ with noise $n \sim \mathcal N(0, I)$, $y \sim q$." + "\n\n"
    words += display(r"f(x) := g(x) - x")
    assert last(words + display(r"f(x) + x = 2 g(x)")).verdict == "refuted"
    assert last(words + display(r"f(x) + x = g(x)")).verdict == "proved"
    assert last(words + display(r"x - n = y")).verdict not in WRONG
    assert last(words + display(r"f(x) + y = g(x) - n")).verdict not in WRONG


# --- true by what is said elsewhere -------------------------------------------------------


def wrong_in(text: str) -> list[str]:
    return [
        f"{row.line}: {row.message}"
        for row in check_text(text, "x", ".md").rows
        if row.verdict in WRONG
    ]


def test_each_section_has_its_schedule() -> None:
    text = (
        "# Preserving\n\nTake $a(t) = e^{-t}$ and $s(t)^2 = 1 - a(t)^2$.\n\n"
        + display(r"\nabla_x \log k_t(x \mid y) = - \frac{x - a(t) y}{s(t)^2}")
        + r"for $k_t(x \mid y) = \mathcal N(x; a(t) y, s(t)^2 I)$."
        + "\n\n# Straight\n\nNow $a(t) = 1 - t$ and $s(t) = t$:\n\n"
        + display(r"a(t) + s(t) = 1")
    )
    assert not wrong_in(text)


def test_a_line_of_words_in_another_section_is_another_mixture() -> None:
    text = (
        "## First\n\n"
        + display(r"m(x, c) = e(x, c) + w ( e(x, c) - e(x) )")
        + "## Second\n\nHere $m(x, c) = (1 - w) e(x) + w e(x, c)$, that is\n\n"
        + display(r"m(x, c) = e(x) + w ( e(x, c) - e(x) )")
    )
    assert not wrong_in(text)


def test_where_a_score_is_said_to_vanish() -> None:
    text = (
        r"At a critical point $\nabla_x \log p(x) = 0$, and so"
        + "\n\n"
        + display(r"x + h \nabla_x \log p(x) = x + 2 h \nabla_x \log p(x)")
    )
    assert not wrong_in(text)


def test_a_weight_that_is_put_to_one() -> None:
    text = (
        r"The weight is $\lambda(t) = s(t)^2$, with $n \sim \mathcal N(0, I)$ and $y \sim q$."
        + "\n\n"
        + display(r"L(\theta) := \mathbb E_{t, y, n} \lambda(t) \| S_\theta(y) + n/s(t) \|^2")
        + "For the weight $\\lambda(t) = 1$ it is\n\n"
        + display(r"L(\theta) = \mathbb E_{t, y, n} \| S_\theta(y) + n/s(t) \|^2")
    )
    assert not wrong_in(text)


def test_a_density_that_is_positive_is_given_no_value() -> None:
    """The density of the average is missing; p(x) > 0 in a line of words is no reason to wait."""
    text = r"""
If $(X,Y)$ has a joint density $p(x,y)$ with marginal $p(x) > 0$, then
$$ m(x) = \frac{1}{p(x)} \int y\, p(x,y) \,dy . $$
The mixed term is
$$ \mathbb E[f(X)^\top m(X)]
   = \int f(x)^\top \left( \frac{1}{p(x)} \int y\, p(x,y) \,dy \right) dx . $$
"""
    assert check_text(text).rows[-1].verdict == "refuted"


# --- a short name for what is solved for --------------------------------------------------

SLOPE = r"""
The output is weighed so that

$$
w(\sigma)^2 = (1 - k(\sigma))^2 \sigma_d^2 + k(\sigma)^2 \sigma^2 .
$$

We choose $k$ such that errors are amplified as little as possible, i.e. minimise over $c = k$:

$$
\begin{aligned}
\frac{d}{dc} \Big( (1 - c)^2 \sigma_d^2 + c^2 \sigma^2 \Big)
  &= -2 (1 - c)\, \sigma_d^2 + 2 c\, \sigma^2 \\
&= 2 c\, (\sigma^2 + \sigma_d^2) - 2 \sigma_d^2 .
\end{aligned}
$$

This is zero for

$$
k(\sigma) = \frac{\sigma_d^2}{\sigma^2 + \sigma_d^2}.
$$
"""


def test_a_slope_in_a_letter_says_nothing_of_where_it_vanishes() -> None:
    assert last(SLOPE).verdict not in WRONG
