"""Velocity models u_theta(t, x)."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, NamedTuple

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import (
    Array,
    Code,
    FloatArray,
    IntArray,
    ObjectArray,
    array,
    batch,
    source,
)

_MAX_POWER = 500


class Velocity(Code, ABC):
    """A velocity field on R^d that depends on time."""

    @property
    @abstractmethod
    def dim(self) -> int:
        """The dimension d."""

    @abstractmethod
    def __call__(self, t: Any, x: Any) -> FloatArray:
        """The field at ``t`` (N,) or a scalar and ``x`` (N, d), shape (N, d)."""


class VelocityTerm(NamedTuple):
    """The monomial t^t prod_i x_i^x[i] times the vector ``coef`` (d,); ``x`` empty: no x in it."""

    coef: Any
    t: int = 0
    x: Any = ()


@dataclass(frozen=True)
class PolynomialVelocity(Velocity):
    """u(t, x) = sum_a coefficients[a] t^t_powers[a] prod_i x_i^x_powers[a, i].

    It is linear in theta, the coefficients in one row after another: u = sum_j theta_j phi_j with
    the vector-valued features phi_(a, i) = (monomial a) e_i, j = a d + i.

    Attributes:
        coefficients: (T, d).
        t_powers: (T,), non-negative.
        x_powers: (T, d), non-negative.
        given: the coefficients as they were given.

    Raises:
        InputError: naming the term that cannot be used.
    """

    coefficients: FloatArray
    t_powers: IntArray
    x_powers: IntArray
    given: Array

    def __init__(self, terms: Iterable[Any]) -> None:
        rows = [VelocityTerm(*term) for term in terms]
        if not rows:
            raise InputError("terms: expected at least one term, found none")
        coefs = [array(row.coef, f"terms[{a}].coef", ("d",)) for a, row in enumerate(rows)]
        dim = coefs[0].floats.size
        for a, coef in enumerate(coefs):
            if coef.floats.size != dim:
                raise InputError(
                    f"terms[{a}].coef: expected {dim} entries, as in terms[0], "
                    f"found {coef.floats.size}"
                )
        t_powers = [_power(row.t, f"terms[{a}].t") for a, row in enumerate(rows)]
        x_powers = [_powers(row.x, dim, f"terms[{a}].x") for a, row in enumerate(rows)]
        stacked = array([coef.tolist() for coef in coefs], "coef", ("T", "d"))
        self._set(stacked, np.array(t_powers), np.array(x_powers))

    def _set(self, given: Array, t_powers: IntArray, x_powers: IntArray) -> None:
        for name, value in {
            "given": given,
            "coefficients": given.floats,
            "t_powers": t_powers,
            "x_powers": x_powers,
        }.items():
            object.__setattr__(self, name, value)

    @property
    def dim(self) -> int:
        return int(self.coefficients.shape[1])

    @property
    def terms(self) -> list[VelocityTerm]:
        """The terms as they were given, every power of x written out."""
        powers = self.t_powers.tolist(), self.x_powers.tolist()
        return list(map(VelocityTerm, self.given.tolist(), *powers))

    @property
    def rational(self) -> bool:
        """Whether every coefficient was given as a rational."""
        return self.given.rational

    def exact(self) -> ObjectArray:
        """The coefficients (T, d) as ``Fraction``; a float counts as the rational that it is."""
        return self.given.fractions()

    @property
    def theta(self) -> FloatArray:
        """The coefficients as one vector, shape (T d,)."""
        return self.coefficients.ravel()

    def with_theta(self, theta: Any) -> PolynomialVelocity:
        """The same monomials with the coefficients ``theta`` (T d,)."""
        flat = array(theta, "theta", ("T d",))
        if flat.floats.size != self.coefficients.size:
            raise InputError(
                f"theta: expected {self.coefficients.size} coefficients, found {flat.floats.size}"
            )
        other = object.__new__(type(self))
        other._set(flat.reshape(*self.coefficients.shape), self.t_powers, self.x_powers)
        return other

    def monomials(self, t: Any, x: Any) -> FloatArray:
        """The monomials at a batch, shape (N, T); infinite where they overflow."""
        times, points = batch(t, x, self.dim)
        out = np.empty((len(self.t_powers), len(points)))  # term by term, for long loops
        columns = np.ascontiguousarray(points.T)
        with np.errstate(over="ignore", invalid="ignore"):
            for a, power in enumerate(self.t_powers):
                out[a] = times**power if power > 1 else (times if power else 1.0)
            for a, i in np.argwhere(self.x_powers):
                power = self.x_powers[a, i]
                out[a] *= columns[i] ** power if power > 1 else columns[i]
        return out.T

    def features(self, t: Any, x: Any) -> FloatArray:
        """The features phi_j at a batch, shape (N, T d, d): u = einsum("j,njd->nd", theta, phi)."""
        values = self.monomials(t, x)
        blocks = values[:, :, None, None] * np.eye(self.dim)
        return np.asarray(blocks.reshape(len(values), self.theta.size, self.dim))

    def __call__(self, t: Any, x: Any) -> FloatArray:
        with np.errstate(over="ignore", invalid="ignore"):
            if self._affine is None:
                return np.asarray(self.monomials(t, x) @ self.coefficients)
            times, points = batch(t, x, self.dim)
            parts = (self._affine_part(power, times, points) for power in self._affine)
            return reduce(operator.iadd, parts)

    def _affine_part(self, power: int, times: FloatArray, points: FloatArray) -> FloatArray:
        """The terms with t^power of a model of degree 1 in x, (n, d)."""
        assert self._affine is not None
        matrix, vector = self._affine[power]
        found: FloatArray = points @ matrix
        if vector.any():
            found += vector
        if power:
            found *= (times**power)[:, None]
        return found

    @cached_property
    def _affine(self) -> dict[int, tuple[FloatArray, FloatArray]] | None:
        """The model as sum_k t^k (x A_k + b_k), A_k (d, d) and b_k (d,) by k; None where it is of a
        higher degree in x."""
        if (self.x_powers.sum(axis=1) > 1).any():
            return None
        found: dict[int, tuple[FloatArray, FloatArray]] = {}
        for coef, power, powers in zip(
            self.coefficients, self.t_powers.tolist(), self.x_powers, strict=True
        ):
            zeros = np.zeros((self.dim, self.dim)), np.zeros(self.dim)
            matrix, vector = found.setdefault(power, zeros)
            if powers.any():
                matrix[powers.argmax()] += coef
            else:
                vector += coef
        return found

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, PolynomialVelocity)
            and np.array_equal(self.coefficients, other.coefficients)
            and np.array_equal(self.t_powers, other.t_powers)
            and np.array_equal(self.x_powers, other.x_powers)
        )

    def __hash__(self) -> int:
        return hash((self.coefficients.tobytes(), self.x_powers.tobytes()))

    def __repr__(self) -> str:
        terms = [f"VelocityTerm({source(coef)}, {t}, {x})" for coef, t, x in self.terms]
        return f"PolynomialVelocity([{', '.join(terms)}])"


@dataclass(frozen=True, eq=False)
class LinearVelocity(PolynomialVelocity):
    """u(t, x) = A(t) x + b(t): the polynomial model of degree 1 in x.

    Args:
        A: (d, d), or (n, d, d) with A(t) = sum_k A[k] t^k.
        b: (d,), or (m, d) with b(t) = sum_k b[k] t^k; zero when left out.

    ``theta`` holds the columns of A[0], those of A[1] and so on, then b[0], b[1] and so on.
    """

    def __init__(self, A: Any, b: Any = None) -> None:
        matrices = _in_powers_of_t(A, "A", ("d", "d"))
        _, rows, dim = matrices.floats.shape
        if rows != dim:
            raise InputError(f"A: expected square matrices, found {rows} rows, {dim} columns")
        vectors = _in_powers_of_t([0] * dim if b is None else b, "b", ("d",))
        if vectors.floats.shape[1] != dim:
            raise InputError(
                f"b: expected {dim} entries, as A has rows, found {vectors.floats.shape[1]}"
            )
        eye = np.eye(dim, dtype=int).tolist()
        terms = [
            VelocityTerm([row[j] for row in matrix], k, eye[j])
            for k, matrix in enumerate(matrices.tolist())
            for j in range(dim)
        ]
        super().__init__(
            terms + [VelocityTerm(vector, k) for k, vector in enumerate(vectors.tolist())]
        )

    @property
    def A(self) -> Array:
        """The matrices, shape (n, d, d)."""
        columns = self.given.part(slice(self._split)).reshape(-1, self.dim, self.dim)
        given = None if columns.given is None else columns.given.transpose(0, 2, 1)
        return Array(columns.floats.transpose(0, 2, 1), given)

    @property
    def b(self) -> Array:
        """The vectors, shape (m, d)."""
        return self.given.part(slice(self._split, None))

    @property
    def _split(self) -> int:
        return int(self.x_powers.sum())

    def __repr__(self) -> str:
        return f"LinearVelocity({self.A.source()}, {self.b.source()})"


@dataclass(frozen=True)
class CallableVelocity(Velocity):
    """Any Python function f(t (N,), x (N, d)) -> (N, d), its result checked at each call.

    Raises:
        InputError: at a call, when the function raises, or returns another shape or NaN.
    """

    function: Callable[[FloatArray, FloatArray], Any]
    dimension: int

    @property
    def dim(self) -> int:
        return self.dimension

    def __call__(self, t: Any, x: Any) -> FloatArray:
        times, points = batch(t, x, self.dim)
        times = np.broadcast_to(times, (len(points),)).copy()
        try:
            values = np.asarray(self.function(times, points), dtype=np.float64)
        except Exception as error:
            raise InputError(f"model: {self._name} raised {error!r}") from error
        if values.shape != points.shape:
            raise InputError(
                f"model: {self._name} returned shape {values.shape} for x of shape {points.shape}"
            )
        for row in np.flatnonzero(~np.isfinite(values).all(axis=1)):
            raise InputError(
                f"model: {self._name} returned {values[row]} at t = {times[row]}, x = {points[row]}"
            )
        return values

    @property
    def _name(self) -> str:
        return str(getattr(self.function, "__qualname__", repr(self.function)))

    def __repr__(self) -> str:
        return f"CallableVelocity({self._name}, {self.dimension})"


def _power(value: Any, field: str) -> int:
    try:
        power = operator.index(value)
    except TypeError:
        power = -1
    if isinstance(value, bool) or not 0 <= power <= _MAX_POWER:
        raise InputError(f"{field}: expected an integer from 0 to {_MAX_POWER}, found {value!r}")
    return power


def _powers(value: Any, dim: int, field: str) -> list[int]:
    try:
        powers = list(value)
    except TypeError:
        raise InputError(f"{field}: expected a list of {dim} powers, found {value!r}") from None
    if len(powers) not in (0, dim):
        raise InputError(
            f"{field}: expected {dim} powers, one for each entry of coef, found {len(powers)}"
        )
    return [_power(power, f"{field}[{i}]") for i, power in enumerate(powers)] or [0] * dim


def _in_powers_of_t(value: Any, field: str, axes: tuple[str, ...]) -> Array:
    """An array with a leading axis of powers of t, which the user may leave out."""
    depth, first = 0, value
    while isinstance(first, list | tuple | np.ndarray) and len(first):
        depth, first = depth + 1, first[0]
    if depth == len(axes):
        value = [value]
    return array(value, field, ("powers of t", *axes))
