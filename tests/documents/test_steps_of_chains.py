"""Discrete chains: a path by its steps and in closed form, products up to a time, noises merged."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

SCHEDULE = (
    "Let $a_t = 1 - b_t$ and $A_t = \\prod_{i=1}^t a_i$, data $z_0 \\sim p$, and all $\\eta_t$, "
    "$\\eta_t \\sim \\mathcal N(0, I)$, independent.\n\n"
)
CHAIN = r"""$$
\begin{aligned}
z_t &= \sqrt{a_t}\, z_{t-1} + \sqrt{b_t}\, \eta_t \\
&= \sqrt{a_t a_{t-1}}\, z_{t-2} + \sqrt{a_t b_{t-1}}\, \eta_{t-1} + \sqrt{b_t}\,\eta_t \\
&= \sqrt{a_t a_{t-1}}\, z_{t-2} + \sqrt{1 - a_t a_{t-1}}\, \bar\eta \\
&= \sqrt{A_t}\, z_0 + \sqrt{1 - A_t}\, \eta
\end{aligned}
$$

"""


def rows(text: str) -> list[str]:
    return [row.verdict for row in check_text(text, "x", ".md").rows if not row.inline]


def last(row: str, before: str = SCHEDULE + CHAIN) -> str:
    return rows(f"{before}$$\n{row}\n$$\n")[-1]


def test_a_chain_by_its_steps_to_its_closed_form() -> None:
    assert rows(SCHEDULE + CHAIN) == ["definition", "proved", "proved", "proved"]


@pytest.mark.parametrize(
    ("right", "wrong", "row"),
    [
        (r"\sqrt{1 - a_t a_{t-1}}", r"\sqrt{1 - a_t}", 2),
        (r"\sqrt{1 - a_t a_{t-1}}", r"\sqrt{1 + a_t a_{t-1}}", 2),
        (r"\sqrt{1 - A_t}", r"(1 - A_t)", 3),
        (r"\sqrt{A_t}", r"A_t", 3),
        (r"\sqrt{a_t b_{t-1}}", r"\sqrt{b_{t-1}}", 1),
    ],
)
def test_a_wrong_row_of_a_chain_is_not_proved(right: str, wrong: str, row: int) -> None:
    found = rows(SCHEDULE + CHAIN.replace(right, wrong))
    assert found[row] in ("refuted", "open")
    if row != 1:  # z_{t-1} may be tied to the step before it
        assert found[row] == "refuted"


TRUE = {
    "the noise, solved": r"\eta = \frac{z_t - \sqrt{A_t}\, z_0}{\sqrt{1 - A_t}}",
    "the data, solved": r"z_0 = \frac{1}{\sqrt{A_t}} \big( z_t - \sqrt{1 - A_t}\, \eta \big)",
    "a velocity, with roots": (
        r"\sqrt{A_t}\, z_t - \sqrt{1 - A_t} \big(\sqrt{A_t}\, \eta - \sqrt{1 - A_t}\, z_0\big)"
        r" = z_0"
    ),
    "a product, one factor apart": r"1 - A_t = 1 - a_t A_{t-1}",
    "a product, two factors apart": r"A_t = a_t a_{t-1} A_{t-2}",
    "the first product": r"A_1 = a_1",
}
FALSE = {
    "the noise, solved": TRUE["the noise, solved"].replace(r"\sqrt{1 - A_t}}", "1 - A_t}"),
    "the data, solved": TRUE["the data, solved"].replace(r"\sqrt{1 - A_t}", "(1 - A_t)"),
    "a velocity, with roots": TRUE["a velocity, with roots"].replace(r"\eta -", r"\eta +"),
    "a product, one factor apart": r"1 - A_t = 1 - a_{t-1} A_{t-1}",
    "a product, two factors apart": r"A_t = a_t A_{t-2}",
    "the first product": r"A_1 = a_1 a_0",
}


@pytest.mark.parametrize("name", TRUE)
def test_what_follows_from_a_closed_form_is_proved(name: str) -> None:
    assert last(TRUE[name]) == "proved"
    assert last(FALSE[name]) not in ("proved", "agrees", "definition")


def test_a_product_before_one_is_a_product_too() -> None:
    words = SCHEDULE + "With $A_t$, $A_{t-1}$ and $A_{t-2}$:\n\n"
    assert last(r"A_{t-1} = a_{t-1} A_{t-2}", words) not in WRONG


STEP = r"$$ q(y_t | y_{t-1}) = \mathcal N(y_t; \sqrt{1 - b_t}\, y_{t-1}, b_t I) $$" + "\n\n"
CLOSED = r"q(y_t | y_0) = \mathcal N(y_t; \sqrt{A_t}\, y_0, (1 - A_t) I)"


def test_a_closed_form_of_densities() -> None:
    assert last(CLOSED, SCHEDULE + STEP) == "proved"
    for right, wrong in ((r"\sqrt{A_t}", "A_t"), ("(1 - A_t)", "(1 - A_t)^2"), ("1 - A", "A")):
        assert last(CLOSED.replace(right, wrong), SCHEDULE + STEP) == "refuted"


def test_a_step_alone_is_no_closed_form() -> None:
    assert rows(SCHEDULE + STEP) == ["definition"]


MERGED = r"\lambda \epsilon_1 + \kappa \epsilon_2 = \sqrt{\lambda^2 + \kappa^2}\; \epsilon"


def test_two_noises_are_one_in_law() -> None:
    words = r"With independent $\epsilon_1, \epsilon_2 \sim \mathcal N(0, I)$," + "\n\n"
    assert last(MERGED, words) == "proved"
    assert (
        last(MERGED.replace(r"\sqrt{\lambda^2 + \kappa^2}", r"(\lambda + \kappa)"), words)
        == "refuted"
    )
    same = r"\epsilon_1 + \epsilon_2 = 2 \epsilon_1"  # of the same noises: no law
    assert last(same, words) == "refuted"


POSTERIOR = (
    "$$ m_t(z_t, z_0) := \\frac{\\sqrt{a_t}\\,(1 - A_{t-1})}{1 - A_t}\\, z_t"
    " + \\frac{\\sqrt{A_{t-1}}\\, b_t}{1 - A_t}\\, z_0 $$\n\n"
)
BY_NOISE = r"m_t = \frac{1}{\sqrt{a_t}} \Big( z_t - \frac{b_t}{\sqrt{1 - A_t}}\, \eta \Big)"


def test_a_posterior_mean_by_the_noise() -> None:
    assert last(BY_NOISE, SCHEDULE + CHAIN + POSTERIOR) == "proved"
    wrong = BY_NOISE.replace(r"\sqrt{1 - A_t}", "1 - A_t")
    assert last(wrong, SCHEDULE + CHAIN + POSTERIOR) == "refuted"


REST = (
    r"\frac{\| z_t - \sqrt{a_t}\, z_{t-1} \|^2}{b_t} + \frac{\| z_{t-1} \|^2}{1 - A_{t-1}}"
    r" = \Big( \frac{a_t}{b_t} + \frac{1}{1 - A_{t-1}} \Big) \| z_{t-1} \|^2"
    r" - \frac{2 \sqrt{a_t}}{b_t} \langle z_t, z_{t-1} \rangle + K_t"
)


def test_a_rest_without_the_vectors_that_are_shown() -> None:
    before = CHAIN.split("\n&=")[0] + "\n\\end{aligned}\n$$\n\n"
    closed = r"So $z_t = \sqrt{A_t}\, z_0 + \sqrt{1 - A_t}\, \eta$." + "\n\n"
    shown = REST.replace(r"\langle z_t, z_{t-1} \rangle", r"z_{t-1}^\top z_t")
    for row in (REST, shown):
        assert last(row, SCHEDULE + before + closed) == "proved"
    assert last(REST.replace("- \\frac{2", "+ \\frac{2"), SCHEDULE + before + closed) != "proved"


def test_products_by_their_first_values() -> None:
    assert last(r"1 - A_t = \prod_{i=1}^t (1 - a_i)") == "refuted"
    assert last(r"1 - A_t = 1 - \prod_{i=1}^t (1 - b_i)") == "agrees"


DRAWN_BACK = (
    r"z_{t-1} &= \sqrt{A_{t-1}}\, z_0 + \sqrt{1 - A_{t-1} - s_t^2} \,"
    r"\frac{z_t - \sqrt{A_t}\, z_0}{\sqrt{1 - A_t}} + s_t \xi \\"
    "\n"
    r"&= \sqrt{A_{t-1}}\, z_0 + \sqrt{1 - A_{t-1} - s_t^2} \, \eta + s_t \xi"
)


def test_a_step_back_is_drawn() -> None:
    text = SCHEDULE + CHAIN + "$$\n\\begin{aligned}\n" + DRAWN_BACK + "\n\\end{aligned}\n$$\n"
    assert rows(text)[-2:] == ["definition", "proved"]
    wrong = text.replace(r"\, \eta + s_t \xi", r"\, z_0 + s_t \xi")
    assert rows(wrong)[-1] not in ("proved", "agrees")


@pytest.mark.parametrize("words", ["边缘分布不变：把", "Without loss of generality put"])
def test_words_that_deny_nothing(words: str) -> None:
    text = SCHEDULE + CHAIN.split("\n&=")[0] + "\n\\end{aligned}\n$$\n\n" + words
    text += r" $z_t = \sqrt{A_t}\, z_0 + \sqrt{1 - A_t}\, \eta$." + "\n\n"
    assert last(TRUE["the noise, solved"], text) == "proved"


TWO_STEPS = r"""Let $x_0\sim q(x_0)$ and $\bar\alpha_t = \prod_{s=1}^{t}\alpha_s$, with kernels

