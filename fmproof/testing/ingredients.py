"""Which data and which noise is a wrong target made of? One of the two is taken as right, and the
other told from the target."""

from __future__ import annotations

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.precision import COARSE
from fmproof.testing.reference import Latents, Reference

_CLOSE = 1e-3  # relative error of an ingredient that is believed
_CLEAR = 0.3  # factor from which on it is told
_MOST = 0.98  # of the rows must agree


def ingredients(
    reference: Reference, latents: Latents, u: FloatArray, data: FloatArray, rounding: float = 0.0
) -> str:
    """What the targets u (N, d) are made of in place of the data or the noise; "" if unknown.

    Args:
        data: (M, d), of all rows of the batch.
        rounding: of the numbers, relative to their size.
    """
    a, b = (v[:, None] for v in reference.coefficients(latents.t))
    with np.errstate(divide="ignore", invalid="ignore"):
        z, noise = (u - b * latents.eps) / a, (u - a * latents.z) / b
    for name, found, true, factor, every in (
        ("x1", z, latents.z, a, data),
        ("x0", noise, latents.eps, b, latents.eps),
    ):
        rows = (np.abs(factor[:, 0]) > _CLEAR) & np.isfinite(found).all(axis=1)
        if rows.sum() > 8:
            words = _changed(name, found[rows], true[rows], every, rounding)
            if words:
                return words
    return ""


def constant_target(u: FloatArray) -> str:
    """About targets u (N, d) that are the same in every row; "" if they are not."""
    if len(u) <= 8 or np.ptp(u, axis=0).max() > _CLOSE * (1 + np.abs(u).max()):
        return ""
    return (
        f"the target is {u[0]} in every row, such as the mean of the batch: model and target of "
        "shapes (N,) and (N, 1) broadcast to (N, N), or the mean over the rows is taken too early"
    )


def _changed(
    name: str, found: FloatArray, true: FloatArray, every: FloatArray, rounding: float
) -> str:
    size = 1 + np.abs(true).max()
    coarse = rounding > COARSE
    near, most = max(_CLOSE * size, 8 * rounding * coarse), _MOST - 0.08 * coarse

    def alike(first: FloatArray, second: FloatArray) -> bool:
        return bool((np.abs(first - second) <= near).all(axis=1).mean() >= most)

    if alike(found, true):
        return ""
    if true.shape[1] > 1 and alike(np.sort(found, axis=1), np.sort(true, axis=1)):
        return (
            f"the {name} of the target has its coordinates in another order than that of x_t: is "
            "an augmentation or a transposition applied to one of the two?"
        )
    nearest = every[np.square(found[:, None] - every[None]).sum(axis=2).argmin(axis=1)]
    if len(np.unique(every, axis=0)) > 1 and alike(found, nearest):
        return (
            f"the target has the {name} of other rows than x_t: index both by the same pairing, "
            "and draw no second batch"
        )
    if np.ptp(true) <= _CLOSE:
        return ""
    design = np.column_stack([true.ravel(), np.ones(true.size)])
    (stretch, shift), *_ = np.linalg.lstsq(design, found.ravel(), rcond=None)
    if alike(found, stretch * true + shift):
        also = f" {'-' if shift < 0 else '+'} {abs(shift):.3g}" if abs(shift) > 1e-3 else ""
        return f"{name} enters the target as {stretch:.4g} {name}{also}, and x_t as {name}"
    return ""
