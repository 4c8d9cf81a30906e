"""The conditional loss in closed form, for data that are Gaussian mixtures and polynomial models.

L_CFM(theta) = theta^T G theta - 2 b^T theta + c: at a fixed time x, z and eps are mixtures of
jointly Gaussian vectors, and all entries are moments (Isserlis 1918). Rational when the problem's
numbers, its schedule and its time integrals are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from itertools import product as choices_of
from math import comb, inf, prod
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from fmproof.errors import InputError
from fmproof.losses.budget import Budget
from fmproof.losses.estimate import Estimate
from fmproof.losses.moments import DataMoments, Word, normal_moment
from fmproof.losses.rational_systems import check_size, product, solve
from fmproof.losses.time_integrals import Enclosed, Monomial, TimeIntegrals
from fmproof.models.arrays import FloatArray, ObjectArray
from fmproof.models.problem import Problem
from fmproof.models.velocity import PolynomialVelocity

_MAX_WORK = 500_000
_MAX_ORDER = 300
_MAX_TERMS = 1_000
_MAX_ENTRIES = 4_000_000
_STEP = 2e-6  # seconds that an elimination takes for an entry
# Numbers from which on floats are summed as floats, and the error of that relative to the sum of
# what is not negative: NumPy adds up in pairs, of blocks of 128 in eight parts.
_MANY, _SUMMED = 2**15, 64 * 2.0**-52


class QuadraticForm(NamedTuple):
    """L_CFM(theta) = theta^T G theta - 2 b^T theta + c: shapes (P, P), (P,) and a number."""

    G: Estimate
    b: Estimate
    c: Estimate


class _Balls(NamedTuple):
    """An array of rationals with a bound of each one's error."""

    centre: ObjectArray
    radius: FloatArray


