"""A problem as formulas, for a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fmproof.models.arrays import Number
from fmproof.models.time import LogitNormalTime, TimeLaw
from fmproof.models.velocity import PolynomialVelocity, Velocity

if TYPE_CHECKING:
    from fmproof.models.mixture import GaussianMixture
    from fmproof.models.problem import Problem

_MOST = 6
"""How many components, entries or terms are written out."""


def latex(problem: Problem) -> str:
    """The law of the data, the path, the time law and the model, a line each."""
    alpha, beta = _factor(problem.path.alpha_expr), _factor(problem.path.beta_expr)
    rows = [
        rf"z &\sim {_data(problem.data)}",
        rf"x_t &= {alpha}\, z + {beta}\, \varepsilon, "
        r"\quad \varepsilon \sim \mathcal{N}(0, I)",
        rf"t &\sim {_time(problem.time)}",
        rf"u_t^\theta(x) &= {_model(problem.model)}",
    ]
    return rf"$\displaystyle {_lines('aligned', rows)}$"


def _factor(schedule: Any) -> str:
    """alpha or beta, in brackets where it is a sum."""
    from sympy import latex as printed

    return rf"\bigl({printed(schedule)}\bigr)" if schedule.is_Add else str(printed(schedule))


def _data(data: GaussianMixture) -> str:
    weights, means, covariances = (array.tolist() for array in data.given)
    if data.components > _MOST or data.dim > 2:
        kind = r"\delta_{m_k}" if not data.scales.any() else r"\mathcal{N}(m_k, \Sigma_k)"
        mixture = rf"\sum_{{k=1}}^{{{data.components}}} w_k\, {kind}"
        return rf"{mixture} \text{{ in }} \mathbb{{R}}^{{{data.dim}}}"
    summands = []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        law = rf"\delta_{{{_array(mean)}}}"
        if data.scales.any():
            law = rf"\mathcal{{N}}\bigl({_array(mean)}, {_array(covariance)}\bigr)"
        summands.append(law if len(weights) == 1 else rf"{_number(weight)}\, {law}")
    return " + ".join(summands)


def _time(law: TimeLaw) -> str:
    if isinstance(law, LogitNormalTime):
        logit = rf"\mathcal{{N}}({_number(law.mean)}, {_number(law.std)}^2)"
        return rf"\operatorname{{logistic}}\bigl({logit}\bigr)"
    low, high = law.support
    return rf"\mathcal{{U}}[{low:g}, {high:g}]"


def _model(model: Velocity) -> str:
    if not isinstance(model, PolynomialVelocity):
        return r"\text{a function}"
    if len(model.terms) > _MOST or model.dim > 4:
        return rf"\sum_{{j=1}}^{{{model.theta.size}}} \theta_j\, \varphi_j(t, x)"
    names = ["x"] if model.dim == 1 else [f"x_{i + 1}" for i in range(model.dim)]
    terms = []
    for coefficient, time, powers in model.terms:
        factors = [_power("t", time), *map(_power, names, powers)]
        terms.append(r"\, ".join([_array(coefficient), *filter(None, factors)]))
    return " + ".join(terms).replace("+ -", "- ")


def _power(name: str, power: int) -> str:
    return "" if power == 0 else name if power == 1 else f"{name}^{{{power}}}"


def _array(value: Any) -> str:
    """A number, a column or a matrix; of one entry, the entry."""
    if not isinstance(value, list):
        return _number(value)
    if len(value) == 1:
        return _array(value[0])
    rows = [row if isinstance(row, list) else [row] for row in value]
    return _lines("pmatrix", [" & ".join(map(_number, row)) for row in rows])


def _lines(environment: str, rows: Iterable[str]) -> str:
    body = r" \\ ".join(rows)
    return rf"\begin{{{environment}}} {body} \end{{{environment}}}"


def _number(value: Number) -> str:
    if isinstance(value, Fraction) and value.denominator > 1:
        sign = "-" if value < 0 else ""
        return rf"{sign}\tfrac{{{abs(value.numerator)}}}{{{value.denominator}}}"
    return f"{float(value):.4g}"
