"""What can be evaluated: names, and the integrands behind them.

With v = u_t^theta(x), a quantity is the expectation of one form in v and a velocity u. From the
marginal side x ~ p_t and u = u_t(x); from the joint side z and eps are drawn,
x = alpha z + beta eps and u = u_t(x given z) = dalpha z + dbeta eps. No quantity of one side is
ever taken from the other: that they agree is the theorem under test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Literal, NamedTuple, cast, get_args

import numpy as np

from fmproof.errors import InputError, nearest
from fmproof.losses.lattice import EPS
from fmproof.models.arrays import FloatArray
from fmproof.models.problem import Problem
from fmproof.models.velocity import PolynomialVelocity, Velocity

Quantity = Literal[
    "fm", "cfm", "C1", "C2", "C", "floor", "fm_gradient", "cfm_gradient", "G", "fm_b", "cfm_b"
]
"""
- ``fm``: L_FM = E||v - u_t(x)||^2, marginal side.
- ``cfm``: L_CFM = E||v - u_t(x given z)||^2, joint side.
- ``C1``: E||u_t(x)||^2, marginal side.
- ``C2``: -E||u_t(x given z)||^2, joint side.
- ``C``: C1 + C2, each from its own side.
- ``floor``: E tr Cov(u_t(x given Z) given X_t = x), marginal side; equals -C by theorem.
- ``fm_gradient``, ``cfm_gradient``: 2 E phi_j . (v - u), shape (P,), from either side.
- ``G``: E phi_i . phi_j, shape (P, P), marginal side.
- ``fm_b``, ``cfm_b``: E phi_j . u, shape (P,), from either side.
"""

QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
_LINEAR = ("fm_gradient", "cfm_gradient", "G", "fm_b", "cfm_b")


def checked_quantities(problem: Problem, quantities: Iterable[str]) -> tuple[Quantity, ...]:
    """The quantities asked for, in order and once each.

    Raises ``InputError`` for none, for an unknown name, and for one that needs a model linear in
    theta.
    """
    names = tuple(dict.fromkeys([quantities] if isinstance(quantities, str) else quantities))
    if not names:
        raise InputError(f"quantities: expected at least one of {', '.join(QUANTITIES)}")
    for name in names:
        if name not in QUANTITIES:
            raise InputError(f"quantity: unknown name {name!r}; {nearest(name, QUANTITIES)}")
        if name in _LINEAR and not isinstance(problem.model, PolynomialVelocity):
            raise InputError(
                f"{name}: not available: expected a model that is linear in its coefficients "
                f"(a PolynomialVelocity), found {type(problem.model).__name__}"
            )
    return cast("tuple[Quantity, ...]", names)


def check_aims(tolerance: float, max_evaluations: float) -> None:
    """Raise ``InputError`` for a relative tolerance, or a budget, that nothing can be done with."""
    if not 0 < tolerance < 1:
        raise InputError(f"tolerance: expected a number between 0 and 1, found {tolerance:g}")
    if not max_evaluations > 0:
        raise InputError(f"max_evaluations: expected a positive number, found {max_evaluations:g}")


class PointBatch:
    """A batch of points and what the problem's model says there, computed when asked for.

    Shapes: t (n,), x (n, d), v and v_size (n, d), monomials (n, T).
    """

    def __init__(self, model: Velocity, t: FloatArray, x: FloatArray) -> None:
        self.model, self.t, self.x = model, t, x

    @cached_property
    def v(self) -> FloatArray:
        """The model's velocity."""
        return self.model(self.t, self.x)

    @cached_property
    def v_size(self) -> FloatArray:
        """The sum of the absolute values of the terms that make up ``v``."""
        if isinstance(self.model, PolynomialVelocity):
            return np.abs(self.monomials) @ np.abs(self.model.coefficients)
        return np.abs(self.v)

    @cached_property
    def monomials(self) -> FloatArray:
        """The polynomial model's monomials m_a; its features are phi_(a, i) = m_a e_i."""
        return cast(PolynomialVelocity, self.model).monomials(self.t, self.x)

    def repeated(self, times: int) -> PointBatch:
        """The batch ``times`` in a row; the model is still evaluated once at each point."""
        return _Repeated(self, times)


