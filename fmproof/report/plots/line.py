"""The line in θ that plots run along: from the model's coefficients through the optimal ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fmproof.errors import InputError

if TYPE_CHECKING:
    from fmproof.models.arrays import FloatArray
    from fmproof.models.problem import Problem

LABEL = r"$s$   in   $\theta + s\,(\theta^{*} - \theta)$"
_TOLERANCE = 1e-6
_BUDGET = 3e7


@dataclass(frozen=True)
class ParabolaSide:
    """One loss at the model's θ: its value, gradient (P,) and Gram matrix (P, P).

    The loss of a model that is linear in θ is a parabola along a line, so these say all of it.
    """

    value: float
    gradient: FloatArray
    gram: FloatArray

    def along(self, step: FloatArray, s: FloatArray) -> FloatArray:
        """The loss at θ + s·step, the shape of ``s``."""
        return np.asarray(
            self.value + s * (self.gradient @ step) + s**2 * (step @ self.gram @ step)
        )

    def gradients(self, step: FloatArray, s: FloatArray) -> FloatArray:
        """The gradient at θ + s·step, shape (len(s), P)."""
        return np.asarray(self.gradient + 2 * s[:, None] * (self.gram @ step))


@dataclass(frozen=True)
class LossLine:
    """Both losses, each from its own side of the theorem, and the step to the optimum.

    Attributes:
        fm: from the marginal side, by quadrature.
        cfm: from the joint side, in closed form.
        step: (P,), θ* − θ.
        floor: E tr Cov(u_t(x given Z) given x), by quadrature.
    """

    fm: ParabolaSide
    cfm: ParabolaSide
    step: FloatArray
    floor: float


def line(problem: Problem) -> LossLine:
    """Evaluate both sides of ``problem``.

    Raises:
        InputError: a model that is not linear in θ, or a dimension above quadrature's.
    """
    from fmproof.losses import quadrature
    from fmproof.losses.exact import ExactCFM

    if problem.dim > quadrature.MAX_DIM:
        raise InputError(
            f"plot: losses and gradients are drawn for d ≤ {quadrature.MAX_DIM}, found "
            f"d = {problem.dim}; variance is drawn for any d"
        )
    marginal = quadrature.evaluate(
        problem, ("fm", "fm_gradient", "G", "floor"), _TOLERANCE, _BUDGET
    )
    exact = ExactCFM(problem)
    cfm = ParabolaSide(
        float(exact.loss().value),
        np.asarray(exact.gradient().value),
        np.asarray(exact.quadratic_form().G.value),
    )
    fm = ParabolaSide(
        float(marginal["fm"].value),
        np.asarray(marginal["fm_gradient"].value),
        np.asarray(marginal["G"].value),
    )
    if not np.isfinite([fm.value, *fm.gradient]).all():
        raise InputError("not available: quadrature cannot resolve this mixture")
    step = np.asarray(-np.linalg.lstsq(cfm.gram, cfm.gradient / 2, rcond=None)[0], np.float64)
    if not np.any(step):  # already at the optimum: any direction shows the parabola
        step = np.ones_like(step)
    return LossLine(fm, cfm, step, float(marginal["floor"].value))
