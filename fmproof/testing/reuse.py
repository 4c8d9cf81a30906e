"""Are random numbers used twice: one noise for several rows, or one key for the noise and t?"""

from __future__ import annotations

import numpy as np
from scipy.special import chdtr

from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.testing.failure import CheckFailed
from fmproof.testing.laws import has_atoms, normal_cdf, shares_of_values, time_cdf
from fmproof.testing.made_of import Made, twins
from fmproof.testing.reference import Reference

_ROWS = 1_000  # whose times are looked for among the noise
_ALIKE_ROWS = 256  # of a batch, whose noise is compared over the batches
_SHARED, _NO_CHANCE = 0.2, 1e-12  # of the variance apart, and chance: two rows share their noise


def reused_numbers(reference: Reference, made: Made) -> CheckFailed | None:
    """The failure of code whose rows share their noise, or whose times are made of the random
    numbers of the noise, where chance would not do that."""
    return _shared_noise(made) or _times_of_noise(reference, made)


def rows_alike(eps: FloatArray, told: BoolArray) -> CheckFailed | None:
    """The failure of code that gives the same two rows one noise in every batch.

    The squares of the differences of independent noises, halved, have a χ² law; Bonferroni's bound
    joins all pairs of rows.

    Args:
        eps: (B, n, d), the noise of the rows of each batch.
        told: (B, n), whether rounding leaves it to be seen.
    """
    eps, told = eps[:, :_ALIKE_ROWS], told[:, :_ALIKE_ROWS]
    batches, rows, dim = eps.shape
    if rows < 2 or batches < 2:
        return None
    seen, weight = np.where(told[..., None], eps, 0.0), told.astype(np.float64)
    squares = np.square(seen).sum(axis=2)
    counts = dim * (weight.T @ weight)
    own = squares.T @ weight  # of row i, where row j is seen as well
    apart = (own + own.T) / 2 - np.einsum("bik,bjk->ij", seen, seen)
    usable = np.triu(counts > 0, 1)
    share = np.where(usable, apart / np.maximum(counts, 1), np.inf)
    i, j = np.unravel_index(int(share.argmin()), share.shape)
    usual = float(eps[told].var(axis=0).mean()) if told.any() else 0.0
    if share[i, j] > _SHARED * min(1.0, usual):
        return None
    if rows**2 / 2 * float(chdtr(counts[i, j], max(apart[i, j], 0.0))) > _NO_CHANCE:
        return None
    return CheckFailed(
        "the noise is not drawn anew for each row",
        expected="rows of independent noise",
        found=f"rows {i} and {j} of a batch have one noise in each of {batches} batches, up to "
        "rounding",
        hint="the same noise is used for several rows: draw noise of the shape of the whole batch",
    )


def same_times(reference: Reference, batches: FloatArray) -> CheckFailed | None:
    """The failure of code that uses the same times in all ``batches`` (B, n), in any order."""
    ordered = np.sort(batches, axis=1)
    if len(batches) < 2 or batches.shape[1] < 4 or (ordered != ordered[:1]).any():
        return None
    if has_atoms(reference.time):
        return None
    first = np.unique(ordered[0])
    shown = ", ".join(f"{t:.4g}" for t in first[:4]) + (", …" if len(first) > 4 else "")
    return CheckFailed(
        "t is not drawn anew for each batch",
        expected=f"other times in each batch, with the law {reference.time!r}",
        found=f"the times {shown} in each of {len(batches)} batches",
        hint="they come from a grid, or from a generator that is seeded anew: draw them, or add "
        "one random shift to the grid; pass time=DiscreteTime([...]) if the model is to know no "
        "other times",
    )


def one_time(reference: Reference, batches: FloatArray) -> CheckFailed | None:
    """The failure of code whose rows share one t in each of the ``batches`` (B, n), where the law
    of t would not make them. Their mean is right, but not the spread of its gradients."""
    count, rows = batches.shape
    if reference.shared_time or rows < 2 or (batches != batches[:, :1]).any():
        return None
    if count * np.log(np.sum(shares_of_values(reference.time) ** rows)) > np.log(_NO_CHANCE):
        return None
    return CheckFailed(
        "t is not drawn for each row",
        expected=f"a time for each of the {rows} rows of a batch",
        found=f"one time for all of them, in each of {count} batches, such as {batches[0, 0]:.4g}",
        hint="draw as many times as there are rows, torch.rand(len(x1)) and not torch.rand(1): the "
        "gradients of one vary by far more; pass shared_time=True if that is meant",
    )


def _shared_noise(made: Made) -> CheckFailed | None:
    """The failure of code whose rows share their noise, where chance would not make them."""
    count, dim = made.eps.shape
    if count < 50 or dim < 2:
        return None
    width = float(np.median(made.slack)) * 8 + 1e-12
    chance = count**2 / 2 * (0.57 * width) ** dim
    if chance > 10:
        return None
    pairs = [(i, j) for i, j, sign in twins(made.eps, made.slack) if sign > 0]
    if len(pairs) <= 10 * chance + 25:
        return None
    z = made.z
    scale = 1e-6 + 8 * float(np.median(made.z_slack))
    same_data = np.mean([np.abs(z[i] - z[j]).max() <= scale for i, j in pairs])
    i, j = pairs[0]
    if same_data > 0.9:
        hint = (
            "noise and data are paired once and the pairs are used again: draw new noise "
            "for every batch and epoch"
        )
    else:
        hint = "the same noise is used for several rows: draw noise of the shape of the whole batch"
    return CheckFailed(
        "the noise is not drawn anew for each row",
        expected=f"{count:,} rows of independent noise",
        found=f"{len(pairs):,} pairs of rows with one noise, such as x0 = {made.eps[i]} at "
        f"t = {made.t[i]:.4g} and t = {made.t[j]:.4g}",
        hint=hint,
    )


def _times_of_noise(reference: Reference, made: Made) -> CheckFailed | None:
    """One key of JAX's gives a uniform number u and the normal one with P(X <= x) = u."""
    if len(made.t) < 50 or len(np.unique(made.t)) < len(made.t) / 2 or has_atoms(reference.time):
        return None
    t, eps = made.t[:_ROWS], made.eps
    told, upto = time_cdf(reference.time)(t)
    noise, _ = normal_cdf(eps.ravel())
    off = 4 * float(np.median(made.slack)) + 1e-6
    chance = 2 * off * len(t) * len(noise)
    if chance > 0.1 * len(t):
        return None
    noise = np.sort(noise)
    u = (told + upto) / 2
    inner = (u > off) & (u < 1 - off)  # times outside of their law are at 0 or 1
    t, u = t[inner], u[inner]
    for v in (u, 1 - u):
        right = np.clip(np.searchsorted(noise, v), 1, len(noise) - 1)
        near = np.minimum(np.abs(noise[right] - v), np.abs(noise[right - 1] - v)) <= off
        if near.sum() > 10 * chance + 25:
            break
    else:
        return None
    return CheckFailed(
        "t and the noise are made of the same random numbers",
        expected="times that are independent of the noise",
        found=f"{int(near.sum()):,} of {len(t):,} times t with P(T <= t) = P(X <= x) for a "
        f"coordinate x of the noise, such as t = {t[near][0]:.6g}",
        hint="one key was used for both: split it, and give each call a key of its own",
    )