$$ q(x_t\mid x_{t-1}) = \mathcal N(x_t;\sqrt{\alpha_t}\,x_{t-1},(1-\alpha_t) I), $$

that is $x_t=\sqrt{\alpha_t}\,x_{t-1}+\sqrt{1-\alpha_t}\,\varepsilon_t$ with independent
$\varepsilon_t\sim\mathcal N(0,I)$.

\begin{align}
x_t &= \sqrt{\alpha_t}\bigl(\sqrt{\alpha_{t-1}}\,x_{t-2}+\sqrt{1-\alpha_{t-1}}\,\varepsilon_{t-1}
\bigr)+\sqrt{1-\alpha_t}\,\varepsilon_t \\
&= \sqrt{\alpha_t\alpha_{t-1}}\,x_{t-2}+\sqrt{\alpha_t(1-\alpha_{t-1})}\,\varepsilon_{t-1}
+\sqrt{1-\alpha_t}\,\varepsilon_t
\end{align}

Hence $x_t=\sqrt{\bar\alpha_t}\,x_0+\sqrt{1-\bar\alpha_t}\,\varepsilon$ with
$\varepsilon\sim\mathcal N(0,I)$.
"""


def test_one_step_is_put_into_the_other() -> None:
    rows = [row.verdict for row in check_text(TWO_STEPS).rows if not row.inline]
    assert rows[1:] == ["proved", "proved"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"x_{t-2}+\sqrt{1-\alpha_{t-1}}", r"x_{t-2}-\sqrt{1-\alpha_{t-1}}"),
        (r"\sqrt{\alpha_t(1-\alpha_{t-1})}", r"\sqrt{1-\alpha_{t-1}}"),
    ],
)
def test_a_wrong_step_is_not_proved(right: str, wrong: str) -> None:
    assert right in TWO_STEPS
    rows = [row.verdict for row in check_text(TWO_STEPS.replace(right, wrong)).rows]
    assert rows.count("proved") < [r.verdict for r in check_text(TWO_STEPS).rows].count("proved")
