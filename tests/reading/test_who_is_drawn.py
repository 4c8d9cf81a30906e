"""What a document leaves to its reader: laws, times, arguments. A false row stands beside each."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import RowReport
from fmproof.documents.prove import FirstWitness, Proof

CURVE = "Let $\\frac{d}{dt} z_t = w(z_t, t)$, and $s_t = 2 t$.\n\n"
PATH = (
    "Let $x_t = a_t x_0 + b_t \\epsilon$, $x_0 \\sim q$, $\\epsilon \\sim \\mathcal N(0, I)$.\n\n"
)
AGAIN = (
    "Draw $x_t \\sim p_t(\\cdot \\mid x_0)$, that is, $x_t = a_t x_0 + b_t \\epsilon$ with "
    "$\\epsilon \\sim \\mathcal N(0, I)$ and $x_0 \\sim q$.\n\n"
)


def last(words: str, row: str) -> RowReport:
    return check_text(f"{words}$$\n{row}\n$$\n", "x", ".md", numeric=False).rows[-1]


PAIRS = {
    "a law at every time": (
        "Let $X_t$ be a random curve, $v_t(x) = \\mathbb E[\\dot X_t \\mid X_t = x]$.\n\n",
        r"\mathbb E[ \|\dot X_t\|^2 ] = \mathbb E\big[ \mathbb E[ \|\dot X_t\|^2 \mid X_t ] \big]",
        r"\frac{d}{dt} \mathbb E[ \|X_t\|^2 ] = 0",
    ),
    "bare draws of no known law": (
        "For random $Y$, $X$ put $m(x) := \\mathbb E[Y \\mid X = x]$.\n\n",
        r"\mathbb E_{X, Y}\big[ f(X)^\top (Y - m(X)) \big] = 0",
        r"\mathbb E_{X, Y}\big[ f(Y)^\top (Y - m(X)) \big] = 0",
    ),
    "the name of a law below an E": (
        "Let $(x, y) \\sim \\nu$.\n\n",
        r"\mathbb E_\nu[ \|x - y\|^2 ] = \mathbb E_\nu[ \|x\|^2 - 2 x^\top y + \|y\|^2 ]",
        r"\mathbb E_\nu[ \|x - y\|^2 ] = \mathbb E_\nu[ \|x\|^2 + \|y\|^2 ]",
    ),
    "a measure": (
        "",
        r"\int \|x - a\|^2 P(dx) = \int \|x\|^2 P(dx) - 2 a^\top \int x\, P(dx) + \|a\|^2",
        r"\int \|x - a\|^2 P(dx) = \int \|x\|^2 P(dx) + \|a\|^2",
    ),
    "drawn here, and made of others there": (
        AGAIN,
        r"\mathbb E_{x_0, \epsilon} \|x_t - a_t x_0\|^2 = b_t^2 \mathbb E_\epsilon \|\epsilon\|^2",
        r"\mathbb E_{x_0, \epsilon} \|x_t - a_t x_0\|^2 = b_t \mathbb E_\epsilon \|\epsilon\|^2",
    ),
    "a trace of a covariance": (
        "",
        r"\operatorname{tr} \operatorname{Cov}( X \mid Y )"
        r" = \mathbb E\big[ \|X - \mathbb E[X \mid Y]\|^2 \mid Y \big]",
        r"\operatorname{tr} \operatorname{Cov}( X \mid Y ) = \mathbb E\big[ \|X\|^2 \mid Y \big]",
    ),
    "a schedule at another time": (
        "Put $\\gamma_t := 1 - \\kappa_t$.\n\n",
        r"\gamma_{t-1} + \kappa_{t-1} = 1",
        r"\gamma_{t-1} + \kappa_t = 1",
    ),
    "a schedule without its time": (
        "Put $\\gamma_t := 1 - \\kappa_t$.\n\n",
        r"\gamma \kappa_t = \kappa_t - \kappa_t^2",
        r"\gamma \kappa_t = \kappa_t + \kappa_t^2",
    ),
    "a curve": (
        CURVE,
        r"\frac{d}{dt} ( s_t z_t ) = 2 z_t + s_t \frac{d}{dt} z_t",
        r"\frac{d}{dt} ( s_t z_t ) = 2 z_t",
    ),
    "a number to the power of the time": (
        "With $r = b / a$ and $a, b > 0$.\n\n",
        r"\frac{d}{dt} \big( a\, r^t \big) = a\, r^t \log r",
        r"\frac{d}{dt} \big( a\, r^t \big) = 0",
    ),
    "an integral between letters": (
        "",
        r"\int_r^t 2 f(\tau) d\tau = 2 \int_r^t f(\tau) d\tau",
        r"\int_r^t f(\tau) d\tau = \int_r^s f(\tau) d\tau",
    ),
    "an argument that is not written": (
        "Put $\\psi_t(x) := s_t x + t\\, x_1$ for $x_1 \\sim q$.\n\n",
        r"\psi_t(x) - t\, x_1 = s_t\, x",
        r"\psi_t(x) - t\, x_0 = s_t\, x",
    ),
    "a function that is defined at a path": (
        PATH[:-3] + ", and $\\hat x_0(x_t) := \\mathbb E[x_0 \\mid x_t]$.\n\n",
        r"\mathbb E[ 2 x_0 \mid x_t ] = 2 \hat x_0(x_t)",
        r"\mathbb E[ \epsilon \mid x_t ] = \hat x_0(x_t)",
    ),
    "the same draws in one order": (
        PATH[:-3] + ", $\\hat x = \\mathbb E[x_0 \\mid x_t]$, "
        "$\\hat\\epsilon = \\mathbb E[\\epsilon \\mid x_t]$.\n\n",
        r"x_t = b_t\, \hat\epsilon + a_t\, \hat x",
        r"x_t = a_t\, \hat\epsilon + b_t\, \hat x",
    ),
    "a field whose point is not written": (
        "The density $\\rho(x)$ is positive.\n\n",
        r"\operatorname{div}( 2 c_t ) = 2 \operatorname{div} c_t",
        r"\operatorname{div} c_t = d",
    ),
    "arguments that are left out under an integral": (
        "Let $\\int f(x)\\, p(x)\\, dx$ be finite.\n\n",
        r"\int f(x)\, p(x)\, dx = \int f p\, dx",
        r"\int f(x)\, p(x)\, dx = \int f p p\, dx",
    ),
    "the square of a function": (
        "",
        r"\sigma^2(t) = \sigma(t)\, \sigma(t)",
        r"\sigma^2(t) = t\, \sigma(t)^2",
    ),
    "a remark on one dimension": (
        "$$\n\\|X\\|^2 = X^\\top X\n$$\n\nIn one dimension, $e^{-(x - t)^2}$ and $X = x$.\n\n",
        r"\| X - Y \|^2 = \|X\|^2 - 2 X^\top Y + \|Y\|^2",
        r"\| X - Y \|^2 = \|X\|^2 - X^\top Y + \|Y\|^2",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_right_row_is_proved_and_its_neighbour_is_not(name: str) -> None:
    words, right, wrong = PAIRS[name]
    assert last(words, right).verdict == "proved"
    assert last(words, wrong).verdict not in ("proved", "agrees")


READINGS = {
    "a divergence at a point": (
        "",
        r"(\nabla \cdot u)(x_1) = \|x_1\|^2",
        "div_x₁ u(x₁) = ",
    ),
    "∂_t at a point that is held": (
        CURVE,
        r"\partial_t p_t(z_t) = \frac{d}{dt} p_t(z_t)",
        "[∂_t' p_{t'}(z_t)]_{t' = t} = ∂_t p_t(z_t)",
    ),
    "a letter times a bracket with functions in it": (
        "Here $\\|u_t(x)\\|^2$, $p_t(x)$.\n\n",
        r"\int p_t (u_t - w_t)\, dx = \int p_t u_t\, dx",
        "∫ p_t(x) (u_t(x) − w_t(x)) dx",
    ),
    "a Gaussian density without its point": (
        "Let $p(x \\mid y) = \\mathcal N(y, \\sigma^2 I)$.\n\n",
        r"\log p(x \mid y) = \log \mathcal N(x; y, \sigma^2 I)",
        "log N(x; y, σ²·I)",
    ),
    "a derivative of a schedule whose time is left out": (
        "Let $\\alpha_t$ and $\\lambda_t := \\log \\alpha_t$ be schedules.\n\n",
        r"\dot\lambda + 1 = 1 + \frac{d}{dt} \lambda_t",
        "∂_t log α_t + 1 = ",
    ),
}


@pytest.mark.parametrize("name", READINGS)
def test_what_a_row_is_read_as(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FirstWitness, "prove", lambda *_, **__: Proof(False))
    words, row, due = READINGS[name]
    found = last(words, row)
    assert due in found.reading, (found.verdict, found.message, found.reading)


OPEN = {
    "the inverse of a map is not one over its value": (
        "Let $\\psi(x) = \\|x\\|^2$.\n\n",
        r"\psi^{-1}(y) = \frac{1}{\|y\|^2}",
        "a power that may be an inverse",
    ),
    "a law that nothing is drawn from": (
        "$$\n\\mathbb E_{x \\sim q} \\|x\\|^2 = 1\n$$\n\n",
        r"\mathbb E_{p}[ \|y\|^2 ] = \mathbb E_{p}[ \|y\|^2 ]",
        "what is drawn from p",
    ),
}


@pytest.mark.parametrize("name", OPEN)
def test_what_cannot_be_told_is_said(name: str) -> None:
    words, row, due = OPEN[name]
    found = last(words, row)
    assert found.verdict == "open"
    assert due in found.message


def test_one_time_is_no_whole_course() -> None:
    row = r"\mathbb E \int_0^1 \|Z_t\|^2 dt = \mathbb E \|Z_t\|^2"
    found = last("Let $\\mathbb E[ \\dot Z_t \\mid Z_t ] = 0$.\n\n", row)
    assert found.verdict in ("open", "scope")


def test_a_letter_with_and_without_a_time_may_be_two_things() -> None:
    text = (
        "Put $\\gamma_t := \\gamma\\, t$ with a number $\\gamma$.\n\n$$\n\\gamma = \\gamma_t\n$$\n"
    )
    assert check_text(text, "x", ".md", numeric=False).rows[-1].verdict != "proved"


def test_a_special_case_is_no_definition_of_what_was_general() -> None:
    text = (
        "$$\nf(x + y) = f(x) + f(y)\n$$\n\nFor $f(z) = \\lambda z$ that is plain.\n\n"
        "$$\n\\|f(x) + x\\|^2 = \\|f(x)\\|^2 + 2 f(x)^\\top x + \\|x\\|^2\n$$\n"
    )
    verdicts = [r.verdict for r in check_text(text, "x", ".md", numeric=False).rows if not r.inline]
    assert verdicts == ["open", "proved"]


def test_a_running_product() -> None:
    words = (
        "Let $\\alpha_t = 1 - \\beta_t$ and $\\bar\\alpha_t := \\prod_{s=1}^t \\alpha_s$; "
        "take $\\bar\\alpha_{t-1}$.\n\n"
    )
    assert last(words, r"\bar\alpha_t = \bar\alpha_{t-1} (1 - \beta_t)").verdict == "proved"
    assert last(words, r"\bar\alpha_t = \bar\alpha_{t-1} - \beta_t").verdict == "open"


def test_what_is_guessed_is_told() -> None:
    text = "$$\n\\mathbb E_{X, Y} \\|X - Y\\|^2 = \\mathbb E_{X, Y} \\|Y - X\\|^2\n$$\n"
    report = check_text(text, "x", ".md", numeric=False)
    assert report.rows[0].verdict == "proved"
    told = {s.symbol: s for s in report.symbols}
    assert told["law(X, Y)"].guessed
    assert told["law(X, Y)"].why == "the document says none"


def test_a_coupling_comes_before_the_law_of_one_of_its_variables() -> None:
    text = (
        "Let $(x_0, x_1) \\sim \\pi$. Later, $x_0 \\sim \\mathcal N(0, I)$.\n\n"
        "$$\n\\mathbb E_{x_0} \\|x_0\\|^2 = \\mathbb E_{x_0, x_1} \\|x_0\\|^2\n$$\n"
    )
    row = check_text(text, "x", ".md", numeric=False).rows[-1]
    assert row.verdict == "proved", row.reading
