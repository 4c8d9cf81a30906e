"""The posterior of isotropic components where the noise is small beside their distances.

Only components near x matter there. Products of matrices, with the error that they have, tell which
those may be; these are evaluated by differences, as :class:`fmproof.models.posterior.Posterior`
does for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.models.posterior import refuse_point_masses

if TYPE_CHECKING:
    from fmproof.models.mixture import GaussianMixture

_NOTHING = 746.0  # exp(-746) is 0
# Components with exp(-60) = 9e-27 of the second one's weight are left out: a variance keeps its
# digits, but where that one is a duplicate of the first.
_NEGLIGIBLE = 60.0
_NUMBERS = 2**20  # in one temporary array


class NearPosterior:
    """Closed forms at a batch of points; arguments, methods and results as of ``Posterior``."""

    def __init__(
        self, data: GaussianMixture, alpha: FloatArray, beta: FloatArray, x: FloatArray
    ) -> None:
        self.data, self.x = data, x
        self.alpha, self.beta = (np.broadcast_to(v, (len(x),))[:, None] for v in (alpha, beta))
        scale = np.hypot(self.alpha * data.spheres.sigma, self.beta)
        refuse_point_masses(scale, self.alpha[:, 0], self.beta[:, 0])
        # Pairs of a point and a component that may matter to it, point after point, (P,) each.
        self._rows, self._members = np.nonzero(_candidates(data, self.alpha, x, scale))
        self._starts = np.searchsorted(self._rows, np.arange(len(x)))
        self._placed_of: tuple[slice, tuple[FloatArray, FloatArray, FloatArray]] | None = None
        self._latest: tuple[FloatArray, FloatArray, tuple[FloatArray, FloatArray]] | None = None

    @cached_property
    def _parts(self) -> list[slice]:
        """Slices of the pairs, each of all those of some points, so that arrays stay small."""
        most = max(1, _NUMBERS // self.data.dim)
        edges = [0]
        for start in self._starts[1:]:
            if start - edges[-1] > most:
                edges.append(int(start))
        return [slice(a, b) for a, b in pairwise([*edges, len(self._rows)])]

    def _placed(self, part: slice) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Of some pairs: the components' sigma and the standard deviations of x, (P, 1), and x in
        units of these, (P, d); those of the last part are kept, which is often the only one."""
        if self._placed_of is None or self._placed_of[0] != part:
            rows, members = self._rows[part], self._members[part]
            alpha, sigma = self.alpha[rows], self.data.scales[members, :1]
            scale = np.hypot(alpha * sigma, self.beta[rows])
            white = (self.x[rows] - alpha * self.data.means[members]) / scale
            self._placed_of = part, (sigma, scale, white)
        return self._placed_of[1]

    @cached_property
    def _log_terms(self) -> FloatArray:
        """(P,)."""
        found = []
        with np.errstate(divide="ignore", over="ignore"):
            for part in self._parts:
                _, scale, white = self._placed(part)
                log_scale = np.log(scale[:, 0]) + 0.5 * np.log(2 * np.pi)
                squares = np.einsum("pd,pd->p", white, white)
                found.append(-self.data.dim * log_scale - 0.5 * squares)
            return np.asarray(np.log(self.data.weights[self._members]) + np.concatenate(found))

    def _largest(self) -> FloatArray:
        return np.asarray(np.maximum.reduceat(self._log_terms, self._starts))

    def _sum(self, terms: FloatArray) -> FloatArray:
        """Of all pairs (P,), the sums over the components."""
        return np.asarray(np.add.reduceat(terms, self._starts))

    def log_density(self) -> FloatArray:
        """log p(x), (n,); -inf where it underflows."""
        top = np.maximum(self._largest(), -np.finfo(np.float64).max)
        with np.errstate(divide="ignore"):
            return np.asarray(top + np.log(self._sum(np.exp(self._log_terms - top[self._rows]))))

    @cached_property
    def _weights(self) -> FloatArray:
        """P(component given x) of the pairs, (P,)."""
        with np.errstate(invalid="ignore"):
            terms = np.exp(self._log_terms - self._largest()[self._rows])
        return np.asarray(terms / self._sum(terms)[self._rows])

    @property
    def responsibilities(self) -> FloatArray:
        """P(component k given x), (n, K)."""
        found = np.zeros((len(self._starts), self.data.components))
        found[self._rows, self._members] = self._weights
        return found

    def mean(self, marks: FloatArray) -> FloatArray:
        """E[marks of the component given x], (n,), for ``marks`` (K,)."""
        return self._sum(self._weights * marks[self._members])

    def velocity(self, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
        """E[dalpha z + dbeta eps given x], (n, d)."""
        return self._both(dalpha, dbeta)[0]

    def variance(self, dalpha: FloatArray, dbeta: FloatArray, pointwise: bool = True) -> FloatArray:
        """tr Cov(dalpha z + dbeta eps given x), (n,), with the digits of each entry."""
        return self._both(dalpha, dbeta)[1]

    def _both(self, dalpha: FloatArray, dbeta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and trace of the covariance, which are asked for one after the other."""
        if self._latest is None or self._latest[0] is not dalpha or self._latest[1] is not dbeta:
            means, spreads = zip(*self._moments(dalpha, dbeta), strict=True)
            self._latest = dalpha, dbeta, (np.concatenate(means), np.concatenate(spreads))
        return self._latest[2]

    def _moments(
        self, dalpha: FloatArray, dbeta: FloatArray
    ) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Mean (., d) and trace of the covariance (.,), of some points after the other."""
        dalpha, dbeta = (np.broadcast_to(v, (len(self.x),))[:, None] for v in (dalpha, dbeta))
        for part in self._parts:
            rows, weights = self._rows[part], self._weights[part]
            sigma, scale, white = self._placed(part)
            alpha, beta, da, db = (v[rows] for v in (self.alpha, self.beta, dalpha, dbeta))
            gain = da * (alpha * sigma / scale) * sigma + db * (beta / scale)
            velocities = da * self.data.means[self._members[part]] + gain * white
            starts = np.flatnonzero(np.diff(rows, prepend=-1))
            mean = np.add.reduceat(weights[:, None] * velocities, starts)
            gap = velocities - mean[rows - rows[0]]
            within = self.data.dim * ((da * beta - db * alpha) * (sigma / scale))[:, 0] ** 2
            spread = weights * (within + np.einsum("pd,pd->p", gap, gap))
            yield mean, np.add.reduceat(spread, starts)


def _candidates(
    data: GaussianMixture, alpha: FloatArray, x: FloatArray, scale: FloatArray
) -> BoolArray:
    """Which of the components (n, K) may have a weight that matters, at least one for each point.

    ``alpha`` is (n, 1); ``scale``, (n, K) or (n, 1), are the standard deviations of x in each
    component.
    """
    spheres, dim = data.spheres, data.dim
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        centred = x - alpha * spheres.centre
        lengths = np.einsum("nd,nd->n", centred, centred)[:, None]
        square = (-2 * alpha) * (centred @ spheres.means.T)
        square += lengths
        square += alpha**2 * spheres.squares
        size = (np.sqrt(lengths) + alpha * spheres.longest) ** 2
        error = np.finfo(np.float64).eps * (np.sqrt(dim) + 4) * size
        rest = spheres.log_weights - dim * np.log(scale)
        most = rest - 0.5 * (np.maximum(square - error, 0) / scale) / scale
        least = rest - 0.5 * ((square + error) / scale) / scale
        found = most >= least.max(axis=1, keepdims=True) - _NOTHING
        least[np.arange(len(x)), least.argmax(axis=1)] = -np.inf
        found &= most >= least.max(axis=1, keepdims=True) - _NEGLIGIBLE
    found[~found.any(axis=1), 0] = True
    return np.asarray(found)
