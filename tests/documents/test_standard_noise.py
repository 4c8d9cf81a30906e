"""Who is drawn may change from a row to the next: x from N(m, s² I), or its noise."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG, RowReport

STRAIGHT = """Let $p_t(x \\mid x_1) = \\mathcal N(x; t x_1, (1-t)^2 I)$ and

$$
L(\\theta) = \\mathbb E_{t, x_1 \\sim q, x \\sim p_t(\\cdot \\mid x_1)}
  \\Big\\| v_\\theta(x, t) - \\frac{x_1 - x}{1 - t} \\Big\\|^2
$$

With $x_0 \\sim \\mathcal N(0, I)$ that is

"""
KERNEL = """Let $q_\\sigma(y \\mid x) = \\mathcal N(y; x, \\sigma^2 I)$ and

$$
L(\\theta) = \\mathbb E_{x \\sim p, y \\sim q_\\sigma(\\cdot \\mid x)}
  \\Big[ \\tfrac12 \\| s_\\theta(y) - \\nabla_y \\log q_\\sigma(y \\mid x) \\|^2 \\Big]
$$

With $y = x + \\sigma \\epsilon$ and $\\epsilon \\sim \\mathcal N(0, I)$ that is

"""
VARIANCE = """Let $k_t(x_t \\mid x_0) = \\mathcal N(x_t; \\sqrt{\\bar\\alpha_t}\\, x_0, (1 -
\\bar\\alpha_t) I)$ and

$$
L(\\theta) = \\mathbb E_t\\, \\lambda(t)\\, \\mathbb E_{x_0 \\sim p}\\, \\mathbb E_{x_t \\sim
k_t(\\cdot \\mid x_0)}
  \\Big\\| s_\\theta(x_t, t) + \\frac{x_t - \\sqrt{\\bar\\alpha_t}\\, x_0}{1 - \\bar\\alpha_t}
\\Big\\|^2
$$

With $\\epsilon \\sim \\mathcal N(0, I)$ that is

"""
ROWS = {
    "a velocity": (
        STRAIGHT,
        r"\mathbb E_{t, x_1, x_0} \| v_\theta((1-t) x_0 + t x_1, t) - (x_1 \pm x_0) \|^2",
        ("-", "+"),
    ),
    "a score": (
        KERNEL,
        r"\mathbb E_{x, \epsilon} \Big[ \tfrac12 \| s_\theta(x + \sigma \epsilon)"
        r" \pm \frac{\epsilon}{\sigma} \|^2 \Big]",
        ("+", "-"),
    ),
    "a variance that is no square": (
        VARIANCE,
        r"\mathbb E_t\, \lambda(t)\, \mathbb E_{x_0, \epsilon} \Big\|"
        r" s_\theta(\sqrt{\bar\alpha_t}\, x_0"
        r" + \sqrt{1 - \bar\alpha_t}\, \epsilon, t) \pm \frac{\epsilon}{\sqrt{1 -"
        r" \bar\alpha_t}} \Big\|^2",
        ("+", "-"),
    ),
}


def last(before: str, row: str) -> RowReport:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1]


@pytest.mark.parametrize("name", ROWS)
def test_a_loss_over_draws_is_a_loss_over_noise(name: str) -> None:
    before, row, (right, wrong) = ROWS[name]
    row = r"L(\theta) = " + row
    assert last(before, row.replace(r"\pm", right)).verdict == "proved"
    assert last(before, row.replace(r"\pm", wrong)).verdict == "refuted"


def test_a_root_is_no_variance() -> None:
    before, row, _ = ROWS["a variance that is no square"]
    row = r"L(\theta) = " + row.replace(r"\pm", "+")
    wrong = row.replace(
        r"\sqrt{1 - \bar\alpha_t}\, \epsilon, t", r"(1 - \bar\alpha_t)\, \epsilon, t"
    )
    assert wrong != row
    assert last(before, wrong).verdict == "refuted"


GENERAL = """The loss is

$$
L(\\theta) = \\mathbb E_{t, x_1 \\sim q, x \\sim p_t(\\cdot \\mid x_1)} \\| v_\\theta(x, t) -
u(x, t \\mid x_1) \\|^2
$$

Take $p_t(x \\mid x_1) = \\mathcal N(t x_1, (1-t)^2 I)$, so that $u(x, t \\mid x_1) = \\dfrac{x_1
- x}{1 - t}$,
and $x_0 \\sim \\mathcal N(0, I)$:

"""


def test_a_loss_of_a_density_that_is_special_later() -> None:
    row = (
        r"L(\theta) = \mathbb E_{t, x_1, x_0} \| v_\theta((1-t) x_0 + t x_1, t) - (x_1 - x_0) \|^2"
    )
    found = last(GENERAL, row)
    assert found.verdict == "proved"
    assert "taken to hold" in found.message
    assert last(GENERAL, row.replace("- (x_1 - x_0)", "- (x_1 + x_0)")).verdict != "proved"


def test_a_loss_that_is_none_of_the_special_path_is_refuted() -> None:
    row = r"L(\theta) = \mathbb E_{t, x_1, x_0} \| v_\theta(x_0, t) - x_0 \|^2"
    assert last(GENERAL, row).verdict == "refuted"


def test_a_kernel_score_is_the_noise() -> None:
    row = r"\nabla_y \log q_\sigma(y \mid x) = \pm \frac{\epsilon}{\sigma}"
    before, *_ = ROWS["a score"]
    assert last(before, row.replace(r"\pm", "-")).verdict == "proved"
    assert last(before, row.replace(r"\pm", "")).verdict not in ("proved", "agrees")


PATH = """The path is $z_t = \\alpha_t x + \\sigma_t \\epsilon$ with $x \\sim p_{\\text{data}}$ and
$\\epsilon \\sim \\mathcal N(0, I)$.

