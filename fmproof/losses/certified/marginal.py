"""The marginal side in balls: p_t(x) and u_t(x) as they are defined, for d = 1.

p_t is the sum of w_k N(m_k, v_k) and p_t u_t the sum of w_k N(m_k, v_k) u_k, where u_k is the
velocity of the mixture's component k. Both are divided by the component that is the largest near
the middle of x: the rest is a sum that stays near 1 or above, of exponentials of differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, NamedTuple

from flint import arb

from fmproof.losses.certified.logarithms import Logarithms
from fmproof.losses.certified.schedule import Moment, Schedule
from fmproof.losses.quantities import Quantity
from fmproof.models.balls import Ball, ball_sum, is_finite, power, rational
from fmproof.models.problem import Problem
from fmproof.models.velocity import PolynomialVelocity


class Atom(NamedTuple):
    """A component of the data: its weight, mean and variance as balls around rationals."""

    weight: Ball
    mean: Ball
    variance: Ball


class EnclosedComponent(NamedTuple):
    """A component at one time: w_k N(centre, variance) at a place, and what is known of z given x
    and k.

    Attributes:
        precision: 1 / variance.
        drift, slope: u_k = drift + slope (place - centre).
        rest: the variance of u_t(x given z) given x and k.
    """

    weight: Ball
    centre: Ball
    variance: Ball
    precision: Ball
    drift: Ball
    slope: Ball
    rest: Ball


class Model:
    """A polynomial velocity with exact coefficients.

    ``terms`` holds (coefficient, power of t, power of x) of each monomial.
    """

    def __init__(self, model: PolynomialVelocity) -> None:
        rows = zip(model.exact()[:, 0], model.t_powers, model.x_powers[:, 0], strict=True)
        self.terms = [(rational(c), int(t), int(x)) for c, t, x in rows]

    def in_x(self, t: Ball) -> list[Ball]:
        """The coefficients of x^0, x^1, … at time t."""
        found = [arb(0)] * (1 + max(x for _, _, x in self.terms))
        for coef, a, x in self.terms:
            found[x] = found[x] + coef * power(t, a)
        return found

    def monomials(self, t: Ball, x: Ball) -> list[Ball]:
        """The monomials t^a x^b at a point."""
        return [power(t, a) * power(x, b) for _, a, b in self.terms]


class Marginal:
    """The marginal side's integrands as functions of time and place.

    ``marginal.at(t)`` gives a :class:`Slice`: a function of place that returns a ball for each
    column of ``names``, the quantities of this side. A place is x - alpha(t) ``origin``.
    """

    origin: Ball = arb(0)

    def __init__(self, problem: Problem, names: tuple[Quantity, ...]) -> None:
        weights, means, covariances = problem.data.exact()
        self.atoms = [
            Atom(rational(w), rational(m), rational(v))
            for w, (m,), ((v,),) in zip(weights, means, covariances, strict=True)
            if w
        ]
        self.schedule = Schedule(problem.path)
        self.names = names
        model = problem.model
        self.model = Model(model) if isinstance(model, PolynomialVelocity) else None

    def seen_from(self, origin: Ball) -> Marginal:
        """The same with places x - alpha(t) ``origin``, a number."""
        view = copy(self)
        view.origin = origin
        return view

    def centre(self, atom: Atom, alpha: Any) -> Any:
        """The place of a component's centre."""
        return alpha * (atom.mean - self.origin)

    @property
    def widths(self) -> list[int]:
        """The number of columns of each name."""
        terms = len(self.model.terms) if self.model is not None else 0
        sizes = {"fm_gradient": terms, "fm_b": terms, "G": terms * terms}
        return [sizes.get(name, 1) for name in self.names]

    @property
    def width(self) -> int:
        """The number of columns."""
        return sum(self.widths)

    def components(self, now: Moment) -> list[EnclosedComponent]:
        """The mixture at one time; not finite where a variance may be zero."""
        found = []
        for atom in self.atoms:
            variance = power(now.alpha, 2) * atom.variance + power(now.beta, 2)
            precision = 1 / variance
            covariance = now.dalpha * now.alpha * atom.variance + now.dbeta * now.beta
            wronskian = now.dalpha * now.beta - now.dbeta * now.alpha
            found.append(
                EnclosedComponent(
                    weight=atom.weight,
                    centre=self.centre(atom, now.alpha),
                    variance=variance,
                    precision=precision,
                    drift=now.dalpha * atom.mean,
                    slope=covariance * precision,
                    rest=power(wronskian, 2) * atom.variance * precision,
                )
            )
        return found

    def at(self, y: Ball, time: Callable[[Ball], Ball]) -> Slice:
        """The integrands at the time ``time(y)``, or at all times of a box of y."""
        return Slice(self, y, time)