class _Repeated(PointBatch):
    def __init__(self, once: PointBatch, times: int) -> None:
        self.model, self._once, self._times = once.model, once, times

    @cached_property
    def t(self) -> FloatArray:  # type: ignore[override]
        return np.tile(self._once.t, self._times)

    @cached_property
    def x(self) -> FloatArray:  # type: ignore[override]
        return np.tile(self._once.x, (self._times, 1))

    @cached_property
    def v(self) -> FloatArray:
        return np.tile(self._once.v, (self._times, 1))

    @cached_property
    def v_size(self) -> FloatArray:
        return np.tile(self._once.v_size, (self._times, 1))

    @cached_property
    def monomials(self) -> FloatArray:
        return np.tile(self._once.monomials, (self._times, 1))


class Target(NamedTuple):
    """What the model is compared with at n points.

    Attributes:
        u: (n, d), u_t(x) or u_t(x given z).
        variance: (n,), tr Cov(u_t(x given Z) given X_t = x); the marginal side's, when needed.
    """

    u: FloatArray
    variance: FloatArray | None = None


class IntegrandProduct(NamedTuple):
    """Integrands at n points: f_ij = left_i right_j.

    Attributes:
        left, right: (n, a) and (n, b); b is 1 and ``right`` left out for a single factor.
        sizes: what gives arrays of the same shapes, the sizes of the terms that add up to the
            factors. Round-off is small relative to these, not to the factors, where terms cancel.
    """

    left: FloatArray
    sizes: Callable[[], tuple[FloatArray, ...]]
    right: FloatArray | None = None

    @property
    def scalar(self) -> bool:
        """Whether it is a single integrand."""
        return self.right is None and self.left.shape[1] == 1

    def table(self) -> tuple[FloatArray, FloatArray]:
        """The integrands and their sizes, (n, a b) each."""
        if self.right is None:
            return self.left, self.sizes()[0]
        return _outer(self.left, self.right), _outer(*self.sizes())

    def sums(self, weights: FloatArray) -> FloatArray:
        """The sums over R groups of n points, with ``weights`` (R, n), of the integrands, of their
        absolute values and of their squares, (R, 3, a b)."""
        groups = len(weights)
        left = weights.reshape(-1, 1) * self.left
        right = np.ones((len(left), 1)) if self.right is None else self.right
        factors = [(left, right), (np.abs(left), np.abs(right)), (left**2, right**2)]
        found = [
            a.reshape(groups, -1, a.shape[1]).transpose(0, 2, 1) @ b.reshape(groups, -1, b.shape[1])
            for a, b in factors
        ]
        return np.stack([part.reshape(groups, -1) for part in found], axis=1)


IntegrandForm = Callable[[PointBatch, Target], IntegrandProduct]
"""What a quantity is the mean of."""


def _loss(points: PointBatch, target: Target) -> IntegrandProduct:
    return IntegrandProduct(
        _square(points.v - target.u), lambda: (_square(points.v_size + np.abs(target.u)),)
    )


def _norm(points: PointBatch, target: Target) -> IntegrandProduct:
    square = _square(target.u)
    return IntegrandProduct(square, lambda: (square,))


def _minus_norm(points: PointBatch, target: Target) -> IntegrandProduct:
    square = _square(target.u)
    return IntegrandProduct(-square, lambda: (square,))


def _variance(points: PointBatch, target: Target) -> IntegrandProduct:
    variance = cast(FloatArray, target.variance)[:, None]

    def sizes() -> tuple[FloatArray]:
        # A mean of squares: each square is off by its root times the round-off of the velocity.
        square = _square(target.u)
        return (variance + np.sqrt(square * variance) + EPS * square,)

    return IntegrandProduct(variance, sizes)


def _gradient(points: PointBatch, target: Target) -> IntegrandProduct:
    m = points.monomials
    return IntegrandProduct(
        2 * m, lambda: (2 * np.abs(m), points.v_size + np.abs(target.u)), points.v - target.u
    )


def _cross(points: PointBatch, target: Target) -> IntegrandProduct:
    m = points.monomials
    return IntegrandProduct(m, lambda: (np.abs(m), np.abs(target.u)), target.u)


def _gram(points: PointBatch, target: Target) -> IntegrandProduct:
    m = points.monomials
    return IntegrandProduct(m, lambda: (np.abs(m), np.abs(m)), m)


