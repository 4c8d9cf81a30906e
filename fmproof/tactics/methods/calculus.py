"""Derivatives, and when they pass under an integral."""

from __future__ import annotations

from functools import partial

from fmproof.derived.derivatives_inside import (
    DERIVATIVES,
    divergence_theorem,
    fundamental_theorem,
    minimisers_of_shift,
)
from fmproof.kernel.calculus import derivative, exchange
from fmproof.lang.nodes import ArgMin, IntegralOver
from fmproof.tactics.antiderivatives import known_integrals
from fmproof.tactics.methods.line import Line
from fmproof.tactics.moving_ends import end_slopes, integrated, moving_ends
from fmproof.tactics.pointwise import density_slope, linear_slope
from fmproof.tactics.rewriting import Conversion, at, attempt, first_of


def slope(_: Line) -> Conversion:
    return at(*DERIVATIVES)(partial(attempt, derivative))


def linear_derivative(_: Line) -> Conversion:
    """Sums and constants out of a derivative, nothing else."""
    return linear_slope


def log_derivative(_: Line) -> Conversion:
    """∇p as p ∇log p."""
    return density_slope


def under_integral(_: Line) -> Conversion:
    """∇, ∂ and div under the integral."""
    return at(*DERIVATIVES)(partial(attempt, exchange))


def parts(_: Line) -> Conversion:
    """The integral of a divergence is 0."""
    return at(IntegralOver)(partial(attempt, divergence_theorem))


def fundamental(line: Line) -> Conversion:
    """∫ₐᵇ ∂F as F(b) − F(a), also where an equation says that it is ∂F, or F is a power or an
    exponential; integrals with moving ends as differences of two from 0, and their derivatives."""
    of_slopes = at(IntegralOver)(partial(attempt, fundamental_theorem))
    known = integrated((*line.lemmas, *line.known))
    return first_of((of_slopes, known, known_integrals, moving_ends, end_slopes))


def minimisers(_: Line) -> Conversion:
    return at(ArgMin)(partial(attempt, minimisers_of_shift))
