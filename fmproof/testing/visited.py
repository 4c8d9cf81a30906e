"""Where a sampler asks its model: do the points have the law of the time that the model is told?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fmproof.models import TablePath
from fmproof.models.arrays import FloatArray
from fmproof.models.posterior import Posterior
from fmproof.testing.exact import ExactModel
from fmproof.testing.reference import Reference

_ROWS, _CALLS, _TIMES = 1_000, 64, 60
_BEYOND = 0.5  # of the path's times, that a solver does not step over them by
_FEWEST = 100  # rows that tell a law from another
_WORK = 1e10  # multiplications that an explanation is worth
_APART = 12.0  # nats by which the rows fit another time better
_FITS = 5.0  # standard errors by which rows of that time may miss its entropy


class Visited(ExactModel):
    """The exact model, which keeps where it is called."""

    def __init__(self, reference: Reference) -> None:
        super().__init__(reference)
        self.places: list[tuple[float, FloatArray]] = []

    def values(self, t: FloatArray, x: FloatArray) -> FloatArray:
        times, points = self._batch(t, x)
        if len(self.places) < _CALLS and np.ptp(times) == 0:
            self.places.append((float(times[0]), points[:_ROWS].copy()))
        return super().values(t, x)


def beyond_its_times(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """How far the times that a sampler tells its model are from those of the path, if they are."""
    model = Visited(reference)
    run(seed, model=model)
    low, high = reference.time.support
    last = max(told for told, _ in model.places)
    if last <= high + _BEYOND * (high - low):
        return ""
    return (
        f"the model is told t up to {last:.4g}, where the times of the path run from {low:g} to "
        f"{high:g}: they are scaled for another model"
    )


def told_other_times(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """The first call of the model with points that clearly have the law of another time; "" when
    there is none. Of a sampler that draws noise the very first alone: where its drift is wrong, its
    points come to have too much noise for their times."""
    model = Visited(reference)
    noisy = not np.allclose(run(seed, model=model), run(seed + 1))
    low, high = reference.time.support
    path = reference.path
    grid = np.linspace(low, high, _TIMES + 1)
    if isinstance(path, TablePath):
        grid = path.times[:: -(-len(path.times) // _TIMES)]
    grid = grid[reference.has_density(grid)]
    rng = np.random.default_rng(seed)
    places = model.places[: 1 if noisy else None]
    rows = int(_WORK / (len(places) * len(grid) * reference.data.means.size + 1))
    if rows < _FEWEST:
        return ""
    for number, (told, x) in enumerate(places, 1):
        x = x[:rows]
        fits = [_log_density(reference, t, x) for t in grid]
        best = int(np.argmax([fit.sum() for fit in fits]))
        if (fits[best] - _log_density(reference, told, x)).sum() < _APART:
            continue
        t = float(grid[best])
        drawn, at = reference.draw(len(x), rng), np.array([t])
        right = reference.alpha(at) * drawn.z + reference.beta(at) * drawn.eps
        off = abs(fits[best].mean() - _log_density(reference, t, right).mean())
        if off < _FITS * fits[best].std() / np.sqrt(len(x)):
            leads = "that is not where it starts" if number == 1 else "the steps before lead there"
            return (
                f"in call {number} of the model t is {told:.4g}, but x has the law of "
                f"t = {t:.4g}: {leads}"
            )
    return ""


def _log_density(reference: Reference, t: float, x: FloatArray) -> FloatArray:
    """At the rows of x (N, d), (N,)."""
    at = np.array([t])
    alpha, beta = reference.alpha(at), np.maximum(reference.beta(at), 1e-12)
    return np.asarray(Posterior(reference.data, alpha, beta, x).log_density())
