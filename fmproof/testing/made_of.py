"""The data and the noise that the rows of a sampler or a loss are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.precision import usual_size
from fmproof.testing.reference import Reference
from fmproof.testing.samplers import SampleDraws

_SEEN = 0.2  # of a standard deviation: rows whose noise rounding blurs by more are left out
_OFF = 1.5  # spacings of floats that a short computation may be off by
_MIRRORED = 0.2  # of the rows


@dataclass(frozen=True)
class Made:
    """M rows whose data and noise are known, or can be told from x and u.

    Attributes:
        all_t: (N,), the times of all rows, t (M,) of these.
        z, eps: (M, d).
        slack, z_slack: (M,), how far rounding may throw a coordinate of them.
        independent: (N,) booleans, rows that are no mirror image of another one's noise.
        no_data: whether z is not known.
    """

    all_t: FloatArray
    t: FloatArray
    z: FloatArray
    eps: FloatArray
    slack: FloatArray
    z_slack: FloatArray
    independent: Any
    no_data: bool = False

    @classmethod
    def join(cls, parts: list[Made]) -> Made:
        """The rows of several batches."""
        names = ("all_t", "t", "z", "eps", "slack", "z_slack", "independent")
        joined: dict[str, Any] = {n: np.concatenate([getattr(p, n) for p in parts]) for n in names}
        return cls(**joined)


def made_of(reference: Reference, draws: SampleDraws) -> Made:
    """Data and noise of the rows of a batch, where they can be told."""
    t, r, size = draws.t, draws.rounding, draws.size()
    beta = reference.beta(t)
    every = np.ones(len(t), dtype=bool)
    if draws.z is not None and draws.eps is not None:
        rows, z, eps = every, draws.z, draws.eps
        slack, z_slack = 2 * r * (1 + np.abs(eps).max(axis=1)), 2 * r * size
        if reference.has_own_noise:
            z, eps = draws.z, draws.eps
    elif draws.z is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            slack = _OFF * r * size / beta
            usual = _OFF * r * usual_size(reference) / beta
            eps = (draws.x - reference.alpha(t)[:, None] * draws.z) / beta[:, None]
        rows, z, z_slack = usual < _SEEN, draws.z, 2 * r * size
        slack, z_slack, eps, z = slack[rows], z_slack[rows], eps[rows], z[rows]
    else:
        latents, rows = reference.implied(t, draws.x, draws.u)
        a, b = reference.coefficients(t)
        alpha = reference.alpha(t)
        u_size = np.abs(draws.u).max(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            determinant = np.abs(alpha * b - beta * a)
            slack = _OFF * r * (np.abs(a) * size + alpha * u_size + np.abs(a) + alpha) / determinant
            z_slack = _OFF * r * (np.abs(b) * size + beta * (1 + u_size)) / determinant
            most = usual_size(reference)
            targets = (np.abs(a) + np.abs(b)) * most
            usual = (
                _OFF * r * (np.abs(a) * most + alpha * targets + np.abs(a) + alpha) / determinant
            )
        slack, z_slack, z, eps = slack[rows], z_slack[rows], latents.z, latents.eps
        fine = usual[rows] < _SEEN
        rows = rows.copy()
        rows[rows] = fine
        slack, z_slack, z, eps = slack[fine], z_slack[fine], z[fine], eps[fine]
    independent = every.copy()
    mirror = mirror_images(eps, slack)
    if mirror.mean() > _MIRRORED if len(mirror) else False:
        independent[np.flatnonzero(rows)[mirror]] = False
        keep = ~mirror
        slack, z_slack, z, eps = slack[keep], z_slack[keep], z[keep], eps[keep]
        rows = rows & independent
    return Made(t, t[rows], z, eps, slack, z_slack, independent)


def mirror_images(eps: FloatArray, slack: FloatArray) -> Any:
    """The later row of each pair with opposite noise, (M,) booleans."""
    found = np.zeros(len(eps), dtype=bool)
    for i, j, sign in twins(eps, slack):
        found[max(i, j)] |= sign < 0
    return found


def twins(eps: FloatArray, slack: FloatArray) -> list[tuple[int, int, int]]:
    """Pairs of rows with the same noise (sign 1) or the opposite one (sign −1), found among
    neighbours in the order of |first coordinate|."""
    if len(eps) < 2:
        return []
    order = np.argsort(np.abs(eps[:, 0]), kind="stable")
    e, off = eps[order], slack[order]
    found = []
    for gap in (1, 2):
        near = 2 * (off[gap:] + off[:-gap])[:, None] + 1e-12
        for sign in (1, -1):
            same = (np.abs(e[gap:] - sign * e[:-gap]) <= near).all(axis=1)
            at = np.flatnonzero(same)
            found += [(int(order[i]), int(order[i + gap]), sign) for i in at]
    return found
