"""Derivatives, and when they pass under an integral."""

from __future__ import annotations

from fmproof.kernel.calculus import derivative, divergence_theorem, exchange, minimisers_of_shift
from fmproof.tactics.methods.line import Line
from fmproof.tactics.pointwise import density_slope, linear_slope
from fmproof.tactics.rewriting import Conversion, attempt


def slope(_: Line) -> Conversion:
    return lambda term: attempt(derivative, term)


def linear_derivative(_: Line) -> Conversion:
    """Sums and constants out of a derivative, nothing else."""
    return linear_slope


def log_derivative(_: Line) -> Conversion:
    """∇p as p ∇log p."""
    return density_slope


def under_integral(_: Line) -> Conversion:
    """∇, ∂ and div under the integral."""
    return lambda term: attempt(exchange, term)


def parts(_: Line) -> Conversion:
    """The integral of a divergence is 0."""
    return lambda term: attempt(divergence_theorem, term)


def minimisers(_: Line) -> Conversion:
    return lambda term: attempt(minimisers_of_shift, term)