def _square(vectors: FloatArray) -> FloatArray:
    """(n, d) to (n, 1)."""
    return np.asarray(np.einsum("ni,ni->n", vectors, vectors)[:, None])


def _outer(left: FloatArray, right: FloatArray) -> FloatArray:
    """(n, a) and (n, b) to (n, a b)."""
    return np.asarray((left[:, :, None] * right[:, None, :]).reshape(len(left), -1))


_MARGINAL: dict[Quantity, IntegrandForm] = {
    "fm": _loss,
    "C1": _norm,
    "floor": _variance,
    "fm_gradient": _gradient,
    "G": _gram,
    "fm_b": _cross,
}
_JOINT: dict[Quantity, IntegrandForm] = {
    "cfm": _loss,
    "C2": _minus_norm,
    "cfm_gradient": _gradient,
    "cfm_b": _cross,
}


class Columns:
    """The quantities of one side as columns of a table of integrands."""

    def __init__(self, problem: Problem, forms: dict[Quantity, IntegrandForm]) -> None:
        self.problem, self._forms = problem, forms
        self.slices: dict[Quantity, slice] = {}
        start = 0
        for name in forms:
            stop = start + columns(problem, name)
            self.slices[name] = slice(start, stop)
            start = stop
        self.width = start  #: number of columns, Q

    @classmethod
    def marginal(cls, problem: Problem, quantities: Iterable[Quantity]) -> Columns:
        """What ``quantities`` need from the marginal side."""
        wanted = _with_parts(quantities)
        return cls(problem, {name: form for name, form in _MARGINAL.items() if name in wanted})

    @classmethod
    def joint(cls, problem: Problem, quantities: Iterable[Quantity]) -> Columns:
        """What ``quantities`` need from the joint side."""
        wanted = _with_parts(quantities)
        return cls(problem, {name: form for name, form in _JOINT.items() if name in wanted})

    @property
    def needs_variance(self) -> bool:
        return "floor" in self.slices

    @property
    def degree(self) -> int | None:
        """The degree of the forms' factors as polynomials in x, None if they are none."""
        if all(form in (_norm, _minus_norm, _variance) for form in self._forms.values()):
            return 1
        if isinstance(self.problem.model, PolynomialVelocity):
            return max(1, int(self.problem.model.x_powers.sum(axis=1).max()))
        return None

    def table(self, points: PointBatch, target: Target) -> tuple[FloatArray, FloatArray]:
        """The integrands and their sizes, (n, Q) each; one array where they are the same."""
        found = [form(points, target).table() for form in self._forms.values()]
        if len(found) == 1:
            return found[0]
        values, sizes = (np.concatenate(rows, axis=1) for rows in zip(*found, strict=True))
        return values, sizes

    def sums(self, points: PointBatch, target: Target, weights: FloatArray) -> FloatArray:
        """The sums over R groups of n points, with ``weights`` (R, n), of the integrands, of their
        absolute values and of their squares, (R, 3, Q), without the table."""
        products = [form(points, target) for form in self._forms.values()]
        if not all(product.scalar for product in products):
            return np.concatenate([product.sums(weights) for product in products], axis=2)
        weighted = np.stack([product.left.reshape(weights.shape) for product in products])
        weighted *= weights
        squares = np.einsum("qrn,qrn->qr", weighted, weighted)
        found = [weighted.sum(axis=2), np.abs(weighted).sum(axis=2), squares]
        return np.stack(found, axis=1).transpose(2, 1, 0)


def _with_parts(quantities: Iterable[Quantity]) -> set[Quantity]:
    wanted = set(quantities)
    return wanted | {"C1", "C2"} if "C" in wanted else wanted


def columns(problem: Problem, name: Quantity) -> int:
    """How many numbers a quantity is."""
    if name not in _LINEAR:
        return 1
    terms, dim = cast(PolynomialVelocity, problem.model).coefficients.shape
    return int(terms * (terms if name == "G" else dim))


def shaped(problem: Problem, name: Quantity, columns: FloatArray) -> float | FloatArray:
    """A quantity from its columns: a float, a vector (P,) or, for G, a matrix (P, P)."""
    if name not in _LINEAR:
        return float(columns[0])
    if name == "G":
        terms, dim = cast(PolynomialVelocity, problem.model).coefficients.shape
        return np.kron(columns.reshape(terms, terms), np.eye(dim)).astype(np.float64)
    return columns