class ExactCFM:
    """L_CFM and what follows from it for one problem; every moment is computed once.

    The error of a result is 0 when ``exact`` holds it as a rational, a rounding when its inputs
    were floats, and proved by enclosures of the time integrals when the schedule is not a sum of
    powers of t.

    Args:
        problem: with any model for ``c2``, with a ``PolynomialVelocity`` for the rest.
        seconds: how long it may take, from now on.

    Raises:
        InputError: "not available: ..." when the model is not polynomial, the moments are too
            many or take too long, or the schedule has no form in balls.
    """

    def __init__(self, problem: Problem, seconds: float = inf) -> None:
        self.problem = problem
        self._data = DataMoments(problem.data)
        self._product: tuple[ObjectArray, ObjectArray] | None = None
        self._budget = Budget(seconds=seconds)
        self._time = TimeIntegrals.of(problem.path, problem.time, self._budget)

    def loss(self, theta: Any = None) -> Estimate:
        """L_CFM at ``theta`` (P,), by default at the model's own coefficients."""
        start = perf_counter()
        model = self._at(theta)
        w = model.exact()
        (_, dg), (b, db), c = self._gram, self._cross, self._constant
        centre = (w * (self._gram_times(w) - 2 * b)).sum() + c.centre
        size = np.abs(model.coefficients)
        radius = ((size @ size.T) * dg).sum() + 2 * (size * db).sum() + c.radius
        return self._estimate(Enclosed(centre, float(radius)), start, model)

    def gradient(self, theta: Any = None) -> Estimate:
        """The gradient 2 (G theta - b) of L_CFM at ``theta``, shape (P,)."""
        start = perf_counter()
        model = self._at(theta)
        (_, dg), (b, db) = self._gram, self._cross
        centre = 2 * (self._gram_times(model.exact()) - b)
        radius = 2 * (dg @ np.abs(model.coefficients) + db)
        return self._estimate(_Balls(centre.ravel(), radius.ravel()), start, model)

    def c2(self) -> Estimate:
        """C_2 = -E||u_t(x given z)||^2, for any model."""
        start = perf_counter()
        centre, radius = self._constant
        return self._estimate(Enclosed(-centre, radius), start)

    def quadratic_form(self) -> QuadraticForm:
        """G, b and c, with theta in the order of ``PolynomialVelocity.theta``."""
        start = perf_counter()
        (g, dg), (b, db), c = self._gram, self._cross, self._constant
        if b.size**2 > _MAX_ENTRIES:
            raise InputError(f"not available: G would have {b.size:,} rows")
        eye = np.eye(self.problem.dim, dtype=int)
        return QuadraticForm(
            self._estimate(_Balls(np.kron(g, eye), np.kron(dg, eye).astype(float)), start),
            self._estimate(_Balls(b.ravel(), db.ravel()), start),
            self._estimate(c, start),
        )

    def optimum(self) -> Estimate:
        """The coefficients G^-1 b that minimise L_CFM, shape (P,).

        Raises ``InputError`` when G is singular: the minimiser is not unique.
        """
        start = perf_counter()
        check_size(len(self._words))
        (g, dg), (b, db) = self._gram, self._cross
        if b.shape[0] ** 2 * (b.shape[0] + b.shape[1]) * _STEP > self._budget.left:
            raise InputError("not available: out of time")
        radius = np.zeros(b.shape)
        if not (dg.any() or db.any()):
            solution = solve(g, b)
        else:
            both = solve(g, np.hstack([b, np.eye(len(g), dtype=int).astype(object)]))
            solution, inverse = both[:, : b.shape[1]], np.abs(_floats(both[:, b.shape[1] :]))
            # |x' - x| <= |G^-1| (dG |x| + db) / (1 - || |G^-1| dG ||), all by entries.
            contraction = float((inverse @ dg).sum(axis=1).max())
            if contraction >= 0.5:
                raise InputError("not available: G is singular to the accuracy of its entries")
            radius += (inverse @ (dg @ np.abs(_floats(solution)) + db)).max(axis=0)
            radius /= 1 - contraction
        return self._estimate(_Balls(solution.ravel(), radius.ravel()), start)

    @property
    def _model(self) -> PolynomialVelocity:
        model = self.problem.model
        if not isinstance(model, PolynomialVelocity):
            raise InputError("not available: the exact method needs a polynomial velocity model")
        return model

    def _at(self, theta: Any) -> PolynomialVelocity:
        return self._model if theta is None else self._model.with_theta(theta)

    @cached_property
    def _words(self) -> list[Word]:
        rows = self._model.x_powers.tolist()
        return [tuple(i for i, n in enumerate(row) for _ in range(n)) for row in rows]

    @cached_property
    def _gram(self) -> _Balls:
        """E[m_a m_b] of the model's monomials m_a, (T, T); G is its Kronecker product with I."""
        powers, words = self._model.t_powers.tolist(), self._words
        if len(words) > _MAX_TERMS:
            raise InputError(
                f"not available: the exact method takes up to {_MAX_TERMS:,} terms, "
                f"found {len(words):,}; use quadrature or sampling"
            )
        pairs = {
            (a, b): (powers[a] + powers[b], tuple(sorted(words[a] + words[b])))
            for a in range(len(words))
            for b in range(a + 1)
        }
        self._check_work({word for _, word in pairs.values()})
        moments = {key: self._moment(*key) for key in set(pairs.values())}
        out = _zeros(len(words), len(words))
        for (a, b), key in pairs.items():
            out.centre[a, b], out.radius[a, b] = moments[key]
            out.centre[b, a], out.radius[b, a] = moments[key]
        return out

    def _gram_times(self, theta: ObjectArray) -> ObjectArray:
        """The product with coefficients (T, d), the last one remembered: the loss and its gradient
        are asked for one after the other."""
        if self._product is None or not np.array_equal(self._product[0], theta):
            self._product = theta, product(self._gram.centre, theta, self._budget)
        return self._product[1]

    @cached_property
    def _cross(self) -> _Balls:
        """E[m_a (dalpha z + dbeta eps)], (T, d)."""
        self._check_work(set(self._words))
        out = _zeros(len(self._words), self.problem.dim)
        for a, (t, x) in enumerate(zip(self._model.t_powers.tolist(), self._words, strict=True)):
            for i in range(self.problem.dim):
                out.centre[a, i], out.radius[a, i] = _add(
                    self._moment(t, x, z=(i,), dalpha=1), self._moment(t, x, eps=(i,), dbeta=1)
                )
        return out

    @cached_property
    def _constant(self) -> Enclosed:
        """E||dalpha z + dbeta eps||^2."""
        dalpha, dbeta = self._time[Monomial(dalpha=2)], self._time[Monomial(dbeta=2)]
        square, off = self._mean_square()
        found = _add(_scale(square, dalpha), _scale(Fraction(self.problem.dim), dbeta))
        return Enclosed(
            found.centre, found.radius + off * (abs(float(dalpha.centre)) + dalpha.radius)
        )

    def _mean_square(self) -> tuple[Fraction, float]:
        """E||z||^2 and how far it may be off: not at all, or where float data are many by the
        rounding of sums of floats, pair by pair."""
        data = self.problem.data
        value = data.mean_square
        if not data.rational and data.means.size > _MANY and np.isfinite(value):
            return Fraction(value), _SUMMED * value
        total = Fraction(0)
        for i in range(data.dim):
            if self._budget.out_of_time:
                raise InputError("not available: out of time")
            total += self._data[i, i]
        return total, 0.0

    def _moment(
        self, t: int, x: Word, z: Word = (), eps: Word = (), **derivatives: int
    ) -> Enclosed:
        """E[t^t x^x z^z eps^eps], times derivatives of the schedule."""
        if self._budget.out_of_time:
            raise InputError("not available: out of time")
        total = Enclosed(Fraction(0), 0.0)
        for alpha, beta, factor in self._expand(x, z, eps):
            monomial = Monomial(t, alpha, beta, **derivatives)
            total = _add(total, _scale(factor, self._time[monomial]))
        return total

    def _expand(self, x: Word, z: Word, eps: Word) -> Iterator[tuple[int, int, Fraction]]:
        """E[x^x z^z eps^eps] as (a, b, factor) of alpha^a beta^b, by the binomial theorem."""
        counts, extra = Counter(x), Counter(eps)
        if extra - counts:
            return  # an odd power of a coordinate of the noise
        # Each coordinate's noise gets an even power in all, or the moment is zero.
        choices = (range(extra[i] % 2, n + 1, 2) for i, n in counts.items())
        for noise in choices_of(*choices):
            taken = {i: n - m for (i, n), m in zip(counts.items(), noise, strict=True)}
            data = self._data[tuple(sorted((*Counter(taken).elements(), *z)))]
            if data:
                ways = prod(comb(n, taken[i]) for i, n in counts.items())
                noise_moment = prod(
                    normal_moment(m + extra[i]) for i, m in zip(counts, noise, strict=True)
                )
                yield len(x) - sum(noise), sum(noise), data * ways * noise_moment

    def _check_work(self, words: set[Word]) -> None:
        components = self.problem.data.components
        work = sum(components + prod(n // 2 + 1 for n in Counter(word).values()) for word in words)
        order = max(map(len, words)) + 1
        if work > _MAX_WORK or order > _MAX_ORDER:
            raise InputError(
                f"not available: the exact method would need some {work:,} moments of order up to "
                f"{order} (the limits are {_MAX_WORK:,} and {_MAX_ORDER}); "
                "use quadrature or sampling"
            )

    def _estimate(
        self, found: Enclosed | _Balls, start: float, model: PolynomialVelocity | None = None
    ) -> Estimate:
        problem = self.problem
        rational = problem.data.rational and problem.path.rational and problem.time.rational
        if model is not None:
            rational = rational and model.rational
        value, radius = _floats(found.centre), np.asarray(found.radius)
        exact = found.centre if rational and not radius.any() else None
        if exact is None:
            radius = radius + np.spacing(np.abs(value))
        cost = {"seconds": perf_counter() - start}
        if isinstance(found, Enclosed):
            return Estimate(float(value), float(radius), "exact", exact, cost)
        return Estimate(value, radius, "exact", exact, cost)


def _add(left: Enclosed, right: Enclosed) -> Enclosed:
    return Enclosed(left.centre + right.centre, left.radius + right.radius)


def _scale(factor: Fraction, ball: Enclosed) -> Enclosed:
    radius = float(_floats(abs(factor))) * ball.radius if ball.radius else 0.0
    return Enclosed(factor * ball.centre, radius)


def _zeros(*shape: int) -> _Balls:
    return _Balls(np.full(shape, Fraction(0), dtype=object), np.zeros(shape))


def _floats(values: Any) -> FloatArray:
    try:
        return np.asarray(values).astype(np.float64)
    except OverflowError:
        raise InputError("not available: the result is beyond the range of float64") from None
