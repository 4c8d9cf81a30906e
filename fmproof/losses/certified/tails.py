"""Bounds of what the marginal side's integrals have outside a bounded range of x.

By Jensen's inequality p_t(x) |f(x, u_t(x))| is at most the sum over components of
w_k N_k(x) |f(x, u_k(x))| for every f that is convex in the velocity. With x = m_k + s_k y each
summand is a polynomial in |y| with a Gaussian weight.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_poly

from fmproof.losses.certified.marginal import EnclosedComponent, Marginal
from fmproof.losses.certified.schedule import Moment
from fmproof.losses.quantities import Quantity
from fmproof.models.balls import Ball, ball_sum, power

_NON_NEGATIVE: set[Quantity] = {"C1", "floor", "fm"}


def beyond(
    marginal: Marginal, now: Moment, parts: list[EnclosedComponent], reach: float
) -> list[Ball]:
    """Each column's integral over the places farther than ``reach`` standard deviations from
    every component, as a ball around 0 that holds it for all times of ``now``."""
    return _at_least(marginal, now, parts, [reach] * len(parts))


def in_a_cell(
    marginal: Marginal, now: Moment, parts: list[EnclosedComponent], edges: tuple[float, float]
) -> list[Ball]:
    """Each column's integral over places between the ``edges``, as a ball that holds it for all
    times of ``now``: at most what each component has as far from its centre as they are."""
    low, high = map(arb, edges)
    reaches = []
    for part in parts:
        gap = (low - part.centre).max(part.centre - high).max(arb(0)) / part.variance.sqrt()
        reaches.append(float(gap.abs_lower()) * (1 - 2.0**-50))  # float() may round up
    found = _at_least(marginal, now, parts, reaches)
    start = 0
    for name, width in zip(marginal.names, marginal.widths, strict=True):
        if name in _NON_NEGATIVE:
            found[start] = found[start].abs_upper().union(arb(0))
        start += width
    return found


def _at_least(
    marginal: Marginal, now: Moment, parts: list[EnclosedComponent], reaches: Sequence[float]
) -> list[Ball]:
    """The columns over places as far as the ``reaches`` from the components."""
    rows = [[part.weight * moment(row, reach) for row in _columns(marginal, now, part)]
            for part, reach in zip(parts, reaches, strict=True)]  # fmt: skip
    sums = [ball_sum(column) for column in zip(*rows, strict=True)]
    return [size.union(-size) for size in sums]


def _columns(marginal: Marginal, now: Moment, part: EnclosedComponent) -> list[arb_poly]:
    """For each column a polynomial in |y| that bounds the integrand of one component."""
    centre = part.centre + now.alpha * marginal.origin
    place = arb_poly([size_of(centre), size_of(part.variance.nonnegative_part().sqrt())])
    deviation = part.variance.nonnegative_part().sqrt()
    field = arb_poly([size_of(part.drift), size_of(part.slope * deviation)])
    v = arb_poly([0])
    monomials = []
    if marginal.model is not None:
        coefficients = marginal.model.in_x(now.t)
        v = arb_poly([size_of(c) for c in coefficients])(place)
        monomials = [power(size_of(now.t), a) * place**b for _, a, b in marginal.model.terms]
    found: list[arb_poly] = []
    for name in marginal.names:
        match name:
            case "C1":
                found.append(field * field)
            case "fm":
                found.append((v + field) * (v + field))
            case "floor":
                found.append(field * field + size_of(part.rest))
            case "fm_gradient":
                found += [2 * (v + field) * m for m in monomials]
            case "fm_b":
                found += [field * m for m in monomials]
            case "G":
                found += [m * n for m in monomials for n in monomials]
    return found


def moment(polynomial: arb_poly, reach: float) -> Ball:
    """The integral of polynomial(|y|) against the standard normal law over |y| > reach."""
    z = power(arb(reach), 2) / 2
    terms = []
    for n, coefficient in enumerate(polynomial.coeffs()):
        gamma = z.gamma_upper(arb(n + 1) / 2)
        terms.append(coefficient * power(arb(2).sqrt(), n) / arb.pi().sqrt() * gamma)
    return ball_sum(terms)


def size_of(value: Ball) -> Ball:
    """An upper bound of the absolute value."""
    return value.abs_upper()
