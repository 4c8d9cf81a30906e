"""The minimiser of a quadratic function from its values at a few points."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fmproof.meaning.interpretation import AnyArray

_CHECK = 1e-8  # relative deviation from a quadratic that passes as round-off
_SINGULAR = 1e-8  # smallest eigenvalue, relative to the largest, of a definite matrix


class Quadratic(NamedTuple):
    """c + b·θ + θ·Hθ/2 for each of P problems: H (P, p, p) and b (P, p)."""

    hessian: AnyArray
    slope: AnyArray
    valid: AnyArray  #: (P,), whether the function is quadratic with a positive definite H

    @property
    def minimiser(self) -> AnyArray:
        """(P, p); NaN where there is no unique one, or the function is not quadratic."""
        found = np.full(self.slope.shape, np.nan)
        ok = self.valid
        if ok.any():
            found[ok] = np.linalg.solve(self.hessian[ok], -self.slope[ok][..., None])[..., 0]
        return found

    @property
    def gain(self) -> AnyArray:
        """(P, 1), how far an error of the function's values is magnified in the minimiser."""
        gain = np.full((len(self.slope), 1), np.inf)
        if self.valid.any():
            smallest = np.linalg.eigvalsh(self.hessian[self.valid])[:, :1]
            size = np.abs(self.minimiser[self.valid]).sum(axis=-1, keepdims=True)
            gain[self.valid] = (1 + size) / smallest
        return gain


def points(size: int) -> list[AnyArray]:
    """Where to evaluate a function of ``size`` parameters; the last point is a check."""
    unit = np.eye(size)
    pairs = [unit[i] + unit[j] for i in range(size) for j in range(i)]
    check = np.cos(1.0 + np.arange(size))
    return [np.zeros(size), *unit, *-unit, *pairs, check]


def fit(values: list[AnyArray], size: int) -> Quadratic:
    """The quadratic through ``values`` (each (P, 1)) at :func:`points`."""
    table = np.concatenate(np.broadcast_arrays(*values), axis=-1)
    count = len(table)
    centre, plus, minus = table[:, :1], table[:, 1 : size + 1], table[:, size + 1 : 2 * size + 1]
    slope = (plus - minus) / 2
    hessian = np.zeros((count, size, size))
    hessian[:, range(size), range(size)] = plus + minus - 2 * centre
    column = 2 * size + 1
    for i in range(size):
        for j in range(i):
            mixed = table[:, column] - plus[:, i] - plus[:, j] + centre[:, 0]
            hessian[:, i, j] = hessian[:, j, i] = mixed
            column += 1
    at = points(size)[-1]
    expected = centre[:, 0] + slope @ at + 0.5 * np.einsum("i,pij,j->p", at, hessian, at)
    scale = np.abs(table).max(axis=-1)
    valid = np.isfinite(table).all(axis=-1)
    valid &= np.abs(expected - table[:, -1]) <= _CHECK * scale
    eigenvalues = np.zeros((count, size))
    eigenvalues[valid] = np.linalg.eigvalsh(hessian[valid])
    valid &= eigenvalues[:, 0] > _SINGULAR * np.abs(eigenvalues[:, -1])
    return Quadratic(hessian, slope, valid)