class Slice:
    """The integrands at one time as a function of the place.

    Calling it with a ball or box returns the columns; entries that are not finite mean that p_t
    may have a zero there.
    """

    def __init__(self, marginal: Marginal, y: Ball, time: Callable[[Ball], Ball]) -> None:
        self._marginal = marginal
        self._now = marginal.schedule(time(y))
        self._parts = marginal.components(self._now)
        self._v = marginal.model.in_x(self._now.t) if marginal.model is not None else []
        self.finite = is_finite(self._now) and all(
            is_finite(part) and part.variance.real > 0 for part in self._parts
        )
        if self.finite:
            try:
                self._logs = Logarithms(marginal, y, time)
            except ValueError:  # python-flint does not divide by a series that may begin with 0
                self.finite = False

    def __call__(self, place: Ball) -> list[Ball]:
        if not self.finite:
            return [arb.nan()] * self._marginal.width
        logs = self._logs.around(place)
        terms = [arb(1) if log is None else log.exp() for log in logs.others]
        fields = [part.drift + part.slope * (place - part.centre) for part in self._parts]
        return self._columns(place, logs.leading.exp(), terms, fields)

    def _columns(
        self, place: Ball, scale: Ball, terms: list[Ball], fields: list[Ball]
    ) -> list[Ball]:
        """The integrands from p_t = scale sum(terms) and p_t u_t = scale sum(terms fields)."""
        mass = ball_sum(terms)
        flux = ball_sum([e * u for e, u in zip(terms, fields, strict=True)])
        names = self._marginal.names
        x = place + self._now.alpha * self._marginal.origin
        v = _horner(self._v, x) if self._v else arb(0)
        linear = any(name in ("fm_gradient", "fm_b", "G") for name in names)
        model = self._marginal.model
        monomials = model.monomials(self._now.t, x) if linear and model is not None else []
        field = flux / mass
        found: list[Ball] = []
        for name in names:
            match name:
                case "C1":
                    found.append(scale * flux * field)
                case "fm":
                    found.append(scale * mass * power(v - field, 2))
                case "floor":
                    spread = [
                        e * (part.rest + power(u - field, 2))
                        for e, u, part in zip(terms, fields, self._parts, strict=True)
                    ]
                    found.append(scale * ball_sum(spread))
                case "fm_gradient":
                    found += [2 * scale * (v * mass - flux) * m for m in monomials]
                case "fm_b":
                    found += [scale * flux * m for m in monomials]
                case "G":
                    found += [scale * mass * m * n for m in monomials for n in monomials]
        return found


def weighted_over_time(
    views: Sequence[Marginal], time: Callable[[Ball], Ball], density: Callable[[Ball], Ball]
) -> Callable[[Ball, int], Callable[[Ball], list[Ball]]]:
    """The integrands, weighted by the density of y, as functions of y and a view, and then of the
    place in it."""

    def at(y: Ball, view: int) -> Callable[[Ball], list[Ball]]:
        here, weight = views[view].at(y, time), density(y)
        return lambda x: [weight * value for value in here(x)]

    return at


def _horner(coefficients: list[Ball], x: Ball) -> Ball:
    value = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = value * x + coefficient
    return value
