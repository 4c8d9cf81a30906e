"""Samplers of the straight path, right and wrong, as users write them."""

from __future__ import annotations

import numpy as np

from fmproof.models import GaussianMixture

BUGS = (
    "sign",
    "ends",
    "data",
    "noise",
    "pairing",
    "reversed t",
    "fresh noise",
    "2%",
    "sigma_min",
)

RING = GaussianMixture(
    [1 / 8] * 8,
    [[2 * np.cos(k * np.pi / 4), 2 * np.sin(k * np.pi / 4)] for k in range(8)],
    [[[0.09, 0], [0, 0.09]]] * 8,
)


def triples(x1, rng, bug=None):
    """(x_t, u_t, t) of x_t = t x1 + (1 - t) x0 with one mistake, or none."""
    t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
    s = t[:, None]
    x, u = s * x1 + (1 - s) * x0, x1 - x0
    match bug:
        case "sign":
            u = -u
        case "ends":
            x, u = s * x0 + (1 - s) * x1, x0 - x1
        case "data":
            u = x1
        case "noise":
            u = x0
        case "pairing":
            u = rng.permutation(x1) - x0
        case "reversed t":
            t = 1 - t
        case "fresh noise":
            u = x1 - rng.standard_normal(x1.shape)
        case "2%":
            u = 1.02 * u
        case "sigma_min":
            x = s * x1 + (1 - 0.9 * s) * x0
    return x, u, t


def with_data(bug=None):
    """A sampler that is given its data."""

    def sampler(x1, rng):
        return triples(x1, rng, bug)

    return sampler


def alone(bug=None, data=RING):
    """A sampler that draws everything itself, so that only statistics can judge it."""

    def sampler(n, rng):
        return triples(data.sample(n, rng), rng, bug)

    return sampler
