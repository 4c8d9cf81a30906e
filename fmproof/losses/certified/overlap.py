"""Data that are points, near the time of the data: components that hardly overlap.

As beta goes to 0 the component at z_k is a normal law of standard deviation beta around
alpha z_k, and only one of them matters at each x. Then the marginal side's integrals are those
of the components, each with its own velocity u_k, up to their overlap. With r_k the posterior
weights, p r_j r_k <= sqrt(w_j w_k N_j N_k) / 2, for p is at least 2 sqrt(w_j N_j w_k N_k); and

    sqrt(N_j N_k) = exp(-(alpha D / beta)^2 / 8) N(x; alpha (z_j + z_k) / 2, beta^2)

for points at the distance D. So the difference is a Gaussian moment times what vanishes faster
than every power of beta. This is an estimate of overlap and uses no identity between the losses.
"""

from __future__ import annotations

from itertools import combinations

from flint import arb, arb_poly

from fmproof.losses.certified.joint import JointColumns
from fmproof.losses.certified.marginal import Marginal
from fmproof.losses.certified.schedule import Moment
from fmproof.losses.certified.tails import moment, size_of
from fmproof.losses.quantities import Quantity
from fmproof.models.balls import Ball, is_finite, power

_MOST = 64  # points: there are that many squared pairs

_SAME: dict[Quantity, Quantity] = {
    "fm": "cfm",
    "fm_gradient": "cfm_gradient",
    "fm_b": "cfm_b",
    "G": "G",
}


def without_overlap(marginal: Marginal, joint: JointColumns, now: Moment) -> list[Ball]:
    """The sum over components of w_k times the columns of N_k with the velocity u_k.

    For points u_k(x) is the conditional velocity given z_k, so that these are its moments.
    """
    found: list[Ball] = []
    for name in marginal.names:
        match name:
            case "C1":
                found.append(joint.target_square(now))
            case "floor":
                found.append(arb(0))
            case _:
                found += joint.column(_SAME[name], now)
    return found


def bounds(marginal: Marginal, now: Moment) -> list[Ball] | None:
    """Balls that hold the columns minus :func:`without_overlap` at all times of ``now``.

    None where the data are not points, or the bound does not hold yet: beta is too large.
    """
    atoms = marginal.atoms
    if len(atoms) > _MOST or not all(atom.variance.is_zero() for atom in atoms):
        return None
    if not now.beta.upper() > 0 or not is_finite(now):
        return None
    inverse = (
        1 / now.beta.upper()
    )  # of the largest beta: the bounds decrease in 1 / beta from there
    speed = size_of(now.dalpha * now.beta - now.alpha * now.dbeta)
    largest = arb(0)
    for atom in atoms:
        largest = largest.max(size_of(atom.mean))
    place = arb_poly([size_of(now.alpha) * largest, size_of(now.beta)])
    coefficients = marginal.model.in_x(now.t) if marginal.model is not None else [arb(0)]
    model = arb_poly([size_of(c) for c in coefficients])(place)
    steady = arb_poly([size_of(now.dalpha) * largest, size_of(now.dbeta)])
    growing = size_of(now.dbeta) * size_of(now.alpha) * 2 * largest  # times 1 / beta
    loss = square = spread = arb(0)
    for first, second in combinations(atoms, 2):
        distance = size_of(first.mean - second.mean)
        if distance.is_zero():
            continue
        rate = power(now.alpha.abs_lower() * (first.mean - second.mean).abs_lower(), 2) / 8
        if not 2 * rate * power(inverse, 2) > 2:
            return None  # q^2 exp(-rate q^2) does not decrease yet
        common = (first.weight * second.weight).sqrt() * (-rate * power(inverse, 2)).exp()
        jump = speed * inverse * distance  # |u_j - u_k|
        # Both orders of the pair, each with weight 1/2 and the factor |2 v - u - u_k|.
        reach = growing * inverse
        square += common * jump * 2 * (moment(steady, 0) + reach)
        loss += common * jump * 2 * (moment(model + steady, 0) + reach)
        spread += common * power(jump, 2) / 2
    found: list[Ball] = []
    for name in marginal.names:
        terms = len(marginal.model.terms) if marginal.model is not None else 0
        match name:
            case "C1":
                found.append(square.union(-square))
            case "fm":
                found.append(loss.union(-loss))
            case "floor":
                found.append(spread.union(arb(0)))
            case "fm_gradient" | "fm_b":
                found += [arb(0)] * terms  # linear in the velocity: nothing is left out
            case "G":
                found += [arb(0)] * terms**2
    return found
