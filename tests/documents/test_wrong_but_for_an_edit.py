"""Rows that are wrong although lines say something of their symbols, and true twins of each kind.

What a line says may be put in; a row one edit away may hold. A twin is true by a hypothesis that is
said in an odd place, or in other words: it is never called wrong.
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


# --- what a section says of coefficients, put in -------------------------------------------

STEP = (
    r"Let $z_t = a_t x + b_t \epsilon$ with $x \sim q$ and $\epsilon \sim \mathcal N(0, I)$."
    "\n\n## Variance preserved\n\nIf $a_t^2 + b_t^2 = 1$,\n\n"
    + display(r"a_t^2 = \frac{1}{1 + e^{-r_t}}")
    + r"and with the schedule $a_t = \cos(\pi t/2)$, $b_t = \sin(\pi t/2)$, and with "
    r"$g(z_t, t) = (z_t - a_t f(z_t, t))/b_t$, a step to $s$ is" + "\n\n"
)


@pytest.mark.parametrize(
    ("weight", "wrong"), [(r"\frac{b_t}{b_s}", True), (r"\frac{b_s}{b_t}", False)]
)
def test_a_ratio_turned_round_is_wrong_with_the_schedule_put_in(weight: str, wrong: bool) -> None:
    row = last(
        STEP
        + display(
            r"w = a_s f(z_t, t) + b_s g(z_t, t)",
            rf"w = \frac{{b_s}}{{b_t}} z_t + ( a_s - a_t {weight} ) f(z_t, t)",
        )
    )
    assert (row.verdict in WRONG) == wrong, row.message


DECAY = (
    r"With $a(t) = \exp(-\tfrac12 \int_0^t \beta(s)\, ds)$ we check"
    + "\n\n"
    + display(r"\frac{d}{dt} a(t) = -\tfrac12 \beta(t) a(t)")
    + r"Therefore $X_t \mid X_0 = y \sim \mathcal N(a(t) y, (1 - a(t)^2) I)$, and"
    + "\n\n"
)


@pytest.mark.parametrize(
    ("below", "wrong"), [(r"\sqrt{1 - a(t)^2}", True), ("(1 - a(t))", True), ("1 - a(t)^2", False)]
)
def test_a_weight_is_looked_at_with_the_integral_that_a_line_says_it_is(
    below: str, wrong: bool
) -> None:
    score = display(rf"\nabla_x \log p_t(x \mid y) = -\frac{{x - a(t) y}}{{{below}}}")
    row = last(DECAY + score)
    assert (row.verdict in WRONG) == wrong, row.message


TRUE_BY_A_TIE = {
    "a schedule before": r"With $a_t = \cos t$ and $b_t = \sin t$," + "\n\nROW",
    "a schedule behind": "Then\n\nROW" + r"where $a_t = \cos t$ and $b_t = \sin t$.",
    "a footnote": "Then[^1]\n\nROWMore.\n\n## Notes\n\n[^1]: We always have $a_t^2 + b_t^2 = 1$.\n",
    "words": "The schedule preserves variance.\n\nROW",
    "German": "Stets gilt $a_t^2 = 1 - b_t^2$. Dann ist\n\nROW",
    "behind, in French": "On a\n\nROW" + "où $a_t^2 + b_t^2 = 1$ pour tout $t$.\n",
}


@pytest.mark.parametrize("said", TRUE_BY_A_TIE)
def test_a_row_that_holds_by_a_tie_is_not_called_wrong(said: str) -> None:
    text = "Let $h$ be a field. " + TRUE_BY_A_TIE[said]
    row = last(text.replace("ROW", display(r"a_t^2 h(x) = h(x) - b_t^2 h(x)")))
    assert row.verdict not in WRONG, row.message


NOISY = r"Let $x \sim q$, $n \sim \mathcal N(0, I)$ and $y = x + s n$ with density $p$. "
TWEEDIE = display(r"\mathbb E[x | y] = y + s \nabla \log p(y)")


@pytest.mark.parametrize(
    "said",
    [
        "The noise level $s$ is one.\n\nROW",
        "Then\n\nROWHere $s = 1$.\n",
        "Then\n\nROWText.\n\n## Remarks\n\nText.\n\n[^1]: In all of this $s = 1$.\n",
    ],
)
def test_a_square_that_is_nothing_for_unit_noise_may_be_left_out(said: str) -> None:
    assert last(NOISY + said.replace("ROW", TWEEDIE)).verdict not in WRONG
    assert last(NOISY + "\n\n" + TWEEDIE).verdict in WRONG


def test_an_assumed_form_of_another_function_says_nothing_of_a_noise_level() -> None:
    other = "If we write $f(y) = (m(y) - y)/s^2$ for a model $f$, it is a denoiser."
    assert last(NOISY + "\n\n" + TWEEDIE + other).verdict in WRONG
    right = display(r"\mathbb E[x | y] = y + s^2 \nabla \log p(y)")
    assert last(NOISY + "\n\n" + right + other).verdict not in WRONG


# --- an average that words say is 0 --------------------------------------------------------

SPREAD = (
    r"\mathbb E \| x - y \|^2 = \mathbb E \| x \|^2 + \mathbb E \| y \|^2 - \mathbb E [ x \cdot y ]"
)


@pytest.mark.parametrize(
    "said",
    [
        r"Let $x, y$ be independent draws of one law with $\mathbb E[x] = 0$.",
        "Let $x$ and $y$ be independent and centred.",
        "Soient $x$ et $y$ indépendants et centrés.",
    ],
)
def test_an_average_that_is_0_by_what_is_said_may_have_any_factor(said: str) -> None:
    row = last(said + "\n\n" + display(SPREAD))
    assert row.verdict not in WRONG, row.message


# --- another meaning, or a wrong row -------------------------------------------------------

RATES = "## One\n\nLet $r_t = \\log t$ and $k_t = t\\,\\dot r_t$ be the rate.\n\n"


def test_a_row_that_is_said_to_follow_in_another_section_is_no_other_meaning() -> None:
    text = RATES + "## Two\n\nLet $w_t = 2 r_t$. Then\n\n"
    wrong = last(text + display(r"k_t = t\, \dot w_t"))
    assert wrong.verdict == "refuted", wrong.message
    assert "that is proved" in wrong.suggestion
    assert last(text + display(r"k_t = \tfrac12 t\, \dot w_t")).verdict == "proved"


@pytest.mark.parametrize(
    "said", ["The opposite convention has", "The rate is", "From now on, the rate is"]
)
def test_a_rate_of_another_section_may_be_another_one(said: str) -> None:
    row = last(RATES + f"## Two\n\n{said}\n\n" + display(r"k_t = -t\, \dot r_t"))
    assert row.verdict not in WRONG, row.message


@pytest.mark.parametrize(
    ("row", "wrong"),
    [("a_t h(x) = t h(x)", False), ("a_t h(x) = t^2 h(x)", False), ("a_t h(x) = t^3 h(x)", True)],
)
def test_two_schedules_in_one_sentence(row: str, wrong: bool) -> None:
    text = "Let $h$ be a field. For the first schedule $a_t = t$, for the second $a_t = t^2$."
    rows = check_text(text + "\n\n" + display(row), "x", ".md").rows
    assert (rows[-1].verdict in WRONG) == wrong, rows[-1].message
    assert not any(one.verdict in WRONG for one in rows if one.inline)


LOSSES = (
    r"Let $J(\theta) = \mathbb E_{x \sim q, z \sim p(\cdot|x)} \| v_\theta(z) - f(z, x) \|^2$ and "
    r"$L(\theta) = \mathbb E_{x \sim q, z \sim p(\cdot|x)} \| v_\theta(z) - g(z) \|^2$ with "
    r"$g(z) = \mathbb E[f(z, x) | z]$."
    "\n\n### Proof\n\nIn other words, $L(\\theta) = "
)


@pytest.mark.parametrize(("factor", "wrong"), [("", False), ("2 ", True)])
def test_what_one_loss_is_by_another_is_no_other_meaning(factor: str, wrong: bool) -> None:
    row = check_text(LOSSES + factor + "J(\\theta) + C$.\n", "x", ".md").rows[-1]
    assert (row.verdict in WRONG) == wrong, (row.verdict, row.message)
