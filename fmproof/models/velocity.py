"""Velocity models u_theta(t, x)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fmproof.errors import InputError
from fmproof.models.arrays import Array, FloatArray, array, batch

IntArray = npt.NDArray[np.int64]


class Velocity(ABC):
    """A field on R^d that depends on time."""

    @property
    @abstractmethod
    def dim(self) -> int:
        """The dimension d."""

    @abstractmethod
    def __call__(self, t: Any, x: Any) -> FloatArray:
        """The field at ``t`` (N,) or a scalar and ``x`` (N, d), shape (N, d)."""


class Term(NamedTuple):
    """coef t^t prod_i x_i^x[i], a monomial with a coefficient for each output coordinate."""

    coef: Any
    t: int = 0
    x: Any = ()


@dataclass(frozen=True, init=False, eq=False, repr=False)
class PolynomialVelocity(Velocity):
    """u(t, x) = sum_a coefficients[a] t^t_powers[a] prod_i x_i^x_powers[a, i].

    Linear in theta, the coefficients in one row after another: u = sum_j theta_j phi_j with the
    vector-valued features phi_(a, i) = (monomial a) e_i.

    Attributes:
        coefficients: (T, d).
        t_powers: (T,) non-negative integers.
        x_powers: (T, d) non-negative integers.
        exact: coefficients as rationals, or None when one was given as a float.
    """

    coefficients: FloatArray
    t_powers: IntArray
    x_powers: IntArray

    def __init__(self, terms: Iterable[Any]) -> None:
        rows = [Term(*term) for term in terms]
        if not rows:
            raise InputError("terms: expected at least one term")
        coef = array([row.coef for row in rows], "coef", ("terms", "d"))
        powers = np.array([row.x for row in rows], dtype=np.int64)
        self._set(coef, np.array([row.t for row in rows], dtype=np.int64), powers)

    def _set(self, coef: Array, t_powers: IntArray, x_powers: IntArray) -> None:
        for name, value in {
            "_coef": coef,
            "coefficients": coef.floats,
            "t_powers": t_powers,
            "x_powers": x_powers,
        }.items():
            object.__setattr__(self, name, value)

    @property
    def dim(self) -> int:
        return int(self.coefficients.shape[1])

    @property
    def theta(self) -> FloatArray:
        """The coefficients as one vector, shape (T d,)."""
        return self.coefficients.ravel()

    def with_theta(self, theta: Any) -> PolynomialVelocity:
        """The same monomials with other coefficients ``theta`` (T d,)."""
        flat = array(theta, "theta", ("terms * d",))
        shape = self.coefficients.shape
        if flat.floats.size != self.coefficients.size:
            raise InputError(f"theta: expected {self.coefficients.size}, found {flat.floats.size}")
        exact = None if flat.exact is None else flat.exact.reshape(shape)
        other = object.__new__(PolynomialVelocity)
        other._set(Array(flat.floats.reshape(shape), exact), self.t_powers, self.x_powers)
        return other

    def monomials(self, t: Any, x: Any) -> FloatArray:
        """The monomials at a batch, shape (N, T)."""
        times, points = batch(t, x, self.dim)
        out = times[:, None] ** self.t_powers
        for a, powers in enumerate(self.x_powers):
            for i in np.flatnonzero(powers):
                out[:, a] *= points[:, i] ** powers[i]
        return out

    def features(self, t: Any, x: Any) -> FloatArray:
        """The features phi_j at a batch, shape (N, T d, d); u = einsum("j,njd->nd", theta, phi)."""
        values = self.monomials(t, x)
        eye = np.eye(self.dim)
        return (values[:, :, None, None] * eye).reshape(len(values), -1, self.dim)

    def __call__(self, t: Any, x: Any) -> FloatArray:
        return self.monomials(t, x) @ self.coefficients


class CallableVelocity(Velocity):
    """Any Python function f(t (N,), x (N, d)) -> (N, d), its result checked at each call."""

    def __init__(self, function: Callable[..., Any], dim: int) -> None:
        self.function = function
        self._dim = dim

    @property
    def dim(self) -> int:
        return self._dim

    def __call__(self, t: Any, x: Any) -> FloatArray:
        times, points = batch(t, x, self.dim)
        values = np.asarray(self.function(times, points), dtype=np.float64)
        if values.shape != points.shape:
            raise InputError(
                f"the velocity model returned shape {values.shape}, expected {points.shape}"
            )
        if not np.isfinite(values).all():
            row = int(np.argwhere(~np.isfinite(values))[0][0])
            raise InputError(
                f"the velocity model returned {values[row]} at t = {times[row]:g}, "
                f"x = {points[row]}"
            )
        return values
