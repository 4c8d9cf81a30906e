"""The numeric methods as a table, for tests that hold for each of them.

A method that is added here takes part in the differential and in the metamorphic tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from fmproof import Density, Expect, Grad, norm2
from fmproof.derivations.symbols import (
    p_cond,
    p_data,
    p_marg,
    t,
    theta,
    u_cond,
    u_marg,
    u_model,
    x,
    z,
)
from fmproof.losses import certified, quadrature, sampling
from fmproof.losses.estimate import Estimate
from fmproof.losses.exact import ExactCFM
from fmproof.meaning.denote import denote
from fmproof.models import Problem

SCALARS = ("fm", "cfm", "C1", "C2", "C", "floor")
GRADIENTS = ("fm_gradient", "cfm_gradient")
LEVEL = 1 - 1e-7  # of the intervals of sampling: one in ten million may miss
SLACK = 1e-9  # relative; what rounding may add to two errors that are estimates

rho = Density("rho", (t, 0, 1))
v, u, u_z = u_model(t, theta, x), u_marg(t, x), u_cond(t, x, z)
marginal, joint = (rho(t), p_marg(t, x)), (rho(t), p_data(z), p_cond(t, x, z))
TERMS = {
    "fm": Expect(norm2(v - u), *marginal),
    "cfm": Expect(norm2(v - u_z), *joint),
    "C1": Expect(norm2(u), *marginal),
    "C2": Expect(-norm2(u_z), *joint),
    "fm_gradient": Grad(Expect(norm2(v - u), *marginal), theta),
    "cfm_gradient": Grad(Expect(norm2(v - u_z), *joint), theta),
}

Values = Mapping[str, Estimate]


@dataclass(frozen=True)
class Method:
    """One way to evaluate a problem's quantities.

    Attributes:
        evaluate: the quantities asked for, by name; of those it has.
        quantities: what it has.
        dims: up to which dimension it is fast enough for a test of many problems.
        points: whether it takes data without a density.
    """

    evaluate: Callable[[Problem, tuple[str, ...]], Values]
    quantities: tuple[str, ...]
    dims: int = 3
    points: bool = True

    def __call__(self, problem: Problem, names: tuple[str, ...] | None = None) -> Values:
        wanted = self.quantities if names is None else names
        return self.evaluate(problem, tuple(n for n in wanted if n in self.quantities))

    def applies(self, problem: Problem) -> bool:
        return problem.dim <= self.dims and (self.points or bool(problem.data.scales.all()))


def _exact(problem: Problem, names: tuple[str, ...]) -> Values:
    exact = ExactCFM(problem)
    known = {"cfm": exact.loss, "C2": exact.c2, "cfm_gradient": exact.gradient}
    return {name: known[name]() for name in names}


def _denote(problem: Problem, names: tuple[str, ...]) -> Values:
    return {name: denote(TERMS[name], problem, tolerance=1e-4, budget=1e6) for name in names}


METHODS = {
    "exact": Method(_exact, ("cfm", "C2", "cfm_gradient")),
    "quadrature": Method(
        lambda problem, names: quadrature.evaluate(problem, names, 1e-6, 3e6),
        SCALARS + GRADIENTS,
        dims=1,
    ),
    "certified": Method(
        lambda problem, names: certified.evaluate(problem, names, 1e-2, 3e3),
        SCALARS + GRADIENTS,
        dims=1,
    ),
    "sampling": Method(
        lambda problem, names: sampling.evaluate(problem, names, 1e-2, 2**14, level=LEVEL),
        SCALARS + GRADIENTS,
    ),
    "denote": Method(_denote, tuple(TERMS), dims=1, points=False),
}


def disagreement(left: Estimate, right: Estimate, factor: float = 1, shift: float = 0) -> float:
    """|left − (factor right + shift)| over the sum of the errors: at most 1 when they agree."""
    expected = factor * np.asarray(right.value) + shift
    gap = np.abs(np.asarray(left.value) - expected)
    bound = np.asarray(left.error) + abs(factor) * np.asarray(right.error)
    bound = bound + SLACK * (np.abs(expected) + abs(shift))
    unknown = ~np.isfinite(gap) & ~np.isfinite(bound)
    return float(np.max(np.where(unknown, 0.0, gap / np.maximum(bound, 1e-300))))
