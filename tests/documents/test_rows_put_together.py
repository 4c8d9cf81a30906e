"""Rows that rest on earlier ones with definitions written out, and rows that combine two functions.

Each with a neighbour that is false and is not proved, or true and is not called wrong.
"""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG, RowReport


def rows_of(text: str) -> list[RowReport]:
    return list(check_text(text, "x", ".md").rows)


def last(text: str) -> RowReport:
    return rows_of(text)[-1]


# --- from earlier rows, with definitions written out ---------------------------------------

GUIDED = r"""
Data $x_1 \sim q$, noise $x_0 \sim \mathcal N(0, I)$ independent,
$x_t = \alpha_t x_1 + \sigma_t x_0$ with density $p_t$; the label of $x_1$ is $y$. The velocity is
$$u_t(x) = \mathbb E[\dot\alpha_t x_1 + \dot\sigma_t x_0 \mid x_t = x],$$
and
$$u_t(x) = a_t x + b_t \nabla \log p_t(x), \qquad a_t = \frac{\dot\alpha_t}{\alpha_t},
\qquad b_t = \frac{\dot\alpha_t}{\alpha_t}\sigma_t^2 - \dot\sigma_t \sigma_t .$$
With a label, $u_t(x \mid y) = a_t x + b_t \nabla_x \log p_t(x \mid y)$. By Bayes' rule, since
$\log p(y)$ does not depend on $x$,
$$\nabla_x \log p_t(x \mid y) = \nabla_x \log p_t(x) + \nabla_x \log p_t(y \mid x).$$
"""


def test_a_guided_velocity_by_bayes_rule() -> None:
    row = last(GUIDED + r"Hence $$u_t(x \mid y) = u_t(x) + b_t \nabla_x \log p_t(y \mid x).$$")
    assert row.verdict == "proved"
    assert "line" in row.message  # it rests on the rows above
    for wrong in (
        r"u_t(x) - b_t \nabla_x \log p_t(y \mid x)",
        r"u_t(x) + a_t \nabla_x \log p_t(y \mid x)",
        r"u_t(x) + b_t \nabla_x \log p_t(x \mid y)",
    ):
        found = last(GUIDED + rf"Hence $$u_t(x \mid y) = {wrong}.$$")
        assert found.verdict not in ("proved", "agrees")


CASE = r"For $\alpha_t = t$ and $\sigma_t = 1 - t$ "


@pytest.mark.parametrize(("sign", "due"), [("+", True), ("-", False)])
def test_the_prediction_of_the_data_in_a_case(sign: str, due: bool) -> None:
    row = last(GUIDED + CASE + rf"$$\mathbb E[x_1 \mid x_t = x] = x {sign} (1-t) u_t(x).$$")
    assert (row.verdict == "proved") is due


# --- the same two functions on both sides --------------------------------------------------

TWO = r"""
Let $u(x)$ and $v(x)$ be two vector fields and $w$ a number.
$$g(x) := u(x) + w (v(x) - u(x))$$
"""


def test_weights_that_fit_only_one_field_are_wrong() -> None:
    wrong = last(GUIDED + r"Then $$u_t(x) + w (u_t(x|y) - u_t(x)) = (1 + w) u_t(x|y) - w u_t(x).$$")
    assert wrong.verdict == "refuted"
    right = last(GUIDED + r"Then $$u_t(x) + w (u_t(x|y) - u_t(x)) = w u_t(x|y) + (1 - w) u_t(x).$$")
    assert right.verdict == "proved"
    assert last(TWO + r"$$g(x) = (1 + w) v(x) - w u(x)$$").verdict == "refuted"
    assert last(TWO + r"$$g(x) = (1 - w) u(x) + w v(x)$$").verdict == "proved"


def test_fields_that_are_said_to_be_equal_are_left_alone() -> None:
    said = TWO + r"Assume that $$u(x) = v(x).$$ Then $$g(x) = (1 + w) v(x) - w u(x).$$"
    assert last(said).verdict not in WRONG


# --- a letter above a function, and a sign -------------------------------------------------

MEANS = r"""
Let $x_0 \sim \rho_0$, $x_1 \sim \rho_1$ and $z \sim \mathcal N(0, I)$ be independent,
$$x_t = \alpha_t x_0 + \beta_t x_1 + \gamma_t z, \qquad
\eta^0_t(x) = \mathbb E[x_0 \mid x_t = x], \quad \eta^1_t(x) = \mathbb E[x_1 \mid x_t = x], \quad
\eta^z_t(x) = \mathbb E[z \mid x_t = x].$$
"""


@pytest.mark.parametrize(("sign", "due"), [("+", True), ("-", False)])
def test_a_letter_above_a_function_is_a_word_on_it(sign: str, due: bool) -> None:
    right = rf"\alpha_t \eta^0_t(x) + \beta_t \eta^1_t(x) {sign} \gamma_t \eta^z_t(x)"
    row = last(MEANS + rf"Then $$x = {right}.$$")
    assert (row.verdict == "proved") is due


def test_signs_above_are_words_too() -> None:
    text = (
        r"Let $b^{+}(x) := b(x) + s(x)$ and $b^-(x) := b(x) - s(x)$. $$b^{+}(x) - b^{-}(x) = %s$$"
    )
    assert last(text % "2 s(x)").verdict == "proved"
    assert last(text % "s(x)").verdict not in ("proved", "agrees")


def test_parts_by_their_sign_are_not_arbitrary() -> None:
    assert last(r"For a number $r$ $$r^+ - r^- = r, \qquad r^+ r^- = 0$$").verdict not in WRONG


# --- examples and courses in words ----------------------------------------------------------

EXAMPLE = r"""
Let $\epsilon \sim \mathcal N(0, I)$ be noise, independent of $x$, and $z_t = (1-t) x + t \epsilon$.
The velocity is
$$v(z, t) = \mathbb E[\epsilon - x \mid z_t = z].$$
"""


def test_a_letter_that_is_new_makes_an_example() -> None:
    rows = rows_of(EXAMPLE + r"Niech $v(z, t) = a z$ dla pewnej liczby $a$.")
    assert all(row.verdict not in WRONG for row in rows)
    rows = rows_of(EXAMPLE + r"Tu as $v(z, t) = a z$ ici.")
    assert all(row.verdict not in WRONG for row in rows)


def test_a_trajectory_that_satisfies_an_equation() -> None:
    text = EXAMPLE + (
        r"The trajectory satisfies $\frac{d}{dt} z_t = v(z_t, t)$. For $r < t$ we define "
        "\n\n$$\nu(z_t, r, t) = \\frac{1}{t - r} \\int_r^t v(z_\\tau, \\tau) \\, d\\tau.\n$$\n\n"
        "Show that\n\n$$\nz_r = z_t %s (t - r) u(z_t, r, t).\n$$\n"
    )
    assert last(text % "-").verdict == "proved"
    assert last(text % "+").verdict not in ("proved", "agrees")
