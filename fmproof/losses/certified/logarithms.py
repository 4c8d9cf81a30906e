"""The logarithms of the mixture's components over a box of times and places.

log(w_k N(x; m_k, v_k)) is a quadratic in x whose coefficients depend on time. Taken interval by
interval their differences are known badly: what all components have in common does not cancel.
So each coefficient is a Taylor model in y: its Taylor polynomial at the middle of the box, and as
remainder the next coefficient over the whole box. The box is convex and the function analytic in
it, so that the integral form of the remainder stays inside.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from flint import acb, acb_series, arb

from fmproof.models.balls import Ball, power

if TYPE_CHECKING:
    from fmproof.losses.certified.marginal import Marginal

_ORDER = 4  # of the remainder
# A ball this narrow is evaluated as it stands, a wider one around its middle.
_POINT = 1e-14

BallQuadratic = tuple[Ball, Ball, Ball]
"""The coefficients of x^0, x^1 and x^2."""


class Around(NamedTuple):
    """Logarithms over a box: of the leading component, and of the others relative to it (None for
    the leading one)."""

    leading: Ball
    others: list[Ball | None]


class Logarithms:
    """The components' logarithms at the time ``time(y)``, or at all times of a box of y."""

    def __init__(self, marginal: Marginal, y: Ball, time: Callable[[Ball], Ball]) -> None:
        if _narrow(y):
            self._powers = [arb(1)]
            self._models = [[row] for row in _quadratics(marginal, time(y), lambda v: v)]
        else:
            middle = acb(y.real.mid(), 0)
            step = y - middle
            powers = [power(step, n) for n in range(1, _ORDER + 1)]
            self._powers = [arb(1), *powers]
            lower = _series(marginal, time, middle, _ORDER)
            upper = _series(marginal, time, acb(y), _ORDER + 1)
            self._models = [[*a, b[_ORDER]] for a, b in zip(lower, upper, strict=True)]
        self._floats = [tuple(float(c.real.mid()) for c in model[0]) for model in self._models]

    def around(self, x: Ball) -> Around:
        """The logarithms at ``x``, or at all points of a box of x."""
        near = float(x.real.mid())
        sizes = [a + near * (b + near * c) for a, b, c in self._floats]
        top = max(range(len(sizes)), key=sizes.__getitem__)
        point = _narrow(x)
        middle = x if point else arb(near)
        step = None if point else x - middle
        rows = [self._at(model, middle, step) for model in self._models]
        leading = rows[top]
        others = [
            None
            if k == top
            else self._value([p - q for p, q in zip(row, leading, strict=True)], step)
            for k, row in enumerate(rows)
        ]
        return Around(self._value(leading, step), others)

    def _at(self, model: list[BallQuadratic], middle: Ball, step: Ball | None) -> list[Ball]:
        """The Taylor coefficients in y of the coefficients in x - middle, one after another."""
        found = []
        for a, b, c in model:
            found.append(a + middle * (b + middle * c))
            if step is not None:
                found += [b + 2 * middle * c, c]
        return found

    def _value(self, row: list[Ball], step: Ball | None) -> Ball:
        if step is None:
            parts = row
        else:
            parts = [
                row[i] + step * (row[i + 1] + step * row[i + 2]) for i in range(0, len(row), 3)
            ]
        value = parts[0]
        for factor, part in zip(self._powers[1:], parts[1:], strict=True):
            value = value + factor * part
        return value


def _series(
    marginal: Marginal, time: Callable[[Ball], Ball], at: Ball, order: int
) -> list[list[BallQuadratic]]:
    """The Taylor coefficients of each component's quadratic at ``at``, below ``order``."""
    y = acb_series([at, 1], prec=order)

    def series(value: Any) -> Any:
        return value if isinstance(value, acb_series) else acb_series([acb(value)], prec=order)

    found = []
    for quadratic in _quadratics(marginal, series(time(y)), series):
        rows = []
        for value in quadratic:
            known = series(value).coeffs()
            rows.append([*known, *[acb(0)] * (order - len(known))])
        found.append([(a, b, c) for a, b, c in zip(*rows, strict=True)])
    return found


def _quadratics(
    marginal: Marginal, t: Any, lift: Callable[[Any], Any]
) -> list[tuple[Any, Any, Any]]:
    """log(w_k N(x; m_k, v_k)) of each component as a quadratic in the place."""
    alpha, beta = map(lift, marginal.schedule.alpha_beta(t))
    found = []
    for atom in marginal.atoms:
        variance = alpha * alpha * atom.variance + beta * beta
        precision = 1 / variance
        centre = marginal.centre(atom, alpha)
        constant = (2 * arb.pi() / power(atom.weight, 2) * variance).log()
        found.append(
            (
                -(constant + centre * centre * precision) / 2,
                centre * precision,
                -precision / 2,
            )
        )
    return found


def _narrow(ball: Ball) -> bool:
    return isinstance(ball, arb) and float(ball.rad()) <= _POINT * (
        1 + math.fabs(float(ball.mid()))
    )