"""


def test_p_of_a_path_is_its_density() -> None:
    row = r"\nabla_{z_t} \log p_t(z_t) = {sign}\frac{1}{\sigma_t}\, \mathbb E[ \epsilon \mid z_t ]"
    assert last(PATH, row.replace("{sign}", "-")).verdict == "proved"
    assert last(PATH, row.replace("{sign}", "")).verdict == "refuted"


def test_p_of_a_path_that_words_say_otherwise_is_not() -> None:
    said = PATH + "For $x \\sim p_t$ the score is $\\nabla \\log p_t(x)$.\n\n"
    row = r"\nabla_{z_t} \log p_t(z_t) = \frac{1}{\sigma_t}\, \mathbb E[ \epsilon \mid z_t ]"
    assert last(said, row).verdict not in ("proved", *WRONG)


CHAIN = """With $0 < \\beta_t < 1$, $\\alpha_t = 1 - \\beta_t$ and $\\varepsilon_t \\sim
\\mathcal N(0, I)$,

$$
Y_t = \\sqrt{\\alpha_t}\\, Y_{t-1} + \\sqrt{\\beta_t}\\, \\varepsilon_t
"""


def test_the_step_before_is_put_in() -> None:
    row = (
        r"= \sqrt{\alpha_t}\, ( \sqrt{\alpha_{t-1}}\, Y_{t-2} + \sqrt{\beta_{t-1}}\,"
        r" \varepsilon_{t-1} )"
        r" + \sqrt{\beta_t}\, \varepsilon_t"
    )

    def judged(text: str) -> str:
        return check_text(f"{CHAIN}{text}\n$$\n", "x", ".md").rows[-1].verdict

    assert judged(row) == "proved"
    assert judged(row.replace(r"} + \sqrt{\beta_{t-1}", r"} - \sqrt{\beta_{t-1}")) != "proved"
    assert judged(row.replace(r"Y_{t-2} + ", r"Y_{t-2} - ")) not in ("proved", "agrees")


LEVELS = """Draw $y \\sim p_{data}$ and $n \\sim \\mathcal N(0, \\sigma^2 I)$.

"""


def test_a_noise_level_is_drawn_by_itself() -> None:
    row = (
        r"\mathbb E_{\sigma, y, n} \big[ \lambda(\sigma)\, \| f(y + n) - y \|^2 \big] = "
        r"\mathbb E_{\sigma, y, n} \big[ \lambda(\sigma)\, ( \| f(y + n) \|^2 - 2"
        r" f(y + n) \cdot y + \|y\|^2 ) \big]"
    )
    assert last(LEVELS, row).verdict == "proved"
    assert last(LEVELS, row.replace("- 2 f", "+ 2 f")).verdict not in ("proved", "agrees")


def test_the_gradient_of_what_is_free_of_the_point() -> None:
    row = (
        r"\nabla_x \log \frac{p_t(x \mid y)\, q(y)}{p_t(x)} = \nabla_x \log q(y)"
        r" + \nabla_x \log p_t(x \mid y) {sign} \nabla_x \log p_t(x)"
    )
    assert last("", row.replace("{sign}", "-")).verdict == "proved"
    assert last("", row.replace("{sign}", "+")).verdict not in ("proved", "agrees")


@pytest.mark.parametrize(
    "row",
    [
        r"\partial_z u(z_t, t) \cdot \partial_z u(z_t, t) = 0",
        r"\nabla_z \log p(z_t) = 0",
        r"\nabla_x f(y) = 0",
    ],
)
def test_a_slot_is_no_other_point(row: str) -> None:
    """∂_z u(z_t, t) is the slope in the first place, and f may depend on more than it shows."""
    before = "<!-- fmproof: x vector; y vector; z vector -->\n\n"
    assert last(before, row).verdict not in ("proved", "agrees")


FLOW = r"""Let $p_t(x \mid y) = \mathcal N(x; a_t(y), c_t(y)^2 I)$ be moved by the map
$\phi_t(e) = a_t(y) + c_t(y)\, e$, with the velocity

$$
w_t(x \mid y) = \frac{\dot c_t(y)}{c_t(y)} \big( x - a_t(y) \big) + \dot a_t(y) .
$$

With $e \sim \mathcal N(0, I)$

$$
\begin{aligned}
J(\theta) &= \mathbb E_{t,\, y \sim q,\, x \sim p_t(x \mid y)}
\| w_\theta(x, t) - w_t(x \mid y) \|^2 \\
&= \mathbb E_{t,\, y \sim q,\, e} \Big\| w_\theta(\phi_t(e), t) %s \frac{d}{dt} \phi_t(e) \Big\|^2
\end{aligned}
$$
"""


@pytest.mark.parametrize(("sign", "due"), [("-", "proved"), ("+", "refuted"), ("- 2", "refuted")])
def test_the_slope_of_the_map_for_the_velocity(sign: str, due: str) -> None:
    assert check_text(FLOW % sign, "x", ".md").rows[-1].verdict == due
