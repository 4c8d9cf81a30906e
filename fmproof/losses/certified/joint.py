"""The joint side in balls: moments of x = alpha z + beta eps with z and eps, for d = 1."""

from __future__ import annotations

from functools import cache, cached_property
from math import comb

from fmproof.losses.certified.marginal import Model
from fmproof.losses.certified.schedule import Moment, Schedule
from fmproof.losses.moments import DataMoments, normal_moment
from fmproof.losses.quantities import Quantity
from fmproof.models.balls import Ball, ball_sum, power, rational
from fmproof.models.problem import Problem
from fmproof.models.velocity import PolynomialVelocity


class JointColumns:
    """The joint side's columns at one time, from the moments of z and of the noise.

    The moments of z are rationals (``DataMoments``); only powers of the schedule are balls.
    """

    def __init__(self, problem: Problem, names: tuple[Quantity, ...]) -> None:
        self.schedule = Schedule(problem.path)
        self.names = names
        model = problem.model
        self.model = Model(model) if isinstance(model, PolynomialVelocity) else None
        moments = DataMoments(problem.data)
        self._data = cache(lambda n: rational(moments[(0,) * n]))

    @property
    def width(self) -> int:
        """The number of columns."""
        terms = len(self.model.terms) if self.model is not None else 0
        return sum({"cfm_gradient": terms, "cfm_b": terms}.get(name, 1) for name in self.names)

    def at(self, t: Ball) -> list[Ball]:
        """The columns at time ``t``, or at all times of a box."""
        now = self.schedule(t)
        return [ball for name in self.names for ball in self.column(name, now)]

    def column(self, name: Quantity, now: Moment) -> list[Ball]:
        """The columns of one quantity, of the joint side or G."""
        times = [power(now.t, a) for _, a, _ in self._terms]
        match name:
            case "C2":
                return [-self.target_square(now)]
            case "cfm":
                cross = zip(self._coefficients(now), self._cross(now), strict=True)
                twice = 2 * ball_sum(c * b for c, b in cross)
                return [self.model_square(now) - twice + self.target_square(now)]
            case "cfm_gradient":
                coefficients = self._coefficients(now)
                inner = [
                    ball_sum(g * c for g, c in zip(row, coefficients, strict=True))
                    for row in self.gram(now)
                ]
                rows = zip(inner, self._cross(now), times, strict=True)
                return [2 * (model - target) * factor for model, target, factor in rows]
            case "cfm_b":
                return [c * factor for c, factor in zip(self._cross(now), times, strict=True)]
            case "G":
                gram = zip(self.gram(now), times, strict=True)
                return [p * q * entry for row, p in gram
                        for entry, q in zip(row, times, strict=True)]  # fmt: skip
        raise ValueError(f"{name} is not a quantity of the joint side")

    def target_square(self, now: Moment) -> Ball:
        """E u_t(x given z)^2, which bounds E u_t(x)^2 from above (Jensen)."""
        return power(now.dalpha, 2) * self._data(2) + power(now.dbeta, 2)

    @cached_property
    def variance(self) -> Ball:
        """Var z."""
        return self._data(2) - power(self._data(1), 2)

    def model_square(self, now: Moment) -> Ball:
        """E u_theta(x)^2."""
        coefficients = self._coefficients(now)
        return ball_sum(
            c * d * moment
            for c, row in zip(coefficients, self.gram(now), strict=True)
            for d, moment in zip(coefficients, row, strict=True)
        )

    def gram(self, now: Moment) -> list[list[Ball]]:
        """E x^(a + b) for the powers of x of each pair of terms."""
        powers = [x for _, _, x in self._terms]
        known = {n: self._moment(now, n) for n in {a + b for a in powers for b in powers}}
        return [[known[a + b] for b in powers] for a in powers]

    @property
    def _terms(self) -> list[tuple[Ball, int, int]]:
        return self.model.terms if self.model is not None else []

    def _coefficients(self, now: Moment) -> list[Ball]:
        return [c * power(now.t, a) for c, a, _ in self._terms]

    def _cross(self, now: Moment) -> list[Ball]:
        """E x^b u_t(x given z) for the power of x of each term."""
        return [
            now.dalpha * self._moment(now, b, z=1) + now.dbeta * self._moment(now, b, eps=1)
            for _, _, b in self._terms
        ]

    def _moment(self, now: Moment, n: int, z: int = 0, eps: int = 0) -> Ball:
        """E x^n z^z eps^eps by the binomial theorem."""
        return ball_sum(
            comb(n, m)
            * normal_moment(n - m + eps)
            * power(now.alpha, m)
            * power(now.beta, n - m)
            * self._data(m + z)
            for m in range(n + 1)
            if (n - m + eps) % 2 == 0
        )
