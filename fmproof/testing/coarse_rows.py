"""Rows in half precision, each of which may be off by much: are their targets right in the mean?

Roundings of single rows are as often up as down. What is left are those of the factors, which all
rows share.
"""

from __future__ import annotations

import numpy as np

from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.models.given_paths import dgamma_of, gamma_of
from fmproof.models.targets import coefficients
from fmproof.testing.diagnosis import OWN_NOISE, fitted
from fmproof.testing.moments import centred_time, resemblance
from fmproof.testing.precision import COARSE, SHARED, shared_moves, told_apart, usual_size
from fmproof.testing.reference import Latents, Reference
from fmproof.testing.rows import latents_of, own_noise
from fmproof.testing.samplers import SampleDraws

_SEEN = 0.2  # from which on shares are told apart
_TOLD = 50  # rows that tell something of a target


def coarse_means(reference: Reference, draws: SampleDraws) -> tuple[FloatArray, FloatArray] | None:
    """Of rows in coarse numbers, each of which may be off by much: (N, k) what is left of u times
    what it is made of, and how far rounding may throw the means of these, (k,). None where the
    rows' data are not known, or their numbers are fine."""
    if draws.rounding <= COARSE or draws.z is None:
        return None
    some = draws.rows(told_apart(reference, draws.t, draws.rounding))
    if reference.has_own_noise:
        some = draws.rows(_own_told(reference, draws))
    latents = latents_of(reference, some, some.t)
    if latents is None or some.z is None or len(some.t) < _TOLD:
        return None
    seen = [some.z, some.x]
    if reference.has_own_noise:
        if some.eps is None:
            return None
        own = own_noise(reference, latents, some.x)
        expected = reference.target_with_own_noise(some.t, some.z, some.eps, own)
        moves = _moves_with_own_noise(reference, some, latents)
        seen.append(own)
    else:
        expected = reference.velocity(latents)
        moves = shared_moves(reference, latents, some.x, draws.rounding)
    late = centred_time(reference, some.t)[:, None]
    parts = [*seen, *(late * part for part in seen)]
    values = [((some.u - expected) * part).sum(axis=1) for part in parts]
    off = [sum(abs(float((m * part).sum(axis=1).mean())) for m in moves) for part in parts]
    return np.column_stack(values), np.array(off)


def _own_told(reference: Reference, draws: SampleDraws) -> BoolArray:
    """Whether rounding leaves the path's own noise to be seen, (N,)."""
    gamma = gamma_of(reference.path, draws.t)
    return np.asarray(1.5 * draws.rounding * usual_size(reference) < gamma)


def _moves_with_own_noise(
    reference: Reference, draws: SampleDraws, latents: Latents
) -> list[FloatArray]:
    """By what rounded factors that all rows share would move targets of a path with noise of its
    own, which is told by x, (N, d) each."""
    (t, z, eps), path = latents, reference.path
    a, b = coefficients(path, reference.target, t)
    with np.errstate(divide="ignore", invalid="ignore"):
        told = dgamma_of(path, t) / gamma_of(path, t)
    parts = (
        (a, z),
        (b, eps),
        (told * reference.alpha(t), z),
        (told * path.beta(t), eps),
        (told, draws.x),
    )
    return [SHARED * draws.rounding * factor[:, None] * part for factor, part in parts]


def coarse_fit(reference: Reference, draws: SampleDraws) -> str:
    """Found against expected coefficients of targets in coarse numbers."""
    if reference.has_own_noise:
        return _own_noise_words(reference, draws)
    some = draws.rows(told_apart(reference, draws.t, draws.rounding))
    latents = latents_of(reference, some, some.t)
    words = "" if latents is None else fitted(reference, latents, some.u)
    return words or resemblance(reference, draws)


def _own_noise_words(reference: Reference, draws: SampleDraws) -> str:
    """How often the path's own noise counts in the target, if that is what is wrong."""
    some = draws.rows(_own_told(reference, draws))
    if some.z is None or some.eps is None:
        return ""
    own = own_noise(reference, Latents(some.t, some.z, some.eps), some.x)
    without = reference.target_with_own_noise(some.t, some.z, some.eps, 0 * own)
    due = reference.target_with_own_noise(some.t, some.z, some.eps, own) - without
    share = float(((some.u - without) * due).sum() / max(float(np.square(due).sum()), 1e-300))
    if abs(share) < _SEEN:
        return OWN_NOISE
    return f"the path's own noise counts {share:.2g} times in u_t" if abs(share - 1) > _SEEN else ""
