"""A problem as formulas: every line, letter by letter."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.models import (
    CallableVelocity,
    CondOTPath,
    GaussianMixture,
    LinearVelocity,
    LogitNormalTime,
    Path,
    PolynomialVelocity,
    Problem,
    TimeLaw,
    TrigPath,
    UniformTime,
    Velocity,
    VelocityTerm,
)

POINT = GaussianMixture.points([[1]])


def expected(
    data: str = r"\delta_{1}",
    schedule: tuple[str, str] = ("t", r"\bigl(1 - t\bigr)"),
    time: str = r"\mathcal{U}[0, 1]",
    model: str = r"\text{a function}",
) -> str:
    """What is shown of a problem with the given parts."""
    alpha, beta = schedule
    noise = rf"{beta}\, \varepsilon, \quad \varepsilon \sim \mathcal{{N}}(0, I)"
    return (
        rf"$\displaystyle \begin{{aligned}} z &\sim {data} \\ "
        rf"x_t &= {alpha}\, z + {noise} \\ "
        rf"t &\sim {time} \\ "
        rf"u_t^\theta(x) &= {model} \end{{aligned}}$"
    )


def shown(
    data: GaussianMixture = POINT,
    path: Path | None = None,
    time: TimeLaw | None = None,
    model: Velocity | None = None,
) -> str:
    model = model or CallableVelocity(np.tanh, data.dim)
    return Problem(data, path or CondOTPath(), model, time or UniformTime())._repr_latex_()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (GaussianMixture.points([["-1/2"]]), r"\delta_{-\tfrac{1}{2}}"),
        (
            GaussianMixture.points([[1, 2], [3, 0.25]], [0.125, 0.875]),
            r"0.125\, \delta_{\begin{pmatrix} 1 \\ 2 \end{pmatrix}} + "
            r"0.875\, \delta_{\begin{pmatrix} 3 \\ 0.25 \end{pmatrix}}",
        ),
        (GaussianMixture([1], [[2]], [[["1/4"]]]), r"\mathcal{N}\bigl(2, \tfrac{1}{4}\bigr)"),
        (
            GaussianMixture([1], [[1, 2]], [[[2, 1], [1, 3]]]),
            r"\mathcal{N}\bigl(\begin{pmatrix} 1 \\ 2 \end{pmatrix}, "
            r"\begin{pmatrix} 2 & 1 \\ 1 & 3 \end{pmatrix}\bigr)",
        ),
        (
            GaussianMixture.points([[k] for k in range(6)]),
            " + ".join(rf"\tfrac{{1}}{{6}}\, \delta_{{{k}}}" for k in range(6)),
        ),
        (
            GaussianMixture.points([[k] for k in range(7)]),
            r"\sum_{k=1}^{7} w_k\, \delta_{m_k} \text{ in } \mathbb{R}^{1}",
        ),
        (
            GaussianMixture([1], [[0, 0, 0]], [np.eye(3)]),
            r"\sum_{k=1}^{1} w_k\, \mathcal{N}(m_k, \Sigma_k) \text{ in } \mathbb{R}^{3}",
        ),
    ],
)
def test_data(data, text):
    assert shown(data) == expected(text)


def test_paths():
    half = r"\left(\frac{\pi t}{2} \right)}"
    schedule = rf"\sin{{{half}", rf"\cos{{{half}"
    assert shown(path=TrigPath()) == expected(schedule=schedule)


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (UniformTime("1/8", 0.75), r"\mathcal{U}[0.125, 0.75]"),
        (
            LogitNormalTime("-1/3", 2),
            r"\operatorname{logistic}\bigl(\mathcal{N}(-\tfrac{1}{3}, 2^2)\bigr)",
        ),
    ],
)
def test_times(time, text):
    assert shown(time=time) == expected(time=text)


E = [[int(i == j) for j in range(5)] for i in range(5)]


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (CallableVelocity(np.tanh, 1), r"\text{a function}"),
        (LinearVelocity([["1/2"]], [3]), r"\tfrac{1}{2}\, x + 3"),
        (
            PolynomialVelocity(
                [
                    VelocityTerm([2], 3, [1]),
                    VelocityTerm([-1], 1, [2]),
                    VelocityTerm(["-1/2"], 0, [0]),
                ]
            ),
            r"2\, t^{3}\, x - 1\, t\, x^{2} - \tfrac{1}{2}",
        ),
        (
            PolynomialVelocity([VelocityTerm([1, 2], 0, [1, 3])]),
            r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}\, x_1\, x_2^{3}",
        ),
        (PolynomialVelocity([VelocityTerm([1.23456])] * 6), " + ".join(["1.235"] * 6)),
        (PolynomialVelocity([VelocityTerm([1])] * 7), r"\sum_{j=1}^{7} \theta_j\, \varphi_j(t, x)"),
        (
            PolynomialVelocity([VelocityTerm(E[0][:4], 0, E[1][:4])]),
            r"\begin{pmatrix} 1 \\ 0 \\ 0 \\ 0 \end{pmatrix}\, x_2",
        ),
        (
            PolynomialVelocity([VelocityTerm(E[0], 0, E[1])]),
            r"\sum_{j=1}^{5} \theta_j\, \varphi_j(t, x)",
        ),
    ],
)
def test_models(model, text):
    data = GaussianMixture([1], [[0] * model.dim], [np.eye(model.dim)])
    assert shown(data, model=model).endswith(rf" \\ u_t^\theta(x) &= {text} \end{{aligned}}$")
